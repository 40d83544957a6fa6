import type { Action } from '@detent/schemas';
import { DecisionHarness, type GivenRecord, type HarnessOptions, modelOf, seeded } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { defaultStorageConfig } from '../config.ts';
import { createStorageProcessor } from '../process.ts';

const HOUR = 3_600_000;
const NIGHT = T + 11 * HOUR; // 20:00 UTC
const PLACES = 40;
const BUDGET = 12;
// Only nights move anything: no zone is of a kind that a change of velocity asks for.
const config = { ...defaultStorageConfig, nightlyMoves: BUDGET, zoneKinds: {} };
const make = () => createStorageProcessor({ actions: 'live', model: modelOf({}), config });

interface Site {
  records: GivenRecord[];
  /** What lies at each place. */
  held: Map<string, { skuId: string; units: number }>;
  capacityL: Map<string, number>;
  zoneOf: Map<string, string>;
}

/** Two picking zones, one of them cold; a place in eight is empty (`isFull`: none). */
function site(seed: number, isFull = false): Site {
  const random = seeded(seed);
  const records: GivenRecord[] = [zone('pick', 'picking'), zone('cold', 'picking')];
  const held: Site['held'] = new Map();
  const capacityL: Site['capacityL'] = new Map();
  const zoneOf: Site['zoneOf'] = new Map();
  const changes: GivenRecord[] = [];
  for (let i = 0; i < PLACES; i += 1) {
    const place = `p${i}`;
    const isCold = i % 4 === 0;
    capacityL.set(place, 40 + 20 * Math.floor(random() * 4));
    zoneOf.set(place, isCold ? 'cold' : 'pick');
    const temperature = isCold ? { minTempC: 2, maxTempC: 6 } : {};
    const of = { zoneId: zoneOf.get(place)!, capacityL: capacityL.get(place)!, ...temperature };
    records.push(location(place, 10 + 4 * i, of));
    if (!isFull && i % 8 === 3) continue;
    const skuId = `sku-${i}`;
    const units = 10 + Math.floor(random() * 30);
    const hazmatClass = i % 5 === 1 ? '3' : null;
    records.push(
      sku(skuId, { hazmatClass, ...(isCold ? { minTempC: 1, maxTempC: 8 } : {}) }),
      counted(skuId, place, units),
    );
    held.set(place, { skuId, units });
    // The far ones are picked most. Of some no change is known: they only make room.
    if (i % 6 !== 5) changes.push(velocity(skuId, 'A', (i / 4) * random() + 0.1));
  }
  return { records: [...records, ...changes], held, capacityL, zoneOf };
}

/** Carries steps out in the order commanded; checks each against what lies where, and returns what it tells the service. */
function carryOut(actions: readonly Action[], { held, capacityL, zoneOf }: Site, at: number): GivenRecord[] {
  const told: GivenRecord[] = [];
  const done = new Set<string>();
  for (const { actionId, details, tasks } of actions) {
    const { skuId, quantity, fromLocationId, toLocationId } = tasks![0]!;
    const [from, to] = [fromLocationId!, toLocationId!];
    for (const earlier of String(details['after']).split(' ')) if (earlier !== '') expect(done).toContain(earlier);
    expect(held.get(to)).toBeUndefined();
    expect(held.get(from)).toEqual({ skuId, units: quantity });
    expect(quantity!).toBeLessThanOrEqual(capacityL.get(to)!);
    const number = Number(skuId!.slice(4));
    // Goods for the cold stay there, others keep out of it; dangerous ones stay in their zone.
    expect(zoneOf.get(to)).toBe(zoneOf.get(from));
    expect(zoneOf.get(to) === 'cold').toBe(number % 4 === 0);
    held.set(to, held.get(from)!);
    held.delete(from);
    done.add(actionId);
    told.push(counted(skuId!, from, 0, at), counted(skuId!, to, quantity!, at));
  }
  return told;
}

function night(seed: number, options: HarnessOptions = {}, isFull = false) {
  const world = site(seed, isFull);
  const run = new DecisionHarness(make, options);
  run.feed(...world.records);
  return { world, run, actions: run.advance(NIGHT) };
}

describe.each([1, 2, 3, 4, 5, 6])('a night, seed %i', (seed) => {
  it('spends no more than its budget, in an order that never needs a place that is full', () => {
    const { world, actions } = night(seed);
    expect(actions.length).toBeGreaterThan(2);
    expect(actions.length).toBeLessThanOrEqual(BUDGET);
    carryOut(actions, world, NIGHT);
  });

  it('saves more than it costs, and every move names a change that may command', () => {
    const { world, actions } = night(seed);
    const sum = (name: string) => actions.reduce((total, { details }) => total + Number(details[name]), 0);
    expect(sum('savingM')).toBeGreaterThan(sum('costM'));
    const changes = new Set(world.records.map(({ value }) => (value as { changeId?: string }).changeId));
    for (const { changeId } of actions) expect(changes).toContain(changeId);
    expect(new Set(actions.map(({ actionId }) => actionId)).size).toBe(actions.length);
  });

  it('turns nothing back that is under way, and comes to an end', () => {
    const { world, run, actions } = night(seed);
    const first = new Map(actions.map(({ details }) => [details['from'], details['to']]));
    // Nothing is done yet, and the numbers have changed a little.
    const stocks = world.records.filter(({ name }) => name.endsWith('SegmentChanged'));
    run.feed(
      ...stocks.map((record) =>
        velocity(String((record.value as { entityId?: string }).entityId).split('@')[0]!, 'A', 1, NIGHT + HOUR, {
          sequence: 2,
        }),
      ),
    );
    expect(run.actions.length).toBe(actions.length);
    run.feed(...carryOut(actions, world, NIGHT + 2 * HOUR));
    for (let day = 1; day <= 12; day += 1) {
      const more = run.advance(NIGHT + day * 24 * HOUR);
      if (day === 1) for (const { details } of more) expect(first.get(details['to'])).not.toBe(details['from']);
      run.feed(...carryOut(more, world, NIGHT + day * 24 * HOUR + HOUR));
    }
    expect(run.advance(NIGHT + 13 * 24 * HOUR)).toEqual([]);
  });

  it('without a free place moves nothing, for nothing could make room', () => {
    expect(night(seed, {}, true).actions).toEqual([]);
  });

  it('decides the same in batches of any size and after restarts', () => {
    const { run, actions } = night(seed);
    for (const options of [{ batch: 7, restartEachBatch: true }, { batch: 5000 }]) {
      const other = night(seed, options);
      expect(other.actions).toEqual(actions);
      expect(other.run.snapshot()).toEqual(run.snapshot());
    }
  });
});
