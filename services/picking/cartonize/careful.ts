import { type BoxType, type Placement, type Size, standings, volumeOf } from './boxes.ts';
import { occupy, type Spaces, STRIDE } from './spaces.ts';
import { type Bearing, isFree, standsSafely } from './stack.ts';

/** Tries that `packCarefully` makes, each with another order of the boxes. */
const TRIES = 24;

/**
 * Packs all boxes so that each stands on enough of its base and bears no more than it may: strong ones first, then
 * large ones, each at the lowest safe place. What may bear nothing is kept free up to the lid. Null where no try succeeds.
 */
export function packCarefully(
  container: Size,
  types: readonly BoxType[],
  bearings: readonly Bearing[],
  minSupport: number,
): Placement[] | null {
  let random = 1;
  const draw = () => {
    random = (Math.imul(random, 1664525) + 1013904223) | 0;
    return (random >>> 0) / 2 ** 32;
  };
  const ways = types.map(standings);
  const boxes = types.flatMap((box, type) => Array.from({ length: box.count }, () => type));
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const shake = attempt === 0 ? 0 : 0.8;
    const size = types.map((box) => volumeOf(box) * (1 - shake * draw()));
    const order = [...boxes].sort((a, b) => rank(bearings[a]!) - rank(bearings[b]!) || size[b]! - size[a]! || a - b);
    const placed = inOrder(container, ways, bearings, minSupport, order, attempt % 2 === 1 ? draw : null);
    if (placed) return placed;
  }
  return null;
}

/** What bears anything first, then what bears something, then what bears nothing. */
function rank({ maxTopLoadG }: Bearing): number {
  return maxTopLoadG === 0 ? 2 : maxTopLoadG === Infinity ? 0 : 1;
}

function inOrder(
  container: Size,
  ways: readonly (readonly Size[])[],
  bearings: readonly Bearing[],
  minSupport: number,
  order: readonly number[],
  draw: (() => number) | null,
): Placement[] | null {
  let spaces: Spaces = [0, 0, 0, container.l, container.w, container.h];
  const placed: Placement[] = [];
  for (const type of order) {
    let best: Placement | null = null;
    let bestAt = Infinity;
    for (let i = 0; i < spaces.length; i += STRIDE) {
      const [x, y, z] = [spaces[i]!, spaces[i + 1]!, spaces[i + 2]!];
      for (const way of ways[type]!) {
        if (way.l > spaces[i + 3]! - x || way.w > spaces[i + 4]! - y || way.h > spaces[i + 5]! - z) continue;
        // Low and with a low top, then to the rear and left.
        const at = (z + way.h) * 1e6 + y * 1e3 + x + (draw ? draw() * 5e7 : 0);
        if (at >= bestAt) continue;
        const box = { type, x, y, z, ...way };
        if (!isFree(container, box, placed) || !standsSafely([...placed, box], bearings, minSupport)) continue;
        best = box;
        bestAt = at;
      }
    }
    if (best === null) return null;
    placed.push(best);
    const top = bearings[type]!.maxTopLoadG === 0 ? container.h : best.z + best.h;
    spaces = occupy(spaces, best.x, best.y, best.z, best.x + best.l, best.y + best.w, top, 1);
  }
  return placed;
}
