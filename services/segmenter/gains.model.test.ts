import { compileModel, loadModel, lostHours, type Observation } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { seeded } from '../shared/core/testing/seeded.ts';
import { observed, run } from './testing/driver.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 0, 5, 8);
const AGEING = { referenceC: 4, q10: 5.66 };
const PACE = 10 * MINUTE;

const engine = compileModel(
  loadModel(
    `
model: chain
version: 1
grace: 24h
entities:
  lot:
    links: { shipment: shipment }
    attributes:
      hoursLost: { gain: shipment.hoursLost, missing: default 0 }
    dimensions:
      life: { segments: { lost: { when: hoursLost >= 20 }, fresh: {} } }
  shipment:
    links: { asset: vehicle }
    attributes: { hoursLost: { gain: asset.hoursLost } }
  vehicle:
    links: { sensors: sensor }
    attributes: { hoursLost: { gain: sensors.hoursLost } }
  sensor:
    attributes: { hoursLost: { exposure: tempC, at: 4, q10: 5.66 } }
`,
    'chain.yaml',
  ),
);

type Told = Omit<Observation, 'source'>;
type Leads = 'lot' | 'shipment' | 'vehicle';
const leadsTo = {
  lot: { relation: 'shipment', entityType: 'shipment' },
  shipment: { relation: 'asset', entityType: 'vehicle' },
  vehicle: { relation: 'sensors', entityType: 'sensor' },
} as const;

const link = (entityType: Leads, entityId: string, to: string, observedAt: number): Told => {
  const { relation, entityType: target } = leadsTo[entityType];
  return observed({
    ...{ entityType, entityId, observedAt },
    links: [{ relation, targets: [{ entityType: target, entityId: to, values: {} }] }],
  });
};
const reading = (sensorId: string, observedAt: number, tempC: number): Told =>
  observed({ entityType: 'sensor', entityId: sensorId, observedAt, values: { tempC } });

/** Sensors that read for so many hours: each every ten minutes, at instants of its own. */
function readings(random: () => number, sensors: number, hours: number, coldest: number): Told[] {
  return Array.from({ length: sensors }, (_, n) => {
    const first = T0 + Math.floor(random() * PACE);
    return Array.from({ length: hours * 6 }, (_, i) => reading(`s${n}`, first + i * PACE, coldest + 10 * random()));
  }).flat();
}

const inOrder = (log: Told[]) => log.sort((a, b) => a.observedAt - b.observedAt);

/** What each lot has lost: every stretch between two readings of the sensor to which it then leads, found from the log alone. */
function bruteForce(log: readonly Told[]): Map<string, number> {
  const to = new Map<string, string>();
  const last = new Map<string, { at: number; tempC: number }>();
  const lost = new Map<string, number>();
  for (const { entityType, entityId, observedAt, values, links } of log) {
    if (links.length > 0) to.set(`${entityType} ${entityId}`, links[0]!.targets[0]!.entityId);
    if (entityType !== 'sensor') continue;
    const tempC = values['tempC'] as number;
    const before = last.get(entityId);
    last.set(entityId, { at: observedAt, tempC });
    if (before === undefined) continue;
    const cost = lostHours(before.tempC, tempC, (observedAt - before.at) / HOUR, AGEING);
    for (const [from, shipmentId] of to) {
      if (!from.startsWith('lot ')) continue;
      const sensorId = to.get(`vehicle ${to.get(`shipment ${shipmentId}`)}`);
      // Cold makes up for warmth before it, and no more than that.
      if (sensorId === entityId) lost.set(from.slice(4), Math.max(0, (lost.get(from.slice(4)) ?? 0) + cost));
    }
  }
  return lost;
}

/** What the segmenter says that each lot has lost, once all of the log was taken. */
function said(log: readonly Told[], options: { partitions: number; batch: number }): Map<string, number> {
  const lost = new Map<string, number>();
  for (const [key, bytes] of run(engine, log, options).stored) {
    const [type, id] = key.slice(key.indexOf('/') + 1).split(':') as [string, string];
    if (type !== 'lot') continue;
    const state = engine.decode('lot', id, bytes)!;
    lost.set(id, engine.attributeValue(state, 'hoursLost', T0) as number);
  }
  return lost;
}

/** Lots in vehicles with fixed sensors that were warm before, and that change vehicles and shipments under way. */
function journeys(seed: number, coldest: number): Told[] {
  const random = seeded(seed);
  const at = (from: number, to: number) => T0 + Math.floor((from + random() * (to - from)) * HOUR);
  const pick = (prefix: string, of: number) => `${prefix}${Math.floor(random() * of)}`;
  const log = readings(random, 3, 30, coldest);
  for (let n = 0; n < 3; n += 1) log.push(link('vehicle', `v${n}`, `s${n}`, T0 - 1));
  for (let n = 0; n < 4; n += 1) {
    log.push(link('shipment', `sh${n}`, pick('v', 3), at(8, 12)), link('shipment', `sh${n}`, pick('v', 3), at(14, 20)));
    log.push(link('lot', `l${n}`, pick('sh', 4), at(6, 14)), link('lot', `l${n}`, pick('sh', 4), at(16, 24)));
  }
  return inOrder(log);
}

describe.each([1, 4])('what lots lose in vehicles whose sensors stay, on %d partition(s)', (partitions) => {
  it('is just what came after they were loaded (random journeys, warm)', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const log = journeys(seed, 5);
      const expected = bruteForce(log);
      const lost = said(log, { partitions, batch: 1 });
      for (const [id, hours] of lost)
        expect([seed, id, hours]).toEqual([seed, id, expect.closeTo(expected.get(id) ?? 0, 6)]);
      expect(Math.max(...lost.values())).toBeGreaterThan(1);
    }
  });

  it('is never less where cold makes up for warmth, and less than what the sensors had before (random journeys)', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const log = journeys(seed, -1);
      const expected = bruteForce(log);
      for (const [id, hours] of said(log, { partitions, batch: 1 }))
        expect([seed, id, hours >= (expected.get(id) ?? 0) - 1e-9]).toEqual([seed, id, true]);
    }
  });

  it('is about that where it is told hours late that they were loaded, or tasks are out of step', () => {
    const dearest = lostHours(15, 15, (24 * HOUR) / 31 / HOUR + (2 * PACE) / HOUR, AGEING);
    const errors: number[] = [];
    for (let seed = 1; seed <= 8; seed += 1) {
      const random = seeded(100 + seed);
      const log = readings(random, 2, 30, 5);
      const loads: Told[] = [];
      for (let n = 0; n < 2; n += 1) loads.push(link('vehicle', `v${n}`, `s${n}`, T0 + (2 + n) * HOUR));
      for (let n = 0; n < 3; n += 1) {
        const at = T0 + Math.floor((4 + 10 * random()) * HOUR);
        loads.push(link('shipment', `sh${n}`, `v${n % 2}`, at), link('lot', `l${n}`, `sh${n}`, at));
      }
      const expected = bruteForce(inOrder([...log, ...loads]));
      const arrivals = [...log.map((each) => ({ each, at: each.observedAt }))];
      for (const each of loads) arrivals.push({ each, at: each.observedAt + Math.floor(random() * 8 * HOUR) });
      const late = arrivals.sort((a, b) => a.at - b.at).map(({ each }) => each);
      for (const batch of [1, 40]) {
        const lost = said(late, { partitions, batch });
        expect(lost.size).toBe(3);
        for (const [id, hours] of lost) {
          const error = Math.abs(hours - expected.get(id)!);
          // Each of three links is known to an hour or so.
          expect(error).toBeLessThan(3 * dearest);
          errors.push(error);
        }
      }
    }
    // The value at the instant that it was told would be wrong by nine hours on average.
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(1);
  });
});
