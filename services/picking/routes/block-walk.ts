import type { AisleStops } from './aisle-stops.ts';

/** How a walk takes one aisle: not at all, through once, through twice, or in and out from an end or from both. */
export const NONE = 0;
export const THROUGH = 1;
export const TWICE = 2;
export const FROM_FRONT = 3;
export const FROM_BACK = 4;
export const FROM_BOTH = 5;

/** The edges of a tour: how each aisle is taken, and how often one walks from the aisle before along each cross aisle. */
export interface BlockEdges {
  take: Int8Array;
  front: Int8Array;
  back: Int8Array;
}

/**
 * The stops in the order in which they are met when each edge is walked as often as it says, from the front of the
 * depot's aisle and back to it (an Euler tour; all corners are met evenly and hang together). Empties `edges`.
 */
export function walkBlock(stops: AisleStops, { take, front, back }: BlockEdges, depotAisle: number): number[] {
  const aisles = take.length;
  const through = new Int8Array(aisles);
  for (let a = 0; a < aisles; a += 1) through[a] = take[a] === THROUGH ? 1 : take[a] === TWICE ? 2 : 0;

  // Corners: 2a is the front of aisle a, 2a + 1 its back. Hierholzer: walk until stuck, then step back.
  const stack = [2 * depotAisle];
  const tour: number[] = [];
  while (stack.length > 0) {
    const corner = stack[stack.length - 1]!;
    const a = corner >> 1;
    const along = (corner & 1) === 0 ? front : back;
    if (through[a]! > 0) {
      through[a]! -= 1;
      stack.push(corner ^ 1);
    } else if (along[a]! > 0) {
      along[a]! -= 1;
      stack.push(corner - 2);
    } else if (a + 1 < aisles && along[a + 1]! > 0) {
      along[a + 1]! -= 1;
      stack.push(corner + 2);
    } else {
      tour.push(corner);
      stack.pop();
    }
  }

  const met: number[] = [];
  const seen = new Uint8Array(2 * aisles);
  const collect = (from: number, to: number, step: number) => {
    for (let i = from; i !== to; i += step) if (stops.order[i]! >= 0) met.push(stops.order[i]!);
  };
  for (let i = 0; i < tour.length; i += 1) {
    const corner = tour[i]!;
    const a = corner >> 1;
    const from = stops.start[a]!;
    const to = stops.start[a + 1]!;
    const how = take[a]!;
    if (seen[corner] === 0) {
      seen[corner] = 1;
      const cut = how === FROM_FRONT ? to : how === FROM_BACK ? from : from + stops.beforeGap[a]!;
      if (how >= FROM_FRONT) {
        if ((corner & 1) === 0) collect(from, cut, 1);
        else collect(to - 1, cut - 1, -1);
      }
    }
    if (tour[i + 1] === (corner ^ 1) && (how === THROUGH || how === TWICE)) {
      take[a] = NONE;
      if ((corner & 1) === 0) collect(from, to, 1);
      else collect(to - 1, from - 1, -1);
    }
  }
  return met;
}
