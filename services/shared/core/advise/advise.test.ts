import { describe, expect, it } from '@jest/globals';
import { compileModel } from '../engine/engine.ts';
import type { Observation } from '../engine/types.ts';
import { mulberry32, normal, optimumOf, type Series } from '../hysteresis/experiment/index.ts';
import { loadModel } from '../model/load.ts';
import { rehearse } from '../rehearsal/index.ts';
import { advise, costOfHistory, LEAST_FLIPS } from './index.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5);

function model(hysteresis: string, when = 'level >= 10') {
  return loadModel(
    `model: test
version: 1
entities:
  thing:
    inputs: { x: number }
    attributes: { level: { ewma: x, halfLife: 1s } }
    dimensions:
      d: { hysteresis: ${hysteresis}, segments: { high: { when: ${when} }, low: {} } }`,
    'm.yaml',
  );
}

/** Readings every half hour of some entities around a level that shifts every five days, under noise. */
function history(noise: number, hours = 1200, entities = 2): Observation[] {
  const random = mulberry32(11);
  const observations: Observation[] = [];
  for (let i = 0; i < 2 * hours; i++) {
    for (let e = 0; e < entities; e++) {
      const level = Math.floor(i / 240 + e / 3) % 2 === 0 ? 9 : 11;
      observations.push({
        entityType: 'thing',
        entityId: `t${e}`,
        values: { x: level + noise * normal(random) },
        links: [],
        ended: false,
        observedAt: T0 + i * 0.5 * HOUR,
        source: { topic: 't', partition: 0, offset: observations.length },
      });
    }
  }
  return observations;
}

describe('J over a history', () => {
  it('is what the experiment says of a single series, and so is what hindsight pays', () => {
    const observations = history(1.5, 1000, 1);
    const cost = costOfHistory(model('{ switchCost: 8h }'), observations).get('thing.d')!;
    const values = observations.map(({ values }) => Number(values['x']));
    const series: Series = {
      name: 's',
      threshold: 10,
      times: Float64Array.from(observations, ({ observedAt }) => (observedAt - T0) / HOUR),
      values: Float64Array.from(values),
      truth: Uint8Array.from(values, (x) => Number(x >= 10)),
    };
    // Hindsight is cut in two at the instant from which settings are judged, and stays free at the begin of both.
    const half = (from: number, to: number) => ({
      ...series,
      times: series.times.slice(from, to),
      truth: series.truth.slice(from, to),
    });
    const cut = Math.round((2 / 3) * (values.length - 1));
    const parts = [half(0, cut + 1), half(cut, values.length)].map((part) => optimumOf(part, 8));
    const opt = parts.reduce((sum, part) => sum + part.cost, 0);
    expect(Math.abs(cost.hindsight.j - opt)).toBeLessThanOrEqual(2);
    const { changes, flips } = rehearse(compileModel(model('{ switchCost: 8h }')), observations);
    const moves = changes.filter(({ from }) => from !== null);
    expect(cost.moves).toBe(moves.length);
    expect(cost.flips).toBe(flips.filter(({ from }) => from !== null).length);
    let wrong = 0;
    let inside = changes[0]!.to === 'high';
    values.forEach((x, i) => {
      const at = observations[i]!.observedAt;
      for (const { occurredAt, to } of moves) if (occurredAt === at) inside = to === 'high';
      if (i + 1 < values.length && inside !== x >= 10) wrong += 0.5;
    });
    expect(cost.wrong).toBeCloseTo(wrong, 6);
    expect(cost.j).toBeCloseTo(wrong + 8 * moves.length, 6);
  });

  it('does not count for ever what was last seen of an entity that fell silent', () => {
    const observations = history(0, 400, 1);
    const last = observations.at(-1)!;
    // One reading on the other side, then nothing, while another entity goes on for a year.
    observations.push({
      ...last,
      values: { x: 30 - Number(last.values['x']) },
      observedAt: last.observedAt + HOUR / 2,
    });
    observations.push({ ...last, entityId: 'other', observedAt: last.observedAt + 365 * 24 * HOUR });
    const { wrong } = costOfHistory(model('{ switchCost: 8h }'), observations).get('thing.d')!;
    expect(wrong).toBeLessThan(20);
  });
});

describe('advice', () => {
  const observations = history(1.5);
  /** Of a model that follows every reading. */
  const ofNaive = advise(model('{ evidence: false, switchCost: 8h }'), observations);

  it('finds what saves, and tells the saving of a part that it did not choose by', () => {
    const [{ verdict, best, saving, trials, flips }] = ofNaive.dimensions as [(typeof ofNaive.dimensions)[0]];
    expect([verdict, trials[0]!.name]).toEqual(['change', 'today']);
    expect(best!.name).toMatch(/^evidence/);
    expect(flips.check).toBeGreaterThan(LEAST_FLIPS);
    for (const { fit } of trials) expect(fit.j).toBeGreaterThanOrEqual(best!.fit.j);
    expect(saving!.hours).toBeCloseTo(trials[0]!.check.j - best!.check.j, 6);
    expect(saving!.share).toBeGreaterThan(0.5);
    expect(saving!.hours).toBeGreaterThan(2 * saving!.error);
    // What the advised settings cost when they are run by themselves is what was promised.
    const patience = best!.yaml['patience'] === null ? '' : `, patience: ${best!.yaml['patience']}`;
    const run = costOfHistory(model(`{ switchCost: 8h${patience} }`), observations).get('thing.d')!;
    expect(run.j).toBeCloseTo(best!.fit.j + best!.check.j, 6);
    expect(run.hindsight.j).toBeLessThanOrEqual(run.j);
  });

  it('keeps what costs least already', () => {
    const found = ofNaive.dimensions[0]!.best!;
    const patience = found.yaml['patience'] === null ? '' : `, patience: ${found.yaml['patience']}`;
    const { verdict, best } = advise(model(`{ switchCost: 8h${patience} }`), observations).dimensions[0]!;
    expect([verdict, best!.name]).toEqual(['keep', 'today']);
  });

  it('says nothing where too little happened, nor of facts that are meant to follow', () => {
    expect(advise(model('{ switchCost: 8h }'), history(0.1, 300)).dimensions[0]).toMatchObject({
      verdict: 'too-little',
      best: null,
      saving: null,
    });
    const facts = loadModel(
      `model: test
version: 1
entities:
  thing:
    inputs: { x: number }
    attributes: { level: { latest: x } }
    dimensions: { d: { segments: { high: { when: level >= 10 }, low: {} } } }`,
      'm.yaml',
    );
    expect(advise(facts, history(1.5, 100))).toMatchObject({ dimensions: [], stated: ['thing.d'] });
  });
});
