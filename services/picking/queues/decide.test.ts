import type { ActionsMode, PlaybookFor } from '@detent/pipeline';
import type { Origin } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  modelOf,
  orderPlaced,
  segmentChanged,
} from '@detent/testing/decisions';
import { MINUTE, stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { defaultPickingConfig } from '../config.ts';
import { createPickingProcessor } from '../process.ts';

const dimensions = ['handling', 'climate', 'urgency', 'transport'];

function picking(
  options: { actions?: ActionsMode; replay?: boolean; playbookFor?: PlaybookFor; dims?: string[] } = {},
) {
  const { actions = 'live', playbookFor = () => undefined, dims = dimensions } = options;
  const make = () => createPickingProcessor({ actions, model: modelOf({ order: dims }, playbookFor) });
  return new DecisionHarness(make, { replay: options.replay ?? false });
}

function placed(orderId: string, at: number, segments: Record<string, string>, origin: Origin = 'live'): GivenRecord[] {
  const all = { handling: 'standard', climate: 'ambient', urgency: 'normal', ...segments };
  return Object.entries(all).map(([dimension, to]) =>
    segmentChanged({ entityType: 'order', entityId: orderId, dimension, to, occurredAt: at, origin }),
  );
}

describe('the lane of an order', () => {
  it('is the cushioned one for fragile orders of several items, and says which change and segment led there', () => {
    const run = picking();
    run.feed(zone('pack-soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }));
    const [action] = run.feed(...placed('o1', T, { handling: 'fragile-multi' }));
    expect(action).toMatchObject({
      type: 'enqueue',
      target: { entityType: 'order', entityId: 'o1' },
      changeId: 'order/o1/handling/orders.v1-0-0/1',
      segment: { dimension: 'handling', segment: 'fragile-multi' },
      details: { lane: 'cushion', zoneId: 'pack-soft', mode: 'live' },
      undo: { type: 'dequeue' },
    });
    expect(action!.because).toContain('handling says so');
    expect(action!.actionId).toBe('picking:order:o1:order/o1/handling/orders.v1-0-0/1:1');
  });

  it.each([
    [['slowConveyor'], 'slow-conveyor', ['cushion']],
    [['dock'], 'standard', ['cushion', 'slowConveyor']],
  ])('with zones that can %j is %s, and what was missing is said', (capabilities, lane, missing) => {
    const run = picking();
    run.feed(zone('z', capabilities), orderPlaced({ orderId: 'o1', occurredAt: T }));
    const [action] = run.feed(...placed('o1', T, { handling: 'fragile-multi' }));
    expect(action!.details['lane']).toBe(lane);
    expect(action!.alternatives.map(({ what }) => what)).toEqual(missing);
    expect(action!.alternatives[0]).toMatchObject({ value: 0, unit: 'zones' });
  });

  it('does not wait for an urgency that is left open where nobody named an hour of shipping, and follows it when it comes', () => {
    const open = (shipBy: number | null, microSegment: string) => {
      const run = picking();
      const change = (dimension: string, to: string, at = T) =>
        segmentChanged({ entityType: 'order', entityId: 'o1', dimension, to, occurredAt: at, microSegment });
      run.feed(zone('z', ['dock']), orderPlaced({ orderId: 'o1', occurredAt: T, shipBy }));
      run.feed(change('climate', 'ambient'), change('handling', 'standard'));
      run.restart();
      return { run, later: change('urgency', 'same-day', T + 5 * MINUTE) };
    };
    const { run, later } = open(null, 'handling=standard|climate=ambient');
    expect(run.actions).toMatchObject([{ type: 'enqueue', details: { lane: 'standard' } }]);
    expect(run.feed(later)).toMatchObject([
      { type: 'enqueue', details: { lane: 'express' }, supersedes: run.actions[0]!.actionId },
    ]);
    // It is on its way, or it may well be at risk.
    for (const waiting of [
      open(null, 'handling=standard|climate=ambient|urgency=same-day'),
      open(T + 40 * MINUTE, 'handling=standard|climate=ambient'),
    ]) {
      expect(waiting.run.actions).toEqual([]);
      expect(waiting.run.feed(waiting.later)).toMatchObject([{ type: 'enqueue', details: { lane: 'express' } }]);
    }
  });

  it('puts temperature before cushioning, and speed after it', () => {
    const run = picking();
    run.feed(zone('soft', ['cushion']), zone('cold', ['chilled']));
    const lanes = (
      [
        ['o1', { climate: 'chilled', handling: 'fragile-multi', urgency: 'late' }],
        ['o2', { handling: 'fragile-multi', urgency: 'late' }],
        ['o3', { urgency: 'same-day' }],
        ['o4', { urgency: 'at-risk' }],
      ] as const
    ).map(([orderId, segments]) => {
      run.feed(orderPlaced({ orderId, occurredAt: T }));
      return run.feed(...placed(orderId, T, segments))[0]!.details['lane'];
    });
    expect(lanes).toEqual(['chilled', 'cushion', 'express', 'standard']);
  });

  it('is a packing zone rather than another that has cushions too', () => {
    const run = picking();
    run.feed(zone('a-shelves', ['cushion'], { kind: 'picking', capacityPerHour: 900 }));
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }));
    expect(run.feed(...placed('o1', T, { handling: 'fragile-multi' }))[0]!.details['zoneId']).toBe('soft');
  });

  it('follows a cushioned zone that is described later, for orders that still wait', () => {
    const run = picking();
    run.feed(zone('dock', []), orderPlaced({ orderId: 'o1', occurredAt: T }));
    const [first] = run.feed(...placed('o1', T, { handling: 'fragile-multi' }));
    const [second] = run.feed(zone('soft', ['cushion'], { occurredAt: T + MINUTE }));
    expect(second).toMatchObject({ details: { lane: 'cushion' }, supersedes: first!.actionId });
    expect(second!.actionId).not.toBe(first!.actionId);
  });

  it('is a queue of its own where a playbook names one', () => {
    const run = picking({
      playbookFor: (memberships) =>
        memberships['order.urgency'] === 'same-day'
          ? { name: 'premium', sop: 'p.md', do: { lane: 'premium' } }
          : undefined,
    });
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }));
    const [action] = run.feed(...placed('o1', T, { handling: 'fragile-multi', urgency: 'same-day' }));
    expect(action).toMatchObject({
      playbook: 'premium',
      sop: 'p.md',
      details: { queue: 'site-1/cushion/soft/premium' },
    });
  });
});

describe('facts that come late', () => {
  it.each([
    ['the order', [2, 1, 0]],
    ['the zones', [0, 1, 2]],
    ['the segments', [1, 2, 0]],
  ])('%s: the order is queued once they are there', (_what, sequence) => {
    const run = picking();
    const parts: GivenRecord[][] = [
      placed('o1', T, { handling: 'fragile-multi' }),
      [orderPlaced({ orderId: 'o1', occurredAt: T })],
      [zone('soft', ['cushion'])],
    ];
    const actions = sequence.map((part) => {
      run.restart();
      return run.feed(...parts[part]!).map(({ type }) => type);
    });
    expect(actions).toEqual([[], [], ['enqueue']]);
  });

  it('an order without a site is taken to be of the only one', () => {
    const run = picking();
    run.feed(orderPlaced({ orderId: 'o1', occurredAt: T, siteId: null }), ...placed('o1', T, {}));
    expect(run.actions).toEqual([]);
    expect(run.feed(zone('z', []))[0]).toMatchObject({ type: 'enqueue', siteId: 'site-1' });
  });

  it('waits only for the dimensions that the model has', () => {
    const run = picking({ dims: ['handling'] });
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }));
    const handling = { entityType: 'order', entityId: 'o1', dimension: 'handling', to: 'fragile-multi' };
    expect(run.feed(segmentChanged({ ...handling, occurredAt: T }))).toHaveLength(1);
  });
});

describe('releasing', () => {
  const fragile = { handling: 'fragile-multi' };

  it('by fill, the urgent first, each task with its place', () => {
    const run = picking();
    run.feed(zone('soft', ['cushion']));
    run.feed(stock('A-1', 30));
    for (let i = 1; i <= 6; i += 1) {
      const segments = i === 5 ? { ...fragile, urgency: 'late' } : fragile;
      run.feed(
        orderPlaced({ orderId: `o${i}`, occurredAt: T + i, promisedAt: T + 1e9 - i }),
        ...placed(`o${i}`, T + i, segments),
      );
    }
    const batch = run.actions.find(({ type }) => type === 'release-batch')!;
    expect(batch.tasks!.map(({ orderId }) => orderId)).toEqual(['o5', 'o6', 'o4', 'o3', 'o2', 'o1']);
    expect(batch.tasks![0]).toMatchObject({ skuId: 'sku-1', lineId: '1', quantity: 1, fromLocationId: 'A-1' });
    expect(batch.target).toEqual({ entityType: 'zone', entityId: 'soft' });
  });

  it('by age, at its own instant, whatever the batch', () => {
    const run = picking();
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }), ...placed('o1', T, fragile));
    const { maxAgeMs } = defaultPickingConfig.lanes.cushion;
    expect(run.advance(T + maxAgeMs.normal - 1)).toEqual([]);
    expect(run.advance(T + maxAgeMs.normal + 3 * MINUTE)).toMatchObject([
      { type: 'release-batch', createdAt: T + maxAgeMs.normal, details: { orders: 1 } },
    ]);
  });

  it('before the hand-over that the order must make', () => {
    const run = picking();
    const { leadMs } = defaultPickingConfig.lanes.cushion;
    const shipBy = T + leadMs + 20 * MINUTE;
    run.feed(
      zone('soft', ['cushion']),
      orderPlaced({ orderId: 'o1', occurredAt: T, shipBy }),
      ...placed('o1', T, fragile),
    );
    expect(run.advance(T + 24 * 60 * MINUTE)[0]!.createdAt).toBe(shipBy - leadMs);
  });

  it('may be begun until the first of its orders is to be handed over; what is past does not count', () => {
    const hour = 60 * MINUTE;
    const validFor = (...shipBy: (number | null)[]) => {
      const run = picking();
      run.feed(zone('soft', ['cushion']));
      for (const [n, by] of shipBy.entries()) {
        const promise = { promisedAt: T + 30 * hour, shipBy: by === null ? null : T + by * hour };
        run.feed(orderPlaced({ orderId: `o${n}`, occurredAt: T, ...promise }));
        run.feed(...placed(`o${n}`, T, { ...fragile, urgency: 'late' }));
      }
      const [batch] = run.advance(T + 5 * MINUTE).filter(({ type }) => type === 'release-batch');
      return [batch!.details['orders'], (batch!.validUntil - T) / hour];
    };
    const releasedAt = 2 / 60;
    expect(validFor(3, null)).toEqual([2, 3]);
    expect(validFor(3, 2, 9)).toEqual([3, 2]);
    expect(validFor(-1, 3)).toEqual([2, 3]);
    expect(validFor(-1, 20)[1]).toBeCloseTo(4 + releasedAt, 1);
  });

  it('sooner when the order becomes urgent, even after a restart', () => {
    const run = picking();
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }), ...placed('o1', T, fragile));
    run.restart();
    const late = { entityType: 'order', entityId: 'o1', dimension: 'urgency', to: 'late', sequence: 2 };
    expect(run.feed(segmentChanged({ ...late, occurredAt: T + 5 * MINUTE }))).toMatchObject([
      { type: 'release-batch' },
    ]);
  });

  it('splits an order that exceeds the bound by itself', () => {
    const run = picking();
    const lines = [{ lineId: '1', skuId: 'sku-1', quantity: 70, uom: 'each' }];
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T, lines }));
    const batches = run.feed(...placed('o1', T, fragile)).filter(({ type }) => type === 'release-batch');
    expect(batches.map(({ details }) => details['units'])).toEqual([30, 30, 10]);
  });
});

describe('orders that leave', () => {
  const start = () => {
    const run = picking();
    run.feed(zone('soft', ['cushion']), orderPlaced({ orderId: 'o1', occurredAt: T }), ...placed('o1', T, {}));
    return run;
  };
  const cancelled = { eventId: 'c', occurredAt: T + 1, orderId: 'o1', siteId: null, reason: 'changed her mind' };
  const shipped = { ...cancelled, lineId: '1', status: 'picked', quantity: 1 };

  it.each([
    ['cancelled', 'order o1 is cancelled: changed her mind', fact('detent.orders.OrderCancelled', cancelled)],
    [
      'ended',
      'the order has ended',
      segmentChanged({
        ...{ entityType: 'order', entityId: 'o1', dimension: 'handling' },
        to: null,
        sequence: 2,
        occurredAt: T + 1,
      }),
    ],
    [
      'picked by others',
      'the floor picks order o1 by itself: the last of its lines (1) was told to be released',
      fact('detent.orders.OrderLineStatusChanged', { ...shipped, status: 'released' }),
    ],
    [
      'cancelled line by line',
      'the last line of order o1 is cancelled',
      fact('detent.orders.OrderLineStatusChanged', { ...shipped, status: 'cancelled' }),
    ],
    [
      'changed to nothing',
      'nothing is left to be picked of order o1 as it was changed',
      fact(
        'detent.orders.OrderChanged',
        orderPlaced({ orderId: 'o1', occurredAt: T + 1, version: 2, lines: [] }).value,
      ),
    ],
  ])('%s: nothing of it is released, and its place is taken back with what happened', (_how, why, record) => {
    const run = start();
    const told = run.feed(record);
    expect(told.map(({ type, because }) => [type, because])).toEqual([
      ['withdraw', `enqueue for order o1 is taken back because ${why}`],
    ]);
    expect(run.advance(T + 1e9)).toEqual([]);
    expect(run.snapshot().filter(([key]) => key.startsWith('order:'))).toEqual([]);
  });

  it('are not moved once they are in a released batch', () => {
    const run = start();
    run.advance(T + 1e9);
    const change = { entityType: 'order', entityId: 'o1', dimension: 'handling', to: 'fragile-multi', sequence: 2 };
    expect(run.feed(segmentChanged({ ...change, occurredAt: T + 1e9 }))).toEqual([]);
  });
});

describe('what commands nothing', () => {
  const all = (origin: Origin) => [
    zone('soft', ['cushion']),
    orderPlaced({ orderId: 'o1', occurredAt: T }),
    ...placed('o1', T, { handling: 'fragile-multi' }, origin),
  ];

  it.each(['initial', 'replay'] as const)('a change of origin %s', (origin) => {
    const run = picking();
    run.feed(...all(origin));
    expect(run.advance(T + 1e9)).toEqual([]);
  });

  it('but what it told is known when a live change comes', () => {
    const run = picking();
    run.feed(...all('initial'));
    const live = { entityType: 'order', entityId: 'o1', dimension: 'urgency', to: 'late', sequence: 2 };
    const [action] = run.feed(segmentChanged({ ...live, occurredAt: T + 1 }));
    expect(action).toMatchObject({ details: { lane: 'cushion' }, segment: { dimension: 'urgency', segment: 'late' } });
  });

  it('a replay run, and actions switched off', () => {
    for (const run of [picking({ replay: true }), picking({ actions: 'off' })]) {
      run.feed(...all('live'));
      run.advance(T + 1e9);
      expect(run.actions).toEqual([]);
      expect(run.outcomes.get('batch-released')).toBe(1);
    }
  });

  it('a change seen before', () => {
    const run = picking();
    run.feed(...all('live'));
    const again = run.feed(...placed('o1', T, { handling: 'standard' }));
    expect(again).toEqual([]);
    expect(run.outcomes.get('change-seen-before')).toBe(3);
  });

  it('says so in its details when it only rehearses', () => {
    const run = picking({ actions: 'dry-run' });
    expect(run.feed(...all('live'))[0]!.details['mode']).toBe('dry-run');
  });
});
