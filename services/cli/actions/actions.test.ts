import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import { actionStatusTopic, startService } from '@detent/pipeline';
import { orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { serviceByName } from '../composition.ts';
import { UsageError } from '../errors.ts';
import { drain } from '../run/drain.ts';
import { decisionServicesOf } from './decision-services.ts';
import { findAction } from './find-action.ts';
import { readLedger } from './read-ledger.ts';
import { renderFound } from './render-found.ts';
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
    const { paused, open } = await readLedger(runtime, 'picking');
    expect([paused, open]).toMatchObject([null, [{ state: 'open' }]]);

    const { actionId, target } = open[0]!.action;
    const status = { eventId: 's', occurredAt: T + 3, actionId, target, status: 'done', by: 'wms' };
    await runtime.codec.prepare([prefix + actionStatusTopic]);
    await runtime.log.append([
      {
        ...{ topic: prefix + actionStatusTopic, partition: null, key: Buffer.from('o1'), timestamp: Date.now() },
        value: runtime.codec.encode(prefix + actionStatusTopic, 'detent.actions.ActionStatus', status),
      },
    ]);
    await run();
    expect((await readLedger(runtime, 'picking')).open.map(({ action }) => action.actionId)).not.toContain(actionId);
    const found = await findAction(runtime, actionId);
    expect(found).toMatchObject({
      action: { actionId, type: 'enqueue', alternatives: expect.any(Array) },
      standing: { state: 'done', since: T + 3, by: 'wms' },
      statuses: [{ status: 'done' }],
      unread: null,
    });
    expect(renderFound(actionId, found)).toMatch(/done since .* by wms\n {2}enqueue for order o1.*\n {2}because ./);
    await expect(findAction(runtime, `${actionId}x`)).rejects.toThrow(/picking knows no action/);
    await expect(findAction(runtime, 'nope')).rejects.toThrow(/is no id of an action/);
    await runtime.close();
  });
});

it('a service that commands nothing is refused, with those that do', () => {
  expect(decisionServicesOf('all')).toEqual(['picking', 'storage', 'routing']);
  expect(() => decisionServicesOf('pickin')).toThrow(UsageError);
  expect(() => decisionServicesOf('pickin')).toThrow(/did you mean picking\?/);
});
