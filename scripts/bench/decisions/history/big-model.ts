import { compileModel, Effects, type EntityState, lintModel, loadModel, type Observation } from '@detent/core';
import { cpuSeconds, median } from '../../figures.ts';
import type { DecisionBench } from '../benches.ts';

const ENTITIES = 200;
const OBSERVATIONS = 40_000;
const ROUNDS = 7;
const SEGMENTS = 10;

/** A model of `dimensions` dimensions with ten segments each, all of one entity type. */
function modelText(dimensions: number): string {
  const each = Array.from({ length: dimensions }, (_, d) => {
    const cuts = Array.from({ length: SEGMENTS - 1 }, (_, s) => {
      const bound = 10 * (SEGMENTS - 1 - s);
      return `          s${s}: { when: v${d} >= ${bound} && kind != 'k${s}', sop: docs/sops/a${s}.md }`;
    });
    return `      d${d}:\n        hysteresis: { switchCost: 2h }\n        segments:\n${cuts.join('\n')}\n          s${SEGMENTS - 1}: {}`;
  });
  const list = (of: (d: number) => string) => Array.from({ length: dimensions }, (_, d) => of(d)).join(', ');
  return `model: big
version: 1
entities:
  thing:
    inputs: { ${list((d) => `x${d}: number`)}, kind: string }
    attributes:
      kind: { latest: kind }
${Array.from({ length: dimensions }, (_, d) => `      v${d}: { ewma: x${d}, halfLife: 5m }`).join('\n')}
    dimensions:
${each.join('\n')}
`;
}

/** Observations that each tell one value (`one`), or all values of the smaller model and so of the larger (`all`). */
function observationsOf(dimensions: number, kind: 'one' | 'all'): Observation[] {
  const start = Date.UTC(2026, 0, 5);
  return Array.from({ length: OBSERVATIONS }, (_, i) => {
    const value = (d: number) => 50 + 45 * Math.sin(i / 900 + d + (i % ENTITIES)) + 6 * Math.sin(i * 2.4 + d);
    const told = kind === 'one' ? [i % dimensions] : Array.from({ length: dimensions }, (_, d) => d);
    const values = Object.fromEntries(told.map((d) => [`x${d}`, value(d)]));
    return {
      entityType: 'thing',
      entityId: `t${i % ENTITIES}`,
      values: i < ENTITIES ? { ...values, kind: 'none' } : values,
      links: [],
      ended: false,
      observedAt: start + i * 300,
      source: { topic: 't', partition: 0, offset: i },
    };
  });
}

interface Measured {
  readonly dimensions: number;
  readonly segments: number;
  readonly loadMs: number;
  readonly compileMs: number;
  readonly checkMs: number;
  /** CPU microseconds an observation that tells one value, and one that tells all. */
  readonly oneUs: number;
  readonly allUs: number;
  readonly changes: number;
}

/** What 200 segments on 20 dimensions cost against 20 on 2: an observation, loading and checking. CPU time, in turns. */
export const benchModel: DecisionBench = async ({ json, say }) => {
  const sizes = [2, 20];
  const rounds = sizes.map((): Measured[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    sizes.forEach((dimensions, i) => {
      rounds[i]!.push(measure(dimensions));
    });
    say(`round ${round + 1} of ${ROUNDS}`);
  }
  const found = rounds.map((of) => {
    const middle = (take: (one: Measured) => number) => median(of.map(take));
    return {
      ...of[0]!,
      loadMs: middle(({ loadMs }) => loadMs),
      compileMs: middle(({ compileMs }) => compileMs),
      checkMs: middle(({ checkMs }) => checkMs),
      oneUs: middle(({ oneUs }) => oneUs),
      allUs: middle(({ allUs }) => allUs),
    };
  });
  if (json) return JSON.stringify({ models: found });
  const [small, big] = found as [Measured, Measured];
  const row = (name: string, take: (one: Measured) => number, unit: string) =>
    `${name.padEnd(46)}${take(small).toPrecision(3).padStart(10)}${take(big).toPrecision(3).padStart(10)} ${unit.padEnd(4)}${(take(big) / take(small)).toFixed(2).padStart(8)}`;
  return [
    `CPU time, median of ${ROUNDS} rounds in turns, ${OBSERVATIONS.toLocaleString('en-GB')} observations of ${ENTITIES} entities`,
    `${''.padEnd(46)}${`${small.segments} on ${small.dimensions}`.padStart(10)}${`${big.segments} on ${big.dimensions}`.padStart(10)}        ratio`,
    row('an observation that tells one value', ({ oneUs }) => oneUs, 'µs'),
    row('an observation that tells all values', ({ allUs }) => allUs, 'µs'),
    row('  of that, for each dimension', ({ allUs, dimensions }) => allUs / dimensions, 'µs'),
    row('load and type-check', ({ loadMs }) => loadMs, 'ms'),
    row('compile', ({ compileMs }) => compileMs, 'ms'),
    row('lint', ({ checkMs }) => checkMs, 'ms'),
  ].join('\n');
};

function measure(dimensions: number): Measured {
  const text = modelText(dimensions);
  let model = loadModel(text, 'big.yaml');
  const loadMs = 1000 * cpuSeconds(() => (model = loadModel(text, 'big.yaml')));
  let engine = compileModel(model);
  const compileMs = 1000 * cpuSeconds(() => (engine = compileModel(model)));
  const checkMs = 1000 * cpuSeconds(() => lintModel(model, text));
  let changes = 0;
  const run = (observations: readonly Observation[]) => {
    const states = new Map<string, EntityState>();
    const effects = new Effects();
    for (const observation of observations) {
      const state = states.get(observation.entityId) ?? engine.create('thing', observation.entityId);
      states.set(observation.entityId, state);
      effects.clear();
      engine.observe(state, observation, effects);
      changes += effects.changes.length;
    }
  };
  const per = (kind: 'one' | 'all') => {
    const observations = observationsOf(dimensions, kind);
    run(observations.slice(0, 4000));
    return (1e6 * cpuSeconds(() => run(observations))) / observations.length;
  };
  const [oneUs, allUs] = [per('one'), per('all')];
  return { dimensions, segments: dimensions * SEGMENTS, loadMs, compileMs, checkMs, oneUs, allUs, changes };
}
