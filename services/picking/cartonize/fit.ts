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

/** For questions that are asked often: whether anything at all holds these. */
export const probeEffort: Effort = { steps: 200, nodes: 50 };
/** Milliseconds for an order of a dozen items. */
export const quickEffort: Effort = { steps: 3_000, nodes: 300 };
/** For orders where a smaller carton is worth a tenth of a second. */
export const thoroughEffort: Effort = { steps: 240_000, nodes: 6_000 };

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
/** A packing of few different boxes rarely leaves less than this share free; below it the steps fall with the square. */
const COMMON_VOID = 0.15;

type Accepts = (placements: readonly Placement[]) => boolean;

/**
 * Do all boxes fit into one container? Cheap answers first: a greedy packing, then a proof by bounds, a proof or packing
 * by exact search, and a search for a packing. `accepts` may refuse packings for reasons of its own; a "no" is one of
 * geometry all the same, and where it refuses all that were found the answer is `unknown`.
 */
export function fits(container: Size, types: readonly BoxType[], effort: Effort, accepts?: Accepts): Fit {
  const large = tooLarge(container, types);
  if (large) return { fits: false, why: large };
  return atFirst(container, types, accepts) ?? searched(container, types, effort, accepts);
}

/** A packing that a greedy attempt finds, or null. */
function atFirst(container: Size, types: readonly BoxType[], accepts: Accepts | undefined) {
  return loaded(container, types, FIRST_STEPS, 1, accepts);
}

function loaded(container: Size, types: readonly BoxType[], steps: number, rounds: number, accepts?: Accepts) {
  const options = { whole: true, maxBlocks: 0, steps, rounds, ...(accepts && { accepts }) };
  const load = loadContainer(container, types, options);
  return load.complete ? ({ fits: true, placements: load.placements } as const) : null;
}

function searched(container: Size, types: readonly BoxType[], effort: Effort, accepts: Accepts | undefined): Fit {
  if (cannotFit(container, types)) return { fits: false, why: 'bound' };
  const boxes = types.reduce((sum, { count }) => sum + count, 0);
  const nodes = boxes <= EXACT_BOXES ? effort.nodes : Math.ceil(effort.nodes / 10);
  const exact = fitsExactly(container, types, nodes);
  if (exact.fits === false) return { fits: false, why: 'search' };
  if (exact.fits === true && (accepts?.(exact.placements) ?? true)) return exact;
  const volume = types.reduce((sum, box) => sum + box.count * volumeOf(box), 0);
  const hope = (1 - volume / volumeOf(container)) / COMMON_VOID;
  const steps = Math.ceil(effort.steps * Math.min(1, hope ** 2));
  return loaded(container, types, steps, ROUNDS, accepts) ?? { fits: 'unknown' };
}

/** A container that was tried, and what came of it. */
export interface Tried {
  readonly container: number;
  readonly fit: Fit;
}

/** Rules beyond geometry for `smallestFit`. */
export interface FitRules {
  /** Judges a packing. */
  readonly accepts?: Accepts;
  /** Finds a packing that `accepts` would take, at once or not at all; absent, a greedy attempt is made. */
  readonly first?: (container: Size) => readonly Placement[] | null;
}

/**
 * The smallest container that holds all boxes, or -1, with its packing, and what was found of each smaller one that was
 * looked at. `containers` come in order of preference, the best first. A first quick pass finds one that holds them;
 * then each better one is searched, the nearest first, but not where one that it would stand in was not managed.
 */
export function smallestFit(
  containers: readonly Size[],
  types: readonly BoxType[],
  effort: Effort,
  { accepts, first }: FitRules = {},
): { readonly container: number; readonly placements: readonly Placement[]; readonly tried: readonly Tried[] } {
  const tried = new Map<number, Fit>();
  let best = -1;
  let placements: readonly Placement[] = [];
  const open: number[] = [];
  for (const [index, container] of containers.entries()) {
    const large = tooLarge(container, types);
    if (large) {
      tried.set(index, { fits: false, why: large });
      continue;
    }
    const found = first ? first(container) : atFirst(container, types, accepts)?.placements;
    if (found) {
      best = index;
      placements = found;
      break;
    }
    open.push(index);
  }
  const failed: number[] = [];
  for (const index of open.reverse()) {
    const within = failed.find((other) => isWithin(containers[index]!, containers[other]!));
    const fit = within === undefined ? searched(containers[index]!, types, effort, accepts) : tried.get(within)!;
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

/** True where a container as it stands would stand within another. */
function isWithin(inner: Size, outer: Size): boolean {
  return inner.l <= outer.l && inner.w <= outer.w && inner.h <= outer.h && volumeOf(inner) <= volumeOf(outer);
}
