import { describe, expect, it } from '@jest/globals';
import { type Played, play, type Stage } from './play.ts';
import { actionFor, actionsFor, articlesOn, changeTo, faultsOf } from './reading.ts';
import { carrier, counted, HOUR, lane, location, MINUTE, order, passes, site, sku, T } from './trade.ts';

const glass = { lengthMm: 120, widthMm: 120, heightMm: 150, weightG: 400, fragility: 0.9, keepUpright: true };
const FRAGILE = ['glass', 'vase'];

/** A site with one shelf of every article, and these zones for packing. */
function warehouse(siteId: string, packing: readonly { zoneId: string; capabilities: string[] }[]) {
  const articles = ['glass', 'vase', 'book', 'statue', 'unmeasured'];
  return [
    ...site(siteId, [
      { zoneId: `shelves-${siteId}`, kind: 'picking', capabilities: [], capacityPerHour: null },
      ...packing.map((zone) => ({ kind: 'packing', capacityPerHour: 60, ...zone })),
    ]),
    ...articles.flatMap((skuId, n) => [
      location(siteId, `${siteId}-${skuId}`, `shelves-${siteId}`, 10 + n, { aisle: 'A', bay: String(n + 1) }),
      counted(skuId, siteId, `${siteId}-${skuId}`, 100),
    ]),
    lane(`lane-${siteId}`, siteId),
    ...carrier('parcel', `lane-${siteId}`, { serviceId: siteId, hours: 24, base: 5, perKg: 0.1 }),
  ];
}

const mixed = [
  ['glass', 3],
  ['vase', 1],
  ['book', 2],
] as const;
const promise = { serviceLevel: 'standard', promisedAt: T + 96 * HOUR, shipBy: T + 57 * HOUR };

const acts = [
  [
    sku('glass', glass),
    sku('vase', { ...glass, heightMm: 250, weightG: 900, fragility: 0.8 }),
    sku('book', { lengthMm: 240, widthMm: 170, heightMm: 40, weightG: 1200 }),
    sku('statue', { lengthMm: 900, widthMm: 500, heightMm: 500, weightG: 20_000, fragility: 0.9 }),
    sku('unmeasured', { lengthMm: null, fragility: 0.9 }),
    ...warehouse('cushioned', [
      { zoneId: 'tables', capabilities: [] },
      { zoneId: 'cushioned-tables', capabilities: ['cushion'] },
    ]),
    ...warehouse('belted', [{ zoneId: 'belt', capabilities: ['slowConveyor'] }]),
    ...warehouse('bare', [{ zoneId: 'bare-tables', capabilities: [] }]),
  ],
  [
    order('mixed', 'cushioned', T + MINUTE, mixed, promise),
    order('sturdy', 'cushioned', T + MINUTE, [['book', 2]], promise),
    order('one-line', 'cushioned', T + MINUTE, [['glass', 6]], promise),
    order('urgent', 'cushioned', T + MINUTE, mixed, {
      serviceLevel: 'same-day',
      promisedAt: T + 11 * HOUR,
      shipBy: T + 9 * HOUR,
    }),
    order(
      'statues',
      'cushioned',
      T + MINUTE,
      [
        ['statue', 1],
        ['glass', 1],
      ],
      promise,
    ),
    order(
      'unknown',
      'cushioned',
      T + MINUTE,
      [
        ['unmeasured', 1],
        ['glass', 1],
      ],
      promise,
    ),
    order('mixed-belted', 'belted', T + MINUTE, mixed, promise),
    order('mixed-bare', 'bare', T + MINUTE, mixed, promise),
  ],
  passes(T + 40 * MINUTE),
  passes(T + 3 * HOUR),
];

/** Orders with several fragile articles. */
export function fragileOrders(stage: Stage): void {
  describe('orders with several fragile items', () => {
    let played: Promise<Played> | undefined;
    const story = () => (played ??= play(stage, 'fulfilment', acts));

    it('are placed by a fact, with the values that decided, and every action names its change', async () => {
      const { because } = changeTo(await story(), 'mixed', 'handling', 'fragile-multi');
      expect(because).toMatchObject({ clause: expect.stringContaining('fragileUnits >= 2') });
      expect(because.values).toContainEqual({ name: 'fragileUnits', value: 4, threshold: 2 });
      expect(because.text).toMatch(/fragileUnits/);
      changeTo(await story(), 'one-line', 'handling', 'fragile');
      changeTo(await story(), 'sturdy', 'handling', 'standard');
      expect([faultsOf(await story()), (await story()).deadLetters]).toEqual([[], {}]);
    }, 240_000);

    it('wait in the queue of the cushioned lane under their playbook, and can be taken out of it', async () => {
      const action = actionFor(await story(), 'enqueue', 'mixed');
      expect(action).toMatchObject({
        service: 'picking',
        siteId: 'cushioned',
        segment: { dimension: 'handling', segment: 'fragile-multi' },
        details: { lane: 'cushion', zoneId: 'cushioned-tables', units: 6, lines: 3, mode: 'live' },
        playbook: 'fragile-multi',
        sop: 'docs/sops/fragile-packing.md',
        undo: { type: 'dequeue' },
      });
      expect(action.because).toContain('handling is fragile-multi');
      expect(actionFor(await story(), 'enqueue', 'sturdy').details['lane']).toBe('standard');
      expect(actionFor(await story(), 'enqueue', 'one-line').details['lane']).toBe('standard');
    });

    it('are packed so that nothing lies on what breaks, with a picture and the next smaller carton refused', async () => {
      const { cartons, alternatives, segment, undo, sop } = actionFor(await story(), 'pack', 'mixed');
      expect(segment.segment).toBe('fragile-multi');
      expect(cartons!.flatMap(({ items }) => items.map(({ skuId }) => skuId)).sort()).toEqual([
        'book',
        'book',
        'glass',
        'glass',
        'glass',
        'vase',
      ]);
      for (const carton of cartons!) {
        expect(articlesOn(carton, FRAGILE)).toEqual([]);
        expect(carton.picture).toMatch(/^<svg/);
        expect(carton.because).not.toBe('');
      }
      expect(alternatives.length).toBeGreaterThan(0);
      expect(undo?.type).toBe('unpack');
      expect(sop).toBe('docs/sops/fragile-packing.md');
    });

    it('that are urgent besides are of the playbook for both', async () => {
      const action = actionFor(await story(), 'enqueue', 'urgent');
      expect(action).toMatchObject({ playbook: 'premium-fragile', sop: 'docs/sops/premium-fragile.md' });
      expect(action.details).toMatchObject({ lane: 'cushion', queue: expect.stringContaining('premium') });
      const [first] = (await story()).actions.filter(({ type }) => type === 'release-batch');
      expect(first!.tasks).toContainEqual(expect.objectContaining({ orderId: 'urgent', lane: 'cushion' }));
    });

    it('go over a slow conveyor where no zone is cushioned, else over the standard lane, and say what is missing', async () => {
      const noCushion = { what: 'cushion', value: 0, unit: 'zones' };
      expect(actionFor(await story(), 'enqueue', 'mixed-belted')).toMatchObject({
        details: { lane: 'slow-conveyor', zoneId: 'belt' },
        alternatives: [{ ...noCushion, rejectedBecause: expect.stringContaining('belted') }],
      });
      expect(actionFor(await story(), 'enqueue', 'mixed-bare')).toMatchObject({
        details: { lane: 'standard' },
        alternatives: [noCushion, { what: 'slowConveyor', value: 0, unit: 'zones' }],
        playbook: 'fragile-multi',
      });
      for (const carton of actionFor(await story(), 'pack', 'mixed-bare').cartons!)
        expect(articlesOn(carton, FRAGILE)).toEqual([]);
    });

    it('that fit into no carton go in their own packaging or on a pallet; what was never measured is left to people', async () => {
      const { details, cartons } = actionFor(await story(), 'pack', 'statues');
      const { inOwnPackaging = 0, pallets = 0 } = details as { inOwnPackaging?: number; pallets?: number };
      expect(inOwnPackaging + pallets).toBeGreaterThan(0);
      for (const { because } of cartons!) expect(because).not.toBe('');
      expect(actionsFor(await story(), 'unpackable', 'statues')).toHaveLength(0);
      actionFor(await story(), 'release-batch', 'unknown');
      expect([
        ...actionsFor(await story(), 'pack', 'unknown'),
        ...actionsFor(await story(), 'unpackable', 'unknown'),
      ]).toEqual([]);
    });
  });
}
