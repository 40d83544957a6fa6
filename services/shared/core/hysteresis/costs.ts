import type { Readings } from '../conditions/tree.ts';
import type { DimensionProgram } from './program.ts';
import type { SwitchCost } from './types.ts';

/** What an expression says is taken as at least and at most this, ms: a move is never free, and ten years are for ever. */
const LEAST_MS = 1;
const MOST_MS = 10 * 365 * 86_400_000;

/** The costs that a dimension's segments name, each once. They are told apart by index. */
export class CostList {
  readonly all: SwitchCost[] = [];

  /** The index of a cost. */
  add(cost: SwitchCost): number {
    const known = this.all.findIndex(
      ({ ms, reading, horizonMs }) => ms === cost.ms && reading === cost.reading && horizonMs === cost.horizonMs,
    );
    return known >= 0 ? known : this.all.push(cost) - 1;
  }
}

/** Leaves in the scratch what moves cost under these readings. Constants stand there already. */
export function readCosts({ costs, readsCosts, scratch }: DimensionProgram, readings: Readings): void {
  for (let i = 0; i < readsCosts.length; i++) {
    const index = readsCosts[i]!;
    const { ms, reading, horizonMs = Infinity } = costs[index]!;
    const read = readings.costs[reading!]!;
    const cost = Number.isNaN(read) ? ms : read;
    scratch.unearned[index] = cost > horizonMs ? 1 : 0;
    scratch.cost[index] = Math.max(LEAST_MS, Math.min(cost, horizonMs, MOST_MS));
  }
}

/** The index of what a move costs: upwards what it costs to come in, downwards what it costs to leave. */
export function costOfMove({ segments }: DimensionProgram, from: number, to: number): number {
  return to < from ? segments[to]!.enterCost : segments[from]!.leaveCost;
}
