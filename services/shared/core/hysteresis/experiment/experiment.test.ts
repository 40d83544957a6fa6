import { describe, expect, it } from '@jest/globals';
import type { Readings } from '../../conditions/tree.ts';
import {
  createStepOutcome,
  dimensionProgram,
  dimensionStateSize,
  initDimensionState,
  stepDimension,
} from '../index.ts';
import { bank, dwell, mulberry32, naive, optimumOf, type Policy, policies, scoreOf, syntheticSeries } from './index.ts';

const SWITCH_COST = 20;

/** The published rows: series, OPT J, OPT switches, naive switches, bank J, bank switches. */
const ROWS: readonly [string, number, number, number, number, number][] = [
  ['a_snr1', 1039.0, 43, 5151, 1935.0, 53],
  ['a_snr2', 782.0, 36, 3160, 1187.0, 42],
  ['a_snr4', 913.0, 39, 571, 1220.0, 47],
  ['a_snr1_irr', 1354.6, 52, 5048, 2753.1, 64],
  ['a_snr2_irr', 1104.9, 49, 3182, 1973.0, 58],
  ['a_snr4_irr', 1125.3, 49, 596, 1821.4, 62],
  ['a_snr2_ar8', 1062.0, 49, 1459, 2184.0, 57],
  ['a_snr4_spk', 975.0, 45, 819, 1407.0, 53],
  ['b_sin_lo', 240.0, 12, 984, 522.0, 12],
  ['b_sin_hi', 240.0, 12, 2559, 691.0, 18],
  ['b_ou', 1517.0, 46, 2593, 2471.0, 53],
  ['b_ramp', 160.0, 8, 3162, 772.0, 14],
];

/** The engine itself as a policy: two segments, cut at the threshold. */
function engine(threshold: number, direction: 1 | -1 = 1): Policy {
  const clause = { text: 'x', strict: direction < 0, unitVotes: false, measured: 'x', direction, bound: threshold };
  const knobs = {
    evidence: true,
    switchCost: { enter: { ms: SWITCH_COST }, leave: { ms: SWITCH_COST } },
    patience: { enter: 1, leave: 1 },
    enterAfterMs: 0,
    leaveAfterMs: 0,
    cooldownMs: 0,
  };
  const program = dimensionProgram({
    segments: [
      { name: 'beyond', enter: { kind: 'clause', index: 0 }, knobs },
      { name: 'within', knobs },
    ],
    clauses: [clause],
  });
  const nums = new Float64Array(dimensionStateSize(program) + 3);
  initDimensionState(program, nums, 3);
  const readings: Readings = {
    margins: new Float64Array(1),
    folded: new Uint8Array([1]),
    gates: new Float64Array(0),
    costs: new Float64Array(0),
  };
  const out = createStepOutcome();
  return (t, x) => {
    readings.margins[0] = direction * (x - threshold);
    stepDimension(program, nums, 3, readings, t, true, out);
    return (out.to === 0) === direction > 0;
  };
}

describe('the experiment', () => {
  const series = syntheticSeries();
  const optima = series.map((one) => optimumOf(one, SWITCH_COST));

  it('draws the published random numbers', () => {
    const random = mulberry32(1000);
    const drawn = [random(), random(), random()].map((u) => u.toFixed(10));
    expect(drawn).toEqual(['0.7951949069', '0.8276879136', '0.6915161058']);
  });

  it.each(ROWS)('reproduces %s, and the engine is the default policy', (name, optJ, optN, naiveN, bankJ, bankN) => {
    const one = series.find((s) => s.name === name)!;
    const optimum = optima[series.indexOf(one)]!;
    expect([optimum.cost.toFixed(1), optimum.switches]).toEqual([optJ.toFixed(1), optN]);
    expect(scoreOf(one, SWITCH_COST, naive(one.threshold, SWITCH_COST)).switches).toBe(naiveN);
    const score = scoreOf(one, SWITCH_COST, bank(one.threshold, SWITCH_COST));
    expect([score.cost.toFixed(1), score.switches]).toEqual([bankJ.toFixed(1), bankN]);
    expect(scoreOf(one, SWITCH_COST, engine(one.threshold))).toEqual(
      scoreOf(one, SWITCH_COST, policies['ladder']!(one.threshold, SWITCH_COST)),
    );
  });

  it('comes to the same for a segment that lies below its bound', () => {
    const one = series.find(({ name }) => name === 'a_snr2_irr')!;
    expect(scoreOf(one, SWITCH_COST, engine(one.threshold, -1))).toEqual(
      scoreOf(one, SWITCH_COST, engine(one.threshold)),
    );
  });

  it('ranks naive far behind a dwell, a dwell behind the bank, and the bank behind the ladder', () => {
    const mean = (names: string, policyOf: (threshold: number, switchCost: number) => Policy) => {
      const ratios = series.flatMap((s, i) =>
        s.name.startsWith(names)
          ? [scoreOf(s, SWITCH_COST, policyOf(s.threshold, SWITCH_COST)).cost / optima[i]!.cost]
          : [],
      );
      return Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length).toFixed(2);
    };
    const six = (threshold: number) => dwell(threshold, 6);
    const rows = [naive, six, bank, policies['ladder']!].map((policy) => [mean('a_', policy), mean('b_', policy)]);
    expect(rows).toEqual([
      ['35.85', '128.32'],
      ['2.05', '3.63'],
      ['1.69', '2.65'],
      ['1.53', '2.52'],
    ]);
  });

  it('never finds a policy better than hindsight', () => {
    for (const [s, one] of series.entries()) {
      const { cost } = optima[s]!;
      const perfect = { i: 0 };
      const told = scoreOf(one, SWITCH_COST, () => one.truth[perfect.i++] === 1).cost;
      expect(told).toBeGreaterThanOrEqual(cost);
    }
  });
});
