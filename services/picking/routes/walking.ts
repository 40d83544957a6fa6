import type { Stop } from './block.ts';

/** Parallel aisles with cross aisles at these distances from the front one, metres; at least the front one, at 0. */
export interface Grid {
  aisleX: readonly number[];
  crossY: readonly number[];
}

/** Walking distance between two places of a grid, metres: along the aisle, or through the nearest cross aisle. */
export function walkingDistance({ aisleX, crossY }: Grid, a: Stop, b: Stop): number {
  if (a.aisle === b.aisle) return Math.abs(a.y - b.y);
  let least = Number.POSITIVE_INFINITY;
  for (const y of crossY) least = Math.min(least, Math.abs(a.y - y) + Math.abs(b.y - y));
  return least + Math.abs(aisleX[a.aisle]! - aisleX[b.aisle]!);
}
