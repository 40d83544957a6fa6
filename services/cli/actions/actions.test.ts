import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { startService } from '@detent/pipeline';
import { orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { serviceByName } from '../composition.ts';
import { UsageError } from '../errors.ts';
import { drain } from '../run/drain.ts';
import { decisionServicesOf } from './decision-services.ts';
import { readLedger } from './read-ledger.ts';
import { switchActions } from './switch-actions.ts';

const T = Date.UTC(2026, 2, 2, 9);

describe('actions of a service, on the embedded profile', () => {
  it('wait while it is paused, are listed so, and go out when it is let go on', async () => {
    const environment = { DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-actions-')) };
    const runtime = await openRuntime(readConfig({ environment }), { logger: createLogger('silent'), write: true });
    const { make, topics } = serviceByName('picking', runtime.config);
    const prefix = runtime.config.topicPrefix;
    await runtime.ensureTopics(topics);
    expect(await readLedger(runtime, 'picking')).toMatchObject({ unread: expect.stringContaining('has not run') });
    const run = async () => {
      const service = await startService(make, runtime.env({ time: 'stream' }));
      await drain([service], { settleMs: 50 });
      await service.stop();
      let published = 0;
      for await (const page of runtime.log.read(`${prefix}actions.picking.v1`)) published += page.length;
      return published;
    };
    const zone = { eventId: 'z', occurredAt: T, siteId: 'site-1', zoneId: 'z', kind: 'packing', capabilities: [] };
    const records = [
      ['sites.v1', { name: 'detent.sites.ZoneDescribed', key: 'site-1', value: { ...zone, capacityPerHour: 60 } }],
      ['orders.v1', orderPlaced({ orderId: 'o1', occurredAt: T })],
      ...Object.entries({ handling: 'standard', climate: 'ambient', urgency: 'normal' }).map(
        ([dimension, to]) =>
          [
            'segments.order.v1',
            segmentChanged({ entityType: 'order', entityId: 'o1', dimension, to, occurredAt: T + 1 }),
          ] as const,
      ),
    ] as const;
    await switchActions(runtime, ['picking'], { paused: true, by: 'lead', reason: 'audit', occurredAt: T - 1 });
    await runtime.codec.prepare(records.map(([topic]) => prefix + topic));
    await runtime.log.append(
      records.map(([topic, { name, key, value }]) => ({
        ...{ topic: prefix + topic, partition: null, key: Buffer.from(key), timestamp: Date.now() },
        value: runtime.codec.encode(prefix + topic, name, value),
      })),
    );
    expect(await run()).toBe(0);
    expect(await readLedger(runtime, 'picking')).toMatchObject({
      paused: { by: 'lead', reason: 'audit' },
      open: [{ state: 'waiting', action: { type: 'enqueue', target: { entityId: 'o1' } } }],
      unread: null,
    });
    await switchActions(runtime, ['picking'], { paused: false, by: 'lead', reason: 'done', occurredAt: T + 2 });
    expect(await run()).toBe(1);
    expect(await readLedger(runtime, 'picking')).toMatchObject({ paused: null, open: [{ state: 'open' }] });
    await runtime.close();
  });
});

it('a service that commands nothing is refused, with those that do', () => {
  expect(decisionServicesOf('all')).toEqual(['picking', 'storage', 'routing']);
  expect(() => decisionServicesOf('pickin')).toThrow(UsageError);
  expect(() => decisionServicesOf('pickin')).toThrow(/did you mean picking\?/);
});
