import type { SegmentChanged, StockChanged } from '@detent/schemas';
import { DecisionHarness, type GivenRecord, type HarnessOptions, modelOf, seeded } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { defaultStorageConfig } from './config.ts';
import { createStorageProcessor } from './process.ts';

const SKUS = 24;
const PLACES = 16;
// Nights exchange contents, in an order of their own: see night.model.test.ts.
const config = { ...defaultStorageConfig, nightlyMoves: 0 };
const make = () => createStorageProcessor({ actions: 'live', model: modelOf({}), config });

const volumeL = (index: number) => 1 + (index % 5);
const limitL = (index: number) => 40 + (index % 4) * 30;
const limitG = (index: number) => 30_000 + (index % 3) * 40_000;

/** A site with goods of five sizes and few near places, and a log of counts and changes of velocity. */
function scenario(seed: number): GivenRecord[] {
  const random = seeded(seed);
  const records: GivenRecord[] = [zone('pick', 'picking'), zone('reserve', 'storage')];
  for (let i = 0; i < PLACES; i += 1) {
    records.push(location(`near-${i}`, 10 + i * 5, { capacityL: limitL(i), maxWeightG: limitG(i) }));
  }
  for (let i = 0; i < SKUS; i += 1) {
    const size = { lengthMm: 100, widthMm: 100, heightMm: 100 * volumeL(i), weightG: 800 + 300 * (i % 7) };
    records.push(
      sku(`sku-${i}`, size),
      location(`far-${i}`, 150, { zoneId: 'reserve', capacityL: 5000, maxWeightG: 9e6 }),
    );
    records.push(counted(`sku-${i}`, `far-${i}`, 20 + Math.floor(random() * 200)));
  }
  let at = T;
  for (let i = 0; i < 200; i += 1) {
    at += Math.floor(random() * 3_600_000);
    const skuId = `sku-${Math.floor(random() * SKUS)}`;
    const to = random() < 0.6 ? 'A' : random() < 0.5 ? 'B' : 'C';
    const origin = random() < 0.1 ? 'initial' : 'live';
    records.push(velocity(skuId, to, random() * 30, at, { sequence: i + 1, origin }));
    if (random() < 0.3) records.push(counted(skuId, `far-${skuId.slice(4)}`, Math.floor(random() * 200), at));
  }
  return records;
}

/** Runs it with a warehouse that does some of the moves, and takes goods out of the near places now and then. */
function run(seed: number, options: HarnessOptions = {}) {
  const random = seeded(seed + 1000);
  const harness = new DecisionHarness(make, options);
  const held = new Map<string, { skuId: string; units: number }>();
  const planned = new Map<string, { skuId: string; to: string; units: number; until: number }>();
  const log: GivenRecord[] = [];
  const feed = (record: GivenRecord) => {
    log.push(record);
    for (const action of harness.feed(record)) {
      const [task] = action.tasks!;
      planned.set(action.actionId, {
        ...{ skuId: task!.skuId!, to: task!.toLocationId!, units: task!.quantity!, until: action.validUntil },
      });
      checkRoom(task!.toLocationId!, record.value.occurredAt);
    }
  };
  const checkRoom = (place: string, at: number) => {
    const index = Number(place.slice(5));
    const there = [...planned.values()].filter(({ to, until }) => to === place && until > at);
    const now = held.get(place);
    const all = now && now.units > 0 ? [...there, now] : there;
    expect(new Set(all.map(({ skuId }) => skuId)).size).toBe(1);
    const number = Number(all[0]!.skuId.slice(4));
    const units = all.reduce((sum, entry) => sum + entry.units, 0);
    expect(units * volumeL(number)).toBeLessThanOrEqual(limitL(index));
    expect(units * (800 + 300 * (number % 7))).toBeLessThanOrEqual(limitG(index));
  };
  for (const record of scenario(seed)) {
    feed(record);
    const at = record.value.occurredAt;
    if (at === T) continue;
    for (const [actionId, move] of planned) {
      if (move.until <= at) planned.delete(actionId);
      else if (random() < 0.1) {
        planned.delete(actionId);
        const units = (held.get(move.to)?.units ?? 0) + move.units;
        held.set(move.to, { skuId: move.skuId, units });
        feed(counted(move.skuId, move.to, units, at));
      }
    }
    for (const [place, { skuId, units }] of held) {
      if (random() > 0.05 || units === 0) continue;
      held.set(place, { skuId, units: 0 });
      feed(counted(skuId, place, 0, at));
    }
  }
  return { harness, log };
}

describe.each([11, 12, 13, 14])('random days, seed %i', (seed) => {
  const { harness, log } = run(seed);

  it('no place is sent more than it can hold and bear, nor two articles', () => {
    // Checked at every move, in `run`.
    expect(harness.actions.length).toBeGreaterThan(10);
  });

  it('every move pays, and names a change that may command', () => {
    const changes = new Map(
      log
        .filter(({ name }) => name.endsWith('SegmentChanged'))
        .map(({ value }) => [(value as unknown as SegmentChanged).changeId, value as unknown as SegmentChanged]),
    );
    for (const { details, changeId, segment } of harness.actions) {
      expect(Number(details['savingM'])).toBeGreaterThan(Number(details['costM']));
      expect(changes.get(changeId)!.origin).toBe('live');
      expect(segment.segment).toBe(changes.get(changeId)!.to);
    }
    const ids = harness.actions.map(({ actionId }) => actionId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('never moves more than lies there', () => {
    const stock = new Map<string, number>();
    let next = 0;
    const byChange = harness.actions;
    const replay = new DecisionHarness(make);
    for (const record of log) {
      if (record.name.endsWith('StockChanged')) {
        const { skuId, locationId, onHand } = record.value as unknown as StockChanged;
        stock.set(`${skuId} ${locationId}`, onHand!);
      }
      for (const { tasks } of replay.feed(record)) {
        const { skuId, fromLocationId, quantity } = tasks![0]!;
        expect(quantity!).toBeLessThanOrEqual(stock.get(`${skuId} ${fromLocationId}`)!);
        next += 1;
      }
    }
    expect(next).toBe(byChange.length);
  });

  it('decides the same in batches of any size and after restarts', () => {
    for (const options of [{ batch: 50 }, { batch: 20, restartEachBatch: true }, { batch: 5000 }]) {
      const other = new DecisionHarness(make, options);
      other.feed(...log);
      expect(other.actions).toEqual(harness.actions);
      expect(other.snapshot()).toEqual(harness.snapshot());
    }
  });
});
