import { expect, it } from '@jest/globals';
import { cloudEventHeaders } from './cloud-events.ts';

it('names id, type, source and time, and the trace when there is one', () => {
  const event = { id: 'e-1', type: 'detent.orders.OrderPlaced', source: '/shop', time: 1_767_225_600_000 };
  const headers = { ce_id: 'e-1', ce_type: event.type, ce_source: '/shop', ce_time: '2026-01-01T00:00:00.000Z' };
  expect(texts(cloudEventHeaders(event))).toEqual(headers);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  expect(texts(cloudEventHeaders({ ...event, traceparent }))).toEqual({ ...headers, traceparent });
});

const texts = (headers: Record<string, Buffer>) =>
  Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, bytes.toString()]));
