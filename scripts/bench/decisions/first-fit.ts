import {
  type BoxType,
  type Placement,
  type Size,
  standings,
  volumeOf,
} from '../../../services/picking/cartonize/index.ts';
import { occupy, type Spaces, STRIDE } from '../../../services/picking/cartonize/spaces.ts';

/**
 * What others are measured against: largest boxes first, each in the lowest, rearmost, leftmost maximal empty space that
 * holds it, in the first standing that fits. Boxes that fit nowhere stay out.
 */
export function firstFit(container: Size, types: readonly BoxType[]): Placement[] {
  let spaces: Spaces = [0, 0, 0, container.l, container.w, container.h];
  const placed: Placement[] = [];
  const order = types.map((_, type) => type).sort((a, b) => volumeOf(types[b]!) - volumeOf(types[a]!) || a - b);
  for (const type of order) {
    const ways = standings(types[type]!);
    for (let n = 0; n < types[type]!.count; n++) {
      const found = lowest(spaces, ways);
      if (found === null) break;
      const { x, y, z, l, w, h } = found;
      placed.push({ type, ...found });
      spaces = occupy(spaces, x, y, z, x + l, y + w, z + h, 1);
    }
  }
  return placed;
}

function lowest(spaces: Spaces, ways: readonly Size[]): Omit<Placement, 'type'> | null {
  let best: Omit<Placement, 'type'> | null = null;
  for (let i = 0; i < spaces.length; i += STRIDE) {
    const [x, y, z] = [spaces[i]!, spaces[i + 1]!, spaces[i + 2]!];
    if (best && (z - best.z || y - best.y || x - best.x) >= 0) continue;
    const way = ways.find(
      ({ l, w, h }) => l <= spaces[i + 3]! - x && w <= spaces[i + 4]! - y && h <= spaces[i + 5]! - z,
    );
    if (way) best = { x, y, z, ...way };
  }
  return best;
}
