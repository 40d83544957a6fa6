import type { Action, LocationDescribed, SegmentChanged, StockChanged } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  type HarnessOptions,
  modelOf,
  orderPlaced,
  seeded,
  segmentChanged,
} from '@detent/testing/decisions';
import { location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { defaultStorageConfig } from './config.ts';
import { createStorageProcessor } from './process.ts';
import { Floor } from './testing/floor.ts';

const HOUR = 3_600_000;
const SKUS = 24;
const config = { ...defaultStorageConfig, affinityWeight: 0.5, emptyPlaceM: 400, scarceShare: 1 };
const model = () =>
  modelOf({}, (memberships) =>
    memberships['zone.cooling'] === 'warm' ? { name: 'warm-zone', sop: '', do: { putaway: false } } : undefined,
  );
const make = () => createStorageProcessor({ actions: 'live', model: model(), config });

const numberOf = (skuId: string) => Number(skuId.slice(4));
const measures = (skuId: string) => {
  return { volumeL: 1 + (numberOf(skuId) % 5), weightG: 800 + 300 * (numberOf(skuId) % 7) };
};
/** Every third article comes in lots. */
const hasLots = (skuId: string) => numberOf(skuId) % 3 === 0;

function site(): { records: GivenRecord[]; places: Map<string, LocationDescribed> } {
  const described = [
    location('dock-1', 60, { zoneId: 'dock', capacityL: 1e6, maxWeightG: 1e9 }),
    ...Array.from({ length: 16 }, (_, i) =>
      location(`near-${i}`, 10 + i * 5, {
        ...{ aisle: String(i % 4), capacityL: 40 + (i % 4) * 30, maxWeightG: 30_000 + (i % 3) * 40_000 },
      }),
    ),
    ...Array.from({ length: SKUS }, (_, i) =>
      location(`far-${i}`, 150 + i, { zoneId: 'reserve', capacityL: 800, maxWeightG: 9e6 }),
    ),
    ...Array.from({ length: 8 }, (_, i) =>
      location(`spare-${i}`, 140 + i, { zoneId: 'reserve', capacityL: 200, maxWeightG: 9e6 }),
    ),
    ...Array.from({ length: 6 }, (_, i) =>
      location(`dense-${i}`, 120 + i, { zoneId: 'high', capacityL: 400, maxWeightG: 9e6 }),
    ),
  ];
  const zones = [zone('pick', 'picking'), zone('reserve', 'storage'), zone('dock', 'dock'), zone('high', 'dense')];
  return {
    records: [...zones, ...described],
    places: new Map(described.map(({ value }) => [value.locationId, value])),
  };
}

interface Run {
  harness: DecisionHarness;
  log: GivenRecord[];
  floor: Floor;
  /** Faults of what a command says, beside those of the floor. */
  faults: string[];
}

/** Days of a warehouse: it does some of what it is told, refuses some, forgets some, and goes on picking and receiving. */
function run(seed: number, options: HarnessOptions = {}): Run {
  const random = seeded(seed);
  const among = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const harness = new DecisionHarness(make, options);
  const { records, places } = site();
  const floor = new Floor(places, measures);
  const log: GivenRecord[] = [];
  const faults: string[] = [];
  const endOf = new Map<string, number>();
  const lots: string[] = [];
  const closed = new Set<string>();
  const carried = new Set<string>();
  let [at, numbered] = [T, 0];
  const next = (): number => {
    numbered += 1;
    return numbered;
  };

  const hear = (actions: readonly Action[]): void => {
    for (const action of actions) {
      checkFirstExpired(action);
      checkOpen(action);
      floor.take(action);
    }
  };
  const stock = (told: StockChanged) => fact('detent.inventory.StockChanged', told);
  const feed = (...told: readonly GivenRecord[]): void => {
    for (const record of told) {
      log.push(record);
      floor.expire(at);
      hear(harness.feed(record));
    }
  };
  /** What goes nearer goes with the least life first; a lot that is to be sold first may overtake. */
  const checkFirstExpired = ({ type, tasks, because, details, actionId }: Action): void => {
    if (type !== 'move' || because.startsWith('lot ') || details['step'] !== undefined) return;
    const taken = new Map(tasks!.map(({ lotId, quantity }) => [lotId ?? '', quantity!]));
    const { skuId, fromLocationId: from } = tasks![0]!;
    if (!hasLots(skuId!)) return;
    const latest = Math.max(...[...taken.keys()].map((lotId) => endOf.get(lotId) ?? Number.POSITIVE_INFINITY));
    for (const { skuId: of, lotId, units } of floor.at(from!)) {
      const given = floor.errands.filter((errand) => errand.from === from && errand.lotId === lotId);
      const left = units - given.reduce((sum, errand) => sum + errand.units, 0) - (taken.get(lotId ?? '') ?? 0);
      if (of === skuId && left > 0 && endOf.get(lotId ?? '')! < latest) faults.push(`${actionId} passes over ${lotId}`);
    }
  };
  /** Nothing is sent to where nothing is to be put. */
  const checkOpen = ({ actionId, tasks }: Action): void => {
    for (const { toLocationId: to } of tasks ?? []) {
      if (to != null && closed.has(places.get(to)!.zoneId)) faults.push(`${actionId} leads to the closed ${to}`);
    }
  };
  const receive = (skuId: string, place: string | null, units: number): void => {
    const number = next();
    const lotId = `lot-${number}`;
    const expiresAt = at + (200 + Math.floor(random() * 2000)) * HOUR;
    lots.push(lotId);
    endOf.set(lotId, expiresAt);
    const lot = fact('detent.inventory.LotReceived', {
      ...{ eventId: `e-${number}`, occurredAt: at, skuId, lotId, siteId: 'site-1', quantity: units, uom: 'each' },
      ...{ manufacturedAt: null, expiresAt, locationId: place },
    });
    const came = stock(floor.add(place ?? 'dock-1', skuId, hasLots(skuId) ? lotId : null, units, at, 'receipt'));
    feed(...(random() < 0.5 ? [came, lot] : [lot, came]));
  };
  const cooling = (zoneId: string, to: string): GivenRecord =>
    segmentChanged({
      ...{ entityType: 'zone', entityId: zoneId, dimension: 'cooling', epoch: 'sensors.v1-0-0' },
      ...{ occurredAt: at, to, sequence: next() },
    });
  const status = (actionId: string, kind: string): GivenRecord => {
    const [, entityType, entityId] = actionId.split(':');
    return fact('detent.actions.ActionStatus', {
      ...{ eventId: `a-${next()}`, occurredAt: at, actionId, target: { entityType, entityId } },
      ...{ status: kind, quantityDone: null, reason: null, by: null },
    });
  };

  feed(...records);
  for (let i = 0; i < SKUS; i += 1) {
    const skuId = `sku-${i}`;
    const { volumeL, weightG } = measures(skuId);
    feed(sku(skuId, { lengthMm: 100, widthMm: 100, heightMm: 100 * volumeL, weightG, shelfLifeHours: 3000 }));
    // Somebody has put several lots together before.
    if (hasLots(skuId)) for (let n = 0; n < 3; n += 1) receive(skuId, `far-${i}`, 5 + Math.floor(random() * 30));
    else feed(stock(floor.add(`far-${i}`, skuId, null, 20 + Math.floor(random() * 60), at, 'count')));
    feed(velocity(skuId, among(['A', 'B', 'C']), 1, at, { sequence: next(), origin: 'initial' }));
  }
  for (let i = 0; i < 500; i += 1) {
    at += Math.floor(random() * 3 * HOUR);
    floor.expire(at);
    log.push({ name: '', key: String(at), value: { occurredAt: at } });
    hear(harness.advance(at));
    for (const zoneId of [...closed]) {
      if (random() > 0.3) continue;
      closed.delete(zoneId);
      feed(cooling(zoneId, 'steady'));
    }
    const skuId = `sku-${Math.floor(random() * SKUS)}`;
    const what = random();
    if (what < 0.2) {
      const origin = random() < 0.1 ? 'initial' : random() < 0.05 ? 'replay' : 'live';
      const to = among(['A', 'A', 'B', 'C', 'dormant']);
      feed(velocity(skuId, to, to === 'dormant' ? 0 : random() * 20, at, { sequence: next(), origin }));
    } else if (what < 0.3) {
      receive(skuId, 'dock-1', 5 + Math.floor(random() * 150));
    } else if (what < 0.5) {
      const [held] = [...places.keys()]
        .flatMap((place) => floor.at(place).map((of) => ({ ...of, place })))
        .filter(({ place, skuId: of }) => place !== 'dock-1' && of === skuId);
      if (held !== undefined) {
        const units = Math.min(held.units, 1 + Math.floor(random() * 8));
        feed(stock(floor.add(held.place, held.skuId, held.lotId, -units, at, 'pick')));
      }
    } else if (what < 0.56) {
      const lines = [skuId, among(['sku-1', 'sku-2', 'sku-3'])].map((of, n) => {
        return { lineId: String(n), skuId: of, quantity: 1, uom: 'each' };
      });
      feed(orderPlaced({ orderId: `o-${i}`, occurredAt: at, lines }));
    } else if (what < 0.64 && lots.length > 0) {
      const lotId = among(lots);
      const to = among(['short', 'sell-now', 'fresh', null]);
      // Of a lot that has ended nothing is known any more: it goes last.
      if (to === null) endOf.delete(lotId);
      const of = {
        entityType: 'lot',
        entityId: lotId,
        dimension: 'freshness',
        occurredAt: at,
        epoch: 'inventory.v1-0-0',
      };
      feed(segmentChanged({ ...of, to, sequence: next(), attributes: {} }));
    } else if (what < 0.67) {
      const zoneId = among(['pick', 'reserve', 'high']);
      closed.add(zoneId);
      feed(cooling(zoneId, 'warm'));
      for (const { actionId, skuId: of, to: place } of floor.errands.filter(({ to }) =>
        closed.has(places.get(to)!.zoneId),
      )) {
        // Which of several tasks was begun is not told where stock is not told by lot.
        if (!carried.has(hasLots(of) ? actionId : of)) faults.push(`${actionId} still leads to the closed ${place}`);
      }
    } else if (floor.errands.length > 0) {
      const errand = among(floor.errands);
      if (what < 0.72) {
        floor.drop(errand.actionId);
        feed(status(errand.actionId, random() < 0.5 ? 'failed' : 'rejected'));
      } else if (errand.after.every((id) => floor.done.has(id))) {
        carried.add(hasLots(errand.skuId) ? errand.actionId : errand.skuId);
        feed(...floor.carry(errand, at).map(stock));
      }
    }
  }
  return { harness, log, floor, faults };
}

describe.each([11, 12, 13, 14])('random days, seed %i', (seed) => {
  const { harness, log, floor, faults } = run(seed);
  const of = (type: string) => harness.actions.filter((action) => action.type === type);

  it('sends no place more than it can hold and bear, nor two articles, and no unit twice', () => {
    // Checked at every command and whenever something is put down.
    expect(floor.faults).toEqual([]);
    expect(of('move').length).toBeGreaterThan(10);
    expect(of('putaway').length).toBeGreaterThan(10);
    expect(of('sell-first').length).toBeGreaterThan(0);
    expect(harness.outcomes.get('night-planned')).toBeGreaterThan(0);
    expect(harness.outcomes.get('putaway-done')).toBeGreaterThan(0);
    expect(harness.outcomes.get('putaway-failed')).toBeGreaterThan(0);
    expect(harness.outcomes.get('zone-closed')).toBeGreaterThan(0);
    expect(harness.outcomes.get('zone-reopened')).toBeGreaterThan(0);
  });

  it('takes the lot with the least life left first, and sends nothing to a zone that is closed', () => {
    expect(faults).toEqual([]);
  });

  it('names a change for every action, which may command it', () => {
    const changes = new Map(
      log
        .filter(({ name }) => name.endsWith('SegmentChanged'))
        .map(({ value }) => [(value as unknown as SegmentChanged).changeId, value as unknown as SegmentChanged]),
    );
    for (const { type, details, changeId, segment } of harness.actions) {
      const change = changes.get(changeId)!;
      expect(segment.segment).toBe(change.to);
      expect(change.origin).not.toBe('replay');
      // A lot that came in is news by itself, and what makes a place empty is for the place's sake.
      const isNews = type === 'putaway' || type === 'escalate' || type === 'withdraw' || details['what'] !== undefined;
      if (!isNews) expect(change.origin).toBe('live');
    }
    const ids = harness.actions.map(({ actionId }) => actionId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('moves only what pays', () => {
    for (const { details } of of('move')) {
      if (details['step'] === undefined) expect(Number(details['savingM'])).toBeGreaterThan(Number(details['costM']));
    }
  });

  it('decides the same in batches of any size and after restarts', () => {
    for (const options of [{ batch: 20, restartEachBatch: true }, { batch: 200 }]) {
      const other = new DecisionHarness(make, options);
      let batch: GivenRecord[] = [];
      for (const record of log) {
        if (record.name !== '') {
          batch.push(record);
          continue;
        }
        other.feed(...batch);
        batch = [];
        other.advance(record.value.occurredAt);
      }
      other.feed(...batch);
      expect(other.actions).toEqual(harness.actions);
      expect(other.snapshot()).toEqual(harness.snapshot());
    }
  });
});
