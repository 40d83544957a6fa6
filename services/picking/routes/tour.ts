/** Metres from one stop to another; -1 is the depot. The same both ways. */
export type Distance = (from: number, to: number) => number;

/**
 * A short round trip from the depot through stops 0 … `count` - 1 over any distances, for layouts that no exact rule
 * covers: nearest insertion, then turning stretches round (2-opt) and moving stretches of up to three stops (or-opt)
 * while that shortens it. The same answer every time; at most `steps` tries of a change, so it always ends. Grows with
 * the square of `count`: meant for up to some hundred stops.
 */
export function shortTour(count: number, distance: Distance, steps = 20_000): { lengthM: number; order: number[] } {
  const tour = [-1, ...insertNearest(count, distance)];
  let left = steps;
  for (let better = true; better && left > 0; ) {
    better = false;
    for (let i = 1; i < tour.length && left > 0; i += 1) {
      for (let j = i + 1; j < tour.length && left > 0; j += 1) {
        left -= 1;
        if (turn(tour, i, j, distance)) better = true;
      }
      for (let size = 1; size <= 3 && i + size <= tour.length && left > 0; size += 1) {
        left -= tour.length;
        if (move(tour, i, size, distance)) better = true;
      }
    }
  }
  return { lengthM: lengthOf(tour, distance), order: tour.slice(1) };
}

/** Less than this is rounding, not a shorter way. */
const EPSILON = 1e-9;

function insertNearest(count: number, distance: Distance): number[] {
  const tour: number[] = [];
  const near = Array.from({ length: count }, (_, stop) => distance(-1, stop));
  const open = Array.from({ length: count }, (_, stop) => stop);
  while (open.length > 0) {
    let next = 0;
    for (let k = 1; k < open.length; k += 1) if (near[open[k]!]! < near[open[next]!]!) next = k;
    const [stop] = open.splice(next, 1) as [number];
    let place = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= tour.length; i += 1) {
      const before = tour[i - 1] ?? -1;
      const after = tour[i] ?? -1;
      const more = distance(before, stop) + distance(stop, after) - distance(before, after);
      if (more < least - EPSILON) {
        least = more;
        place = i;
      }
    }
    tour.splice(place, 0, stop);
    for (const other of open) near[other] = Math.min(near[other]!, distance(stop, other));
  }
  return tour;
}

/** Walks stops i … j the other way round if that is shorter. */
function turn(tour: number[], i: number, j: number, distance: Distance): boolean {
  const before = tour[i - 1]!;
  const after = tour[j + 1] ?? -1;
  const now = distance(before, tour[i]!) + distance(tour[j]!, after);
  if (distance(before, tour[j]!) + distance(tour[i]!, after) >= now - EPSILON) return false;
  for (let low = i, high = j; low < high; low += 1, high -= 1) {
    const kept = tour[low]!;
    tour[low] = tour[high]!;
    tour[high] = kept;
  }
  return true;
}

/** Moves the stretch of `size` stops from i to where it costs least, if that is shorter. */
function move(tour: number[], i: number, size: number, distance: Distance): boolean {
  const head = tour[i]!;
  const tail = tour[i + size - 1]!;
  const before = tour[i - 1]!;
  const after = tour[i + size] ?? -1;
  const saved = distance(before, head) + distance(tail, after) - distance(before, after);
  let place = -1;
  let least = saved - EPSILON;
  for (let k = 0; k < tour.length; k += 1) {
    if (k >= i - 1 && k < i + size) continue;
    const from = tour[k]!;
    const to = tour[k + 1] ?? -1;
    const more = distance(from, head) + distance(tail, to) - distance(from, to);
    if (more < least) {
      least = more;
      place = k;
    }
  }
  if (place < 0) return false;
  const stretch = tour.splice(i, size);
  tour.splice(place < i ? place + 1 : place + 1 - size, 0, ...stretch);
  return true;
}

function lengthOf(tour: readonly number[], distance: Distance): number {
  let length = 0;
  for (let i = 0; i < tour.length; i += 1) length += distance(tour[i]!, tour[i + 1] ?? -1);
  return length;
}
