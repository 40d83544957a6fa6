import type { ConditionNode, Readings } from '../../conditions/tree.ts';
import type { DimensionDefinition } from '../types.ts';
import type { ReferenceRate, ReferenceRates } from './reference-ladder.ts';
import { clausesOf, costKey, costsOf, flattened, priceOne, type Statistics } from './reference-parts.ts';
import type { Segment } from './reference-types.ts';

/** What flips into a segment and out of it are worth; undefined before anything can be priced. */
export function ratesOf(
  { definition, statistics }: { definition: DimensionDefinition; statistics: ReadonlyMap<string, Statistics> },
  segment: Segment,
  node: ConditionNode,
  readings: Readings,
): ReferenceRates | undefined {
  const { knobs } = segment;
  const costs = costsOf(knobs, readings);
  const rate = (way: 'enter' | 'leave'): ReferenceRate | undefined => {
    const prices = clausesOf(node)
      .map((index) => `${definition.clauses[index]!.measured} ${costKey(knobs)}`)
      .map((key) => priceOne(statistics.get(key), costs[way]))
      .filter((one) => one !== undefined);
    if (prices.length === 0) return undefined;
    return {
      plain: Math.max(...prices.map(({ plain }) => plain)),
      readings: Math.max(...prices.map(({ readings }) => readings)),
      patience: knobs.patience[way],
      moves: costs[way] / costs.mean,
    };
  };
  const [enter, leave] = [rate('enter'), rate('leave')];
  return enter && leave && { enter, leave };
}

/** Cuts: i above j when both conditions are single clauses on one value and i's bounds lie further inside. */
export function implied(definition: DimensionDefinition, upper: Segment, lower: Segment): boolean {
  const single = (node: ConditionNode | undefined) => {
    const alone = node && flattened(node);
    return alone?.kind === 'clause' ? definition.clauses[alone.index]! : undefined;
  };
  const [a, b] = [single(upper.enter), single(lower.enter)];
  const [aStay, bStay] = [single(upper.stay ?? upper.enter), single(lower.stay ?? lower.enter)];
  if (!a || !b || !aStay || !bStay) return false;
  if (new Set([a, b, aStay, bStay].map((clause) => clause.measured + clause.direction)).size > 1) return false;
  const enter = a.direction * (a.bound - b.bound) || Number(a.strict) - Number(b.strict);
  const stay = a.direction * (aStay.bound - bStay.bound) || Number(aStay.strict) - Number(bStay.strict);
  return enter > 0 && stay >= 0;
}
