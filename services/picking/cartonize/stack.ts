import type { Placement, Size } from './boxes.ts';
import { overlap } from './check.ts';

/** What a stack needs to know of a box, by type. */
export interface Bearing {
  readonly weightG: number;
  /** What may stand on one box, grams; `Infinity` where nothing limits it, 0 where nothing may. */
  readonly maxTopLoadG: number;
}

/** Lowers every box until it stands on the floor or on another, the lowest first. */
export function settle(placements: readonly Placement[]): Placement[] {
  const settled: Placement[] = [];
  for (const box of [...placements].sort((a, b) => a.z - b.z)) {
    let z = 0;
    for (const below of settled) {
      const top = below.z + below.h;
      if (top > z && top <= box.z && contact(box, below) > 0) z = top;
    }
    settled.push({ ...box, z });
  }
  return settled;
}

/** Shared area of two boxes seen from above. */
function contact(a: Placement, b: Placement): number {
  const l = Math.min(a.x + a.l, b.x + b.l) - Math.max(a.x, b.x);
  const w = Math.min(a.y + a.w, b.y + b.w) - Math.max(a.y, b.y);
  return l > 0 && w > 0 ? l * w : 0;
}

/** Share of its base that a box stands on, 0..1; the floor bears all of it. */
export function supportOf(box: Placement, others: readonly Placement[]): number {
  if (box.z === 0) return 1;
  let area = 0;
  for (const other of others) if (other !== box && other.z + other.h === box.z) area += contact(box, other);
  return area / (box.l * box.w);
}

/** Grams on top of each box, from all that stands above it. A box hands its load down by the areas on which it stands. */
export function topLoads(placements: readonly Placement[], bearings: readonly Bearing[]): number[] {
  const loads = placements.map(() => 0);
  const down = placements.map((_, i) => i).sort((a, b) => placements[b]!.z - placements[a]!.z);
  for (const i of down) {
    const box = placements[i]!;
    if (box.z === 0) continue;
    const under = placements
      .map((other, j) => [j, other.z + other.h === box.z ? contact(box, other) : 0] as const)
      .filter(([, area]) => area > 0);
    const area = under.reduce((sum, [, one]) => sum + one, 0);
    for (const [j, one] of under) loads[j]! += ((loads[i]! + bearings[box.type]!.weightG) * one) / area;
  }
  return loads;
}

/** True where every box stands on enough of its base and bears no more than it may. */
export function standsSafely(
  placements: readonly Placement[],
  bearings: readonly Bearing[],
  minSupport: number,
): boolean {
  if (placements.some((box) => supportOf(box, placements) < minSupport)) return false;
  return topLoads(placements, bearings).every((load, i) => load <= bearings[placements[i]!.type]!.maxTopLoadG + 1e-6);
}

/** True where a place is inside the container and free. */
export function isFree(container: Size, box: Placement, placed: readonly Placement[]): boolean {
  return (
    box.x + box.l <= container.l &&
    box.y + box.w <= container.w &&
    box.z + box.h <= container.h &&
    !placed.some((other) => overlap(box, other))
  );
}
