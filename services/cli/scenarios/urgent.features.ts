import { describe, expect, it } from '@jest/globals';
import { type Played, play, type Stage } from './play.ts';
import { actionFor, actionsFor, changeTo, faultsOf } from './reading.ts';
import { carrier, counted, customer, HOUR, lane, location, MINUTE, order, passes, site, sku, T } from './trade.ts';

/** A site with shelves, tables, a parcel service and a courier; and with groupage freight, where it has any. */
function warehouse(siteId: string, hasFreight: boolean) {
  const laneId = `lane-${siteId}`;
  return [
    ...site(siteId, [
      { zoneId: `shelves-${siteId}`, kind: 'picking', capabilities: [], capacityPerHour: null },
      { zoneId: `tables-${siteId}`, kind: 'packing', capabilities: [], capacityPerHour: 60 },
    ]),
    location(siteId, `${siteId}-near`, `shelves-${siteId}`, 10, { aisle: 'A', bay: '1' }),
    location(siteId, `${siteId}-far`, `shelves-${siteId}`, 40, {
      aisle: 'A',
      bay: '9',
      capacityL: 50_000,
      maxWeightG: 9e6,
    }),
    counted('phone', siteId, `${siteId}-near`, 50),
    counted('washer', siteId, `${siteId}-far`, 20),
    lane(laneId, siteId),
    ...carrier('parcel', laneId, { serviceId: siteId, hours: 24, base: 4, perKg: 0.2 }),
    ...carrier('courier', laneId, {
      serviceId: siteId,
      hours: 3,
      base: 18,
      perKg: 1,
      cutoffLocal: '14:00',
      mode: 'courier',
    }),
    ...(hasFreight
      ? carrier('freight', laneId, {
          serviceId: siteId,
          hours: 48,
          base: 60,
          perKg: 0.1,
          mode: 'ltl',
          maxWeightG: null,
          maxLengthMm: null,
        })
      : []),
    // By itself a bulky order can go there too: dear, but at once.
    ...carrier('van', laneId, {
      serviceId: siteId,
      hours: 24,
      base: 90,
      perKg: 0.2,
      mode: 'road',
      maxWeightG: null,
      maxLengthMm: null,
    }),
  ];
}

const patient = { serviceLevel: 'standard', shipBy: T + 80 * HOUR, promisedAt: T + 150 * HOUR };
const today = { serviceLevel: 'same-day', shipBy: T + 5 * HOUR, promisedAt: T + 11 * HOUR };

const acts = [
  [
    sku('phone', { lengthMm: 160, widthMm: 80, heightMm: 30, weightG: 250 }),
    sku('washer', { lengthMm: 600, widthMm: 600, heightMm: 850, weightG: 70_000 }),
    customer('customer-1', 'silver'),
    ...warehouse('north', true),
    ...warehouse('south', false),
  ],
  [
    order('bulky-1', 'north', T + MINUTE, [['washer', 1]], patient),
    order('bulky-2', 'north', T + 2 * MINUTE, [['washer', 1]], patient),
    order('bulky-south', 'south', T + 2 * MINUTE, [['washer', 1]], patient),
    order('bulky-today', 'north', T + 3 * MINUTE, [['washer', 1]], { ...today, promisedAt: T + 34 * HOUR }),
  ],
  [
    order('light', 'north', T + 10 * MINUTE, [['phone', 1]], today),
    order('impossible', 'north', T + 10 * MINUTE, [['phone', 1]], { ...today, promisedAt: T + 4 * HOUR }),
  ],
  passes(T + 40 * MINUTE),
  passes(T + 3 * HOUR),
  // The freight's cutoff is at nine hours.
  passes(T + 9 * HOUR),
];

/** Urgent light orders beside bulky ones that can wait. */
export function urgentBesideBulky(stage: Stage): void {
  describe('urgent light against bulky patient', () => {
    let played: Promise<Played> | undefined;
    const story = () => (played ??= play(stage, 'fulfilment', acts));

    it('are told apart by what the order says and what its goods weigh', async () => {
      expect(changeTo(await story(), 'light', 'urgency', 'same-day').because.text).toContain('serviceLevel = same-day');
      changeTo(await story(), 'light', 'transport', 'light-parcel');
      const { because } = changeTo(await story(), 'bulky-1', 'transport', 'bulky');
      // 306 l at 5 l a kilogram count as 61 kg: the 70 kg that it weighs are more.
      expect(because.values).toContainEqual({ name: 'chargeableKg', value: 70, threshold: 30 });
      changeTo(await story(), 'bulky-1', 'urgency', 'normal');
      expect([faultsOf(await story()), (await story()).deadLetters]).toEqual([[], {}]);
    }, 240_000);

    it('the light order overtakes: express lane, in a walk that goes when it must and that others may share', async () => {
      expect(actionFor(await story(), 'enqueue', 'light')).toMatchObject({
        segment: { dimension: 'urgency', segment: 'same-day' },
        details: { lane: 'express' },
        playbook: 'same-day-order',
        sop: 'docs/sops/same-day-order.md',
        undo: { type: 'dequeue' },
      });
      expect(actionFor(await story(), 'enqueue', 'bulky-1').details['lane']).toBe('standard');
      const light = actionFor(await story(), 'release-batch', 'light');
      const bulky = actionFor(await story(), 'release-batch', 'bulky-1');
      expect(light.createdAt).toBeLessThanOrEqual(bulky.createdAt);
      expect(light.tasks).toContainEqual(expect.objectContaining({ orderId: 'light', lane: 'express' }));
      // Long before the bulky order would have had to go by itself.
      const waited = actionFor(await story(), 'enqueue', 'bulky-1').details['releaseBy'] as number;
      expect(light.createdAt).toBeLessThan(waited);
    });

    it('goes with the fast carrier although it is dearer, and says by how much the cheap one would be late', async () => {
      const action = actionFor(await story(), 'assign-carrier', 'light');
      expect(action).toMatchObject({
        details: { carrierId: 'courier', laneId: 'lane-north', cost: 18.25, currency: 'EUR' },
        playbook: 'same-day-order',
        undo: { type: 'unassign-carrier', details: { carrierId: 'courier' } },
      });
      expect(action.details['arriveAt']).toBeLessThanOrEqual(today.promisedAt);
      expect(action.alternatives).toContainEqual({
        what: 'parcel/north',
        rejectedBecause: 'would arrive after the promise',
        value: 22,
        unit: 'h late',
      });
    });

    it('the bulky orders wait for the freight of their lane, and go together at its cutoff with their saving', async () => {
      for (const orderId of ['bulky-1', 'bulky-2'])
        expect(actionsFor(await story(), 'assign-carrier', orderId)).toHaveLength(0);
      const action = actionFor(await story(), 'consolidate', 'lane-north');
      expect(action.createdAt).toBe(T + 8.5 * HOUR);
      expect(action).toMatchObject({
        segment: { dimension: expect.any(String) },
        details: {
          carrierId: 'freight',
          orders: 2,
          weightG: 160_000,
          cost: 76.86,
          saving: 60,
          currency: 'EUR',
          costBasis: 'cartons as packed',
        },
        undo: { type: 'unassign-carrier', details: { carrierId: 'freight' } },
        playbook: 'bulky',
        sop: 'docs/sops/bulky-consolidation.md',
      });
      expect(action.tasks!.map(({ orderId }) => orderId).sort()).toEqual(['bulky-1', 'bulky-2']);
      expect(action.alternatives).toContainEqual({
        what: 'each order by itself',
        rejectedBecause: 'sum of their best offers',
        value: 136.86,
        unit: 'EUR',
      });
      expect(action.because).toContain('2 bulky orders of lane lane-north go together with freight/north');
    });

    it('a bulky order that is urgent does not wait, nor does one whose lane has no freight', async () => {
      expect(actionFor(await story(), 'assign-carrier', 'bulky-today')).toMatchObject({
        playbook: 'bulky-express',
        details: { carrierId: 'van' },
      });
      const south = actionFor(await story(), 'assign-carrier', 'bulky-south');
      expect(south).toMatchObject({ playbook: 'bulky', details: { carrierId: 'van' } });
      expect(south.createdAt).toBeLessThan(T + HOUR);
      expect(south.alternatives).toContainEqual({
        what: 'parcel/south',
        rejectedBecause: 'a unit weighs more than the 31500 g that a piece may',
        value: 70_000,
        unit: 'g',
      });
    });

    it('an order that nobody can carry in time is given to people with every refusal', async () => {
      const action = actionFor(await story(), 'escalate', 'impossible');
      expect(action.because).toContain('no carrier can take the order within its constraints');
      expect(action.alternatives.map(({ what, unit }) => [what, unit]).sort()).toEqual([
        ['courier/north', 'h late'],
        ['freight/north', 'h late'],
        ['parcel/north', 'h late'],
        ['van/north', 'h late'],
      ]);
      expect(action).toMatchObject({ playbook: 'same-day-order', undo: { type: 'close-escalation' } });
      expect(actionsFor(await story(), 'assign-carrier', 'impossible')).toHaveLength(0);
    });
  });
}
