import { cannotFit, tooLarge } from './bounds.ts';
import { type BoxType, type Placement, type Size, volumeOf } from './boxes.ts';
import { fitsExactly } from './exact.ts';
import { loadContainer } from './load.ts';

/** How much work a question may take; not time, so that the answer is the same on every machine. */
export interface Effort {
  /** Boxes that the search for a packing may place. */
  readonly steps: number;
  /** Nodes of the exact search. */
  readonly nodes: number;
}

/** Milliseconds for an order of a dozen items. */
export const quickEffort: Effort = { steps: 3_000, nodes: 300 };
/** For orders where a smaller carton is worth a tenth of a second. */
export const thoroughEffort: Effort = { steps: 60_000, nodes: 8_000 };

/** `unknown`: neither a packing nor a proof was found within the effort. */
export type Fit =
  | { readonly fits: true; readonly placements: readonly Placement[] }
  | { readonly fits: false; readonly why: 'too-long' | 'volume' | 'bound' | 'search' }
  | { readonly fits: 'unknown' };

/** What one greedy attempt costs. */
const FIRST_STEPS = 60;
/** Searches of each width, for a small order. */
const ROUNDS = 8;
/** The exact search decides up to so many boxes; on more its nodes are dear and rarely enough. */
const EXACT_BOXES = 9;

/**
 * Do all boxes fit into one container? Cheap answers first: a greedy packing, then a proof by bounds, a proof or packing
 * by exact search, and a search for a packing. `accepts` may refuse packings for reasons of its own; then a "no" from
 * geometry still holds, and a packing that it refuses is none.
 */
export function fits(
  container: Size,
  types: readonly BoxType[],
  effort: Effort,
  accepts?: (placements: readonly Placement[]) => boolean,
): Fit {
  const long = tooLarge(container, types);
  if (long) return { fits: false, why: long };
  const options = { whole: true, maxBlocks: 0, ...(accepts && { accepts }) };
  const first = loadContainer(container, types, { ...options, steps: FIRST_STEPS });
  if (first.complete) return { fits: true, placements: first.placements };
  if (cannotFit(container, types)) return { fits: false, why: 'bound' };
  const boxes = types.reduce((sum, { count }) => sum + count, 0);
  const nodes = boxes <= EXACT_BOXES ? effort.nodes : Math.ceil(effort.nodes / 10);
  const exact = fitsExactly(container, types, nodes);
  if (exact.fits === false) return { fits: false, why: 'search' };
  if (exact.fits === true && (accepts?.(exact.placements) ?? true)) return exact;
  const load = loadContainer(container, types, { ...options, steps: effort.steps, rounds: ROUNDS });
  return load.complete ? { fits: true, placements: load.placements } : { fits: 'unknown' };
}

/** A container that was tried, and what came of it. */
export interface Tried {
  readonly container: number;
  readonly fit: Fit;
}

/**
 * The smallest container that holds all boxes, or -1, with its packing, and what was found of each smaller one that was
 * looked at. `containers` come in order of preference, the best first. A first greedy pass finds one that holds them;
 * then each better one is searched, the nearest first, but not where one that it would fit into was not managed.
 */
export function smallestFit(
  containers: readonly Size[],
  types: readonly BoxType[],
  effort: Effort,
  accepts?: (container: number, placements: readonly Placement[]) => boolean,
): { readonly container: number; readonly placements: readonly Placement[]; readonly tried: readonly Tried[] } {
  const judge = (container: number) => accepts && ((found: readonly Placement[]) => accepts(container, found));
  const tried = new Map<number, Fit>();
  let best = -1;
  let placements: readonly Placement[] = [];
  const open: number[] = [];
  for (const [index, container] of containers.entries()) {
    const long = tooLarge(container, types);
    if (long) {
      tried.set(index, { fits: false, why: long });
      continue;
    }
    const accept = judge(index);
    const load = loadContainer(container, types, {
      whole: true,
      maxBlocks: 0,
      steps: FIRST_STEPS,
      ...(accept && { accepts: accept }),
    });
    if (load.complete) {
      best = index;
      placements = load.placements;
      break;
    }
    open.push(index);
  }
  const failed: number[] = [];
  for (const index of open.reverse()) {
    const within = failed.find((other) => isWithin(containers[index]!, containers[other]!));
    const fit = within === undefined ? fits(containers[index]!, types, effort, judge(index)) : tried.get(within)!;
    tried.set(index, fit);
    if (fit.fits === true) {
      best = index;
      placements = fit.placements;
    } else {
      failed.push(index);
    }
  }
  const kept = [...tried].filter(([index]) => index !== best).map(([container, fit]) => ({ container, fit }));
  return { container: best, placements, tried: kept.sort((a, b) => a.container - b.container) };
}

/** True where a container turned somehow would stand within another. Only for boxes that may be turned alike. */
function isWithin(inner: Size, outer: Size): boolean {
  return inner.l <= outer.l && inner.w <= outer.w && inner.h <= outer.h && volumeOf(inner) <= volumeOf(outer);
}
