import { describe, expect, it } from '@jest/globals';
import { writeBothModels } from './both-models.ts';
import { type Played, play, type Stage } from './play.ts';
import { actionFor, changesOf, changeTo, faultsOf } from './reading.ts';
import {
  carrier,
  counted,
  customer,
  HOUR,
  lane,
  location,
  MINUTE,
  order,
  passes,
  site,
  sku,
  T,
  told,
} from './trade.ts';

/** A lot of ten-day salad, received by the grower for whom it travels. */
function lot(lotId: string, expiresInHours: number) {
  const received = {
    skuId: 'salad',
    siteId: 'grower',
    quantity: 40,
    uom: 'each',
    manufacturedAt: null,
    locationId: null,
  };
  return told('detent.inventory.LotReceived', T, { lotId, expiresAt: T + expiresInHours * HOUR, ...received });
}

/** A load on a vehicle at an instant. */
function load(shipmentId: string, assetId: string, lotIds: readonly string[], at = T + MINUTE) {
  const lots = lotIds.map((lotId) => ({ lotId, skuId: 'salad', quantity: 40 }));
  return told('detent.shipments.ShipmentLoaded', at, {
    ...{ shipmentId, siteId: 'grower', assetId, assetType: 'vehicle', lots },
  });
}

/** A logger that comes into a vehicle with its load, or stays in it. */
function placed(sensorId: string, assetId: string) {
  return told('detent.sites.SensorPlaced', T + MINUTE, {
    ...{ siteId: 'grower', sensorId, assetType: 'vehicle', assetId, from: T + MINUTE, to: null },
  });
}

/** A reading every ten minutes, of a logger that knows nothing of lots, from `fromHours` to `toHours`. */
function reads(sensorId: string, fromHours: number, toHours: number, tempOf: (hours: number) => number) {
  const events = [];
  for (let minutes = fromHours * 60; minutes < toHours * 60; minutes += 10) {
    const at = T + minutes * MINUTE;
    events.push(
      told('detent.sensors.SensorRead', at, {
        ...{ sensorId, siteId: null, assetType: null, assetId: null, metric: 'tempC', unit: 'Cel' },
        ...{ value: tempOf(minutes / 60), observedAt: at },
      }),
    );
  }
  return events;
}

/** All loggers from one hour to another, in order of time. */
function drive(fromHours: number, toHours: number, of: Readonly<Record<string, (hours: number) => number>>) {
  return Object.entries(of)
    .flatMap(([sensorId, tempOf]) => reads(sensorId, fromHours, toHours, tempOf))
    .sort((a, b) => a.eventTime - b.eventTime);
}

const cold = (hours: number) => 4 + 0.4 * Math.sin(hours * 7);
/** One reading of each three hours is taken with the door open. */
const doors = (hours: number) => (Math.round(hours * 6) % 18 === 9 ? 13 : cold(hours));
/** The cooling fails after two hours, for sixteen. */
const failing = (hours: number) => (hours >= 2 && hours < 18 ? 12 + cold(hours) - 4 : cold(hours));
const faulty = (hours: number) => (Math.round(hours * 6) === 30 ? 85 : cold(hours));
const loggers = {
  'logger-stays': failing,
  'logger-strays': failing,
  'logger-doors': doors,
  'logger-faulty': faulty,
  'logger-nowhere': failing,
};

const atDc = ['strays', 'doors'].map((lotId) => counted('salad', 'dc', 'far', 40, lotId, T + 20 * HOUR));
const picks = Array.from({ length: 60 }, (_, n) =>
  told('detent.inventory.StockChanged', T + 21 * HOUR + n * 10 * MINUTE, {
    ...{ skuId: 'salad', siteId: 'dc', locationId: 'at-hand', lotId: null, onHand: null, delta: -1 },
    ...{ status: 'available', reason: 'pick' },
  }),
);
const evening = T + 31 * HOUR;

const sweets = { serviceLevel: 'standard', shipBy: evening + 30 * HOUR, promisedAt: evening + 96 * HOUR };

const acts = [
  [
    sku('salad', {
      ...{ lengthMm: 120, widthMm: 120, heightMm: 80, weightG: 300 },
      ...{ shelfLifeHours: 240, minTempC: 1, maxTempC: 7, category: 'fresh' },
    }),
    // Beside coolant for two days no carton holds the large one.
    sku('praline', { maxTempC: 20, lengthMm: 200, widthMm: 170, heightMm: 50, weightG: 2500 }),
    sku('praline-tower', { lengthMm: 390, widthMm: 290, heightMm: 290, weightG: 4000, maxTempC: 20 }),
    ...site('dc', [
      { zoneId: 'cold-shelves', kind: 'picking', capabilities: ['chilled'], capacityPerHour: null },
      { zoneId: 'cold-reserve', kind: 'storage', capabilities: ['chilled'], capacityPerHour: null },
      { zoneId: 'cold-tables', kind: 'packing', capabilities: ['chilled'], capacityPerHour: 60 },
    ]),
    location('dc', 'near', 'cold-shelves', 8, { minTempC: 2, maxTempC: 6, aisle: 'A', bay: '1' }),
    location('dc', 'warm-and-nearer', 'cold-shelves', 4, { minTempC: 12, maxTempC: 25, aisle: 'A', bay: '2' }),
    location('dc', 'at-hand', 'cold-shelves', 12, { minTempC: 2, maxTempC: 6, aisle: 'A', bay: '3' }),
    location('dc', 'far', 'cold-reserve', 160, { minTempC: 2, maxTempC: 6, aisle: 'B', bay: '9' }),
    counted('salad', 'dc', 'at-hand', 200),
    counted('praline', 'dc', 'at-hand', 20),
    counted('praline-tower', 'dc', 'at-hand', 5),
    customer('grocer', 'gold', 72),
    lane('lane-dc', 'dc'),
    ...carrier('cool-van', 'lane-dc', { hours: 8, base: 30, perKg: 1, minTempC: 2, maxTempC: 6 }),
    ...carrier('cool-parcel', 'lane-dc', { hours: 48, base: 9, perKg: 0.3, minTempC: 2, maxTempC: 6 }),
    ...carrier('parcel', 'lane-dc', { hours: 24, base: 4, perKg: 0.2 }),
    lot('strays', 216),
    lot('ripe', 110),
    lot('doors', 205),
    lot('faulty', 216),
    lot('unwatched', 216),
    lot('later', 216),
    lot('dated', 140),
  ],
  [
    load('load-1', 'truck-1', ['strays', 'ripe']),
    placed('logger-strays', 'truck-1'),
    load('load-2', 'truck-2', ['doors']),
    placed('logger-doors', 'truck-2'),
    load('load-3', 'truck-3', ['faulty']),
    placed('logger-faulty', 'truck-3'),
    load('load-4', 'truck-4', ['unwatched']),
    placed('logger-stays', 'truck-5'),
  ],
  drive(0.5, 2, loggers),
  drive(2, 20, loggers),
  // What stays in its vehicle has been through sixteen warm hours by then, and the lot has not.
  [...atDc, load('load-5', 'truck-5', ['later'], T + 20 * HOUR)],
  [...picks, ...reads('logger-stays', 20.1, 24, cold)].sort((a, b) => a.eventTime - b.eventTime),
  [
    order('fresh', 'dc', evening, [['salad', 2]], {
      ...{
        customerId: 'grocer',
        serviceLevel: 'standard',
        shipBy: evening + 30 * HOUR,
        promisedAt: evening + 60 * HOUR,
      },
    }),
  ],
  [
    order('pralines', 'dc', evening, [['praline', 2]], sweets),
    order('pralines-tower', 'dc', evening, [['praline-tower', 1]], sweets),
  ],
  [
    told('detent.orders.OrderLineStatusChanged', evening + MINUTE, {
      ...{ orderId: 'fresh', siteId: 'dc', lineId: '1', status: 'allocated', quantity: 2 },
      ...{ lotId: 'dated', shipmentId: null, handlingUnitId: null },
    }),
  ],
  passes(evening + HOUR),
  passes(evening + 4 * HOUR),
];

/** Perishables by what is left of their life. */
export function perishablesOnTheRoad(stage: Stage): void {
  describe('perishables on a route that strays', () => {
    let played: Promise<Played> | undefined;
    const story = () => (played ??= play(stage, writeBothModels(), acts));

    it('are called while the route is warm, by the logger of the load that they are in', async () => {
      expect(changesOf(await story(), 'strays', 'route').map(({ to }) => to)).toEqual(['steady', 'strayed', 'steady']);
      const { occurredAt, because, origin } = changeTo(await story(), 'strays', 'route', 'strayed');
      expect(origin).toBe('reference');
      expect(because.values).toContainEqual({ name: 'tempC', value: expect.any(Number), threshold: 7 });
      // Not at the first warm reading, and within the hour.
      expect(occurredAt).toBeGreaterThan(T + 2 * HOUR + 10 * MINUTE);
      expect(occurredAt).toBeLessThanOrEqual(T + 3 * HOUR);
      expect([faultsOf(await story()), (await story()).deadLetters]).toEqual([[], {}]);
    }, 240_000);

    it('lose life by what they have been through, and move at once when it is lost', async () => {
      const short = changeTo(await story(), 'strays', 'freshness', 'short');
      // By the clock alone it is short 55 hours on.
      expect(short.occurredAt).toBeGreaterThan(T + 12 * HOUR);
      expect(short.occurredAt).toBeLessThan(T + 20 * HOUR);
      expect(short.because.text).toContain('lifeLeft');
      const { occurredAt, attributes, origin } = changeTo(await story(), 'ripe', 'freshness', 'sell-now');
      expect(origin).toBe('reference');
      // The reading that takes it below a quarter of its life is the one that moves it; none is waited for.
      const lifeLeft = attributes['lifeLeft'] as number;
      expect(lifeLeft).toBeLessThanOrEqual(0.25);
      expect(lifeLeft).toBeGreaterThan(0.25 - (4.5 * 10) / 60 / 240);
      expect(occurredAt).toBeLessThan(T + 18 * HOUR);
    });

    it('are not moved by open doors, by a faulty reading, or by a sensor that is in no vehicle', async () => {
      for (const lotId of ['doors', 'faulty', 'unwatched']) {
        expect([lotId, changesOf(await story(), lotId, 'route').map(({ to }) => to)]).toEqual([lotId, ['steady']]);
        expect([lotId, changesOf(await story(), lotId, 'freshness').map(({ to }) => to)]).toEqual([lotId, ['fresh']]);
      }
    });

    it('are not charged with what a sensor that stays in its vehicle read before they were loaded', async () => {
      expect(changesOf(await story(), 'later', 'route').map(({ to }) => to)).toEqual(['steady']);
      expect(changesOf(await story(), 'later', 'freshness').map(({ to }) => to)).toEqual(['fresh']);
    });

    it('are to be sold first when they are short, by the life that is left and not by the date', async () => {
      const { changeId, occurredAt } = changeTo(await story(), 'strays', 'freshness', 'short');
      const sale = actionFor(await story(), 'sell-first', 'strays');
      expect(sale).toMatchObject({ changeId, service: 'storage', details: { rank: 1, units: 40 } });
      expect(sale.details['lifeLeftHours']).toBeLessThan(216 - 12);
      expect(sale.validUntil).toBeGreaterThan(occurredAt);
      expect(Number.isInteger(sale.validUntil)).toBe(true);
    });

    it('lie nearer when they sell fast, the lot with the least life left first and not that with the earlier date', async () => {
      const { changeId } = changeTo(await story(), 'salad@dc', 'velocity', 'B');
      const moves = (await story()).actions.filter(({ type, details }) => type === 'move' && details['from'] === 'far');
      const move = moves.find((one) => one.changeId === changeId);
      expect(move).toMatchObject({
        service: 'storage',
        target: { entityType: 'stock', entityId: 'salad@dc' },
        details: { from: 'far', to: 'near' },
        undo: { type: 'move', details: { from: 'near', to: 'far' } },
        sop: 'docs/sops/slotting.md',
      });
      expect(move!.tasks!.map(({ lotId }) => lotId)[0]).toBe('strays');
      expect(move!.details['savingM']).toBeGreaterThan(move!.details['costM'] as number);
      expect(move!.alternatives).toContainEqual(
        expect.objectContaining({
          what: 'warm-and-nearer',
          rejectedBecause: expect.stringContaining('7 °C'),
          value: 25,
        }),
      );
    });

    it('go in the chilled lane with a carrier that keeps them, and in a faster one once their lot is known', async () => {
      expect(actionFor(await story(), 'enqueue', 'fresh')).toMatchObject({
        details: { lane: 'chilled', zoneId: 'cold-tables' },
        playbook: 'chilled',
        sop: 'docs/sops/cold-chain.md',
      });
      const [first, second, ...more] = (await story()).actions.filter(
        ({ type, target }) => type === 'assign-carrier' && target.entityId === 'fresh',
      );
      expect(more).toHaveLength(0);
      expect(first!.details['carrierId']).toBe('cool-parcel');
      expect(first!.alternatives).toContainEqual(
        expect.objectContaining({
          what: 'parcel/s',
          rejectedBecause:
            'its temperatures are not known, and the goods need 1 to 7 °C, and no carton keeps them so until the promise',
        }),
      );
      expect(second).toMatchObject({ supersedes: first!.actionId, details: { carrierId: 'cool-van' } });
      expect(second!.alternatives).toContainEqual(
        expect.objectContaining({
          what: 'cool-parcel/s',
          rejectedBecause: 'would arrive with too little shelf life left',
        }),
      );
    });

    it('that coolant keeps go as any goods; where it does not, the carrier is one that keeps them, as packing asks', async () => {
      expect(actionFor(await story(), 'pack', 'pralines').details['needsControlledService']).toBe(false);
      expect(actionFor(await story(), 'assign-carrier', 'pralines').details['carrierId']).toBe('parcel');
      expect(actionFor(await story(), 'pack', 'pralines-tower').details).toMatchObject({
        ...{ needsControlledService: true, controlledRange: 'at most 20 °C' },
      });
      const given = actionFor(await story(), 'assign-carrier', 'pralines-tower');
      expect(given.details['carrierId']).toBe('cool-parcel');
      expect(given.alternatives).toContainEqual(
        expect.objectContaining({
          what: 'parcel/s',
          rejectedBecause:
            'its temperatures are not known, and the goods need 20 °C or below, and no carton keeps them so until the promise',
        }),
      );
    });
  });
}
