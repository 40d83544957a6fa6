import { compileModel } from '../engine/engine.ts';
import type { Observation } from '../engine/types.ts';
import type { DimensionModel, Model } from '../model/types.ts';
import { Rehearsal } from '../rehearsal/index.ts';
import { CANDIDATES, type Candidate, meanCostOf, withCandidate } from './candidates.ts';
import { isWeighed, partOf } from './judged.ts';
import { BLOCKS, type DimensionCost, FIT_BLOCKS, Ledger } from './ledger.ts';

const HOUR_MS = 3_600_000;
/** Flips of the plain conditions that each part of the history must have before anything is said. */
export const LEAST_FLIPS = 20;
/** A saving on the part for checking counts when it is so many times its standard error. */
const SURE = 2;

/** What settings cost over one part of a history. Hours. */
export interface PartCost {
  readonly j: number;
  readonly wrong: number;
  readonly moves: number;
}

type Least = Pick<PartCost, 'j' | 'moves'>;

/** A candidate over both parts. */
export interface Trial {
  readonly name: string;
  readonly yaml: Readonly<Record<string, string | number | boolean | null>>;
  readonly fit: PartCost;
  readonly check: PartCost;
}

export interface DimensionAdvice {
  readonly dimension: string;
  /** What a move is taken to cost, hours. */
  readonly switchCost: number;
  /** Flips of the plain conditions in each part. */
  readonly flips: { readonly fit: number; readonly check: number };
  /** The least that hindsight could have paid in each part, and its moves. */
  readonly hindsight: { readonly fit: Least; readonly check: Least };
  /** Today's settings first. */
  readonly trials: readonly Trial[];
  /**
   * `change`: `best` costs less on the part for checking, more surely than chance. `keep`: nothing does. `too-little`:
   * there are too few flips to say.
   */
  readonly verdict: 'change' | 'keep' | 'too-little';
  /** The trial that cost least on the part for choosing; null where nothing was judged. */
  readonly best: Trial | null;
  /** J that it saves against today's on the part for checking, hours, and the standard error of that. */
  readonly saving: { readonly hours: number; readonly error: number; readonly share: number } | null;
}

/** What would have cost least on a history. */
export interface Advice {
  readonly observations: number;
  /** Epoch ms: the history, and where the part for checking begins. */
  readonly from: number;
  readonly checkFrom: number;
  readonly to: number;
  readonly dimensions: readonly DimensionAdvice[];
  /** Those that go by facts and say no switch cost: they are meant to follow at once. */
  readonly stated: readonly string[];
}

/**
 * Tries settings of hysteresis over a history (in the order of time), chooses for each dimension by J over its first two
 * thirds, and judges the choice by the last. J: time in another segment than the plain conditions say, plus the switch
 * cost of every move. `tried` hears of each rehearsal that is done.
 */
export function advise(
  model: Model,
  observations: readonly Observation[],
  tried: (done: number, of: number) => void = () => {},
): Advice {
  const { from, to } = spanOf(observations);
  const weighed = [...model.entities.values()].flatMap((entity) =>
    entity.dimensions.map((dimension) => ({ type: entity.type, dimension, isWeighed: isWeighed(entity, dimension) })),
  );
  const judged = weighed.filter((each) => each.isWeighed);
  const part = partOf(
    model,
    judged.map(({ type }) => type),
    observations,
  );
  const runs = (judged.length === 0 ? [] : CANDIDATES).map((candidate, i) => {
    const costs = costsOf(withCandidate(part.model, candidate), part.observations, from, to);
    tried(i + 1, CANDIDATES.length);
    return { candidate, costs };
  });
  const nameOf = ({ type, dimension }: (typeof weighed)[0]) => `${type}.${dimension.name}`;
  return {
    ...{ observations: observations.length, from, to },
    checkFrom: from + ((to - from) * FIT_BLOCKS) / BLOCKS,
    dimensions: judged.map((each) => {
      const key = nameOf(each);
      const own = runs.map(({ candidate, costs }) => ({ candidate, cost: costs.get(key)! }));
      return judge(key, each.dimension, own);
    }),
    stated: weighed.filter((each) => !each.isWeighed).map(nameOf),
  };
}

/** J of a model over a history, by `entityType.dimension`, and the least that hindsight could have paid. */
export function costOfHistory(
  model: Model,
  observations: readonly Observation[],
): Map<string, PartCost & { readonly flips: number; readonly hindsight: Least }> {
  const { from, to } = spanOf(observations);
  return new Map(
    [...costsOf(model, observations, from, to)].map(([key, cost]) => {
      const hindsight = {
        j: (cost.fit.cost + cost.check.cost) / HOUR_MS,
        moves: cost.fit.switches + cost.check.switches,
      };
      return [key, { ...costOver(cost, 0, BLOCKS), flips: sum(cost.flips, 0, BLOCKS), hindsight }];
    }),
  );
}

function spanOf(observations: readonly Observation[]): { from: number; to: number } {
  let from = Infinity;
  let to = -Infinity;
  for (const { observedAt } of observations) {
    from = Math.min(from, observedAt);
    to = Math.max(to, observedAt);
  }
  return { from, to };
}

/** Over some of the blocks. */
function costOver({ units, wrong, moves }: DimensionCost, first: number, end: number): PartCost {
  const groups = units.length / BLOCKS;
  return {
    j: sum(units, first * groups, end * groups) / HOUR_MS,
    wrong: sum(wrong, first, end) / HOUR_MS,
    moves: sum(moves, first, end),
  };
}

function costsOf(model: Model, observations: readonly Observation[], from: number, to: number) {
  const ledger = new Ledger(model, from, to);
  const rehearsal = new Rehearsal(compileModel(model), ledger);
  for (const observation of observations) {
    ledger.observed(observation);
    rehearsal.observe(observation);
  }
  rehearsal.finish();
  ledger.finish(to);
  return ledger.costs;
}

interface Run {
  readonly candidate: Candidate;
  readonly cost: DimensionCost;
}

function judge(key: string, dimension: DimensionModel, runs: readonly Run[]): DimensionAdvice {
  const today = runs[0]!.cost;
  const costMs = meanCostOf(dimension);
  const flips = { fit: sum(today.flips, 0, FIT_BLOCKS), check: sum(today.flips, FIT_BLOCKS, BLOCKS) };
  const trials = runs.map(
    ({ candidate, cost }): Trial => ({
      name: candidate.name,
      yaml: candidate.yaml(costMs),
      fit: costOver(cost, 0, FIT_BLOCKS),
      check: costOver(cost, FIT_BLOCKS, BLOCKS),
    }),
  );
  const optimum = ({ cost, switches }: DimensionCost['fit']) => ({ j: cost / HOUR_MS, moves: switches });
  const base = {
    dimension: key,
    switchCost: costMs / HOUR_MS,
    flips,
    hindsight: { fit: optimum(today.fit), check: optimum(today.check) },
    trials,
  };
  if (flips.fit < LEAST_FLIPS || flips.check < LEAST_FLIPS)
    return { ...base, verdict: 'too-little', best: null, saving: null };
  let index = 0;
  trials.forEach(({ fit }, i) => {
    if (fit.j < trials[index]!.fit.j) index = i;
  });
  const best = trials[index]!;
  const saving = savingOf(today, runs[index]!.cost);
  const isSure = index > 0 && saving.hours > SURE * saving.error;
  return { ...base, verdict: isSure ? 'change' : 'keep', best, saving };
}

/** What one saves against the other in the part for checking: its sum over groups of entities and blocks of time, with its error. */
function savingOf(today: DimensionCost, other: DimensionCost): NonNullable<DimensionAdvice['saving']> {
  const first = (today.units.length / BLOCKS) * FIT_BLOCKS;
  const differences: number[] = [];
  let paid = 0;
  for (let i = first; i < today.units.length; i++) {
    if (today.units[i] === 0 && other.units[i] === 0) continue;
    differences.push((today.units[i]! - other.units[i]!) / HOUR_MS);
    paid += today.units[i]! / HOUR_MS;
  }
  const n = differences.length;
  const hours = differences.reduce((total, each) => total + each, 0);
  const squares = differences.reduce((total, each) => total + (each - hours / n) ** 2, 0);
  const error = n > 1 ? Math.sqrt((squares * n) / (n - 1)) : Math.abs(hours);
  return { hours, error, share: paid > 0 ? hours / paid : 0 };
}

function sum(of: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += of[i]!;
  return total;
}
