import { type BoxType, type Placement, type Size, standings, volumeOf } from './boxes.ts';

/** A rigid body of one or more boxes that is placed as a whole. */
export interface Block extends Size {
  /** Volume of its boxes; less than that of its hull where there are gaps. */
  readonly volume: number;
  readonly boxes: number;
  /** Types used, and how many of each. */
  readonly types: readonly number[];
  readonly counts: readonly number[];
  /** Its boxes, from its own corner. */
  readonly parts: readonly Placement[];
}

export interface BlockOptions {
  /** Share of a block's hull that its boxes must fill, 0..1. */
  readonly minFill: number;
  readonly maxBlocks: number;
}

/**
 * Blocks for a container: all grids of equal boxes in one standing, then unions of two blocks side by side, behind or
 * upon each other, as long as they fill their hull. Largest first. The idea is of Fanslau and Bortfeldt (2010).
 */
export function makeBlocks(container: Size, types: readonly BoxType[], options: BlockOptions): Block[] {
  const found = new Map<string, Block>();
  const keep = (block: Block): boolean => {
    const key = `${block.l},${block.w},${block.h}|${block.types.map((type, i) => `${type}x${block.counts[i]}`).join()}`;
    if (found.has(key)) return false;
    found.set(key, block);
    return true;
  };
  const fresh: Block[] = [];
  for (const block of grids(container, types)) if (keep(block)) fresh.push(block);
  const all = [...fresh];
  let older = 0;
  while (older < all.length && all.length < options.maxBlocks) {
    const end = all.length;
    for (let i = 0; i < end && all.length < options.maxBlocks; i++) {
      for (let j = Math.max(older, i); j < end && all.length < options.maxBlocks; j++) {
        for (let axis = 0; axis < 3; axis++) {
          const joined = join(all[i]!, all[j]!, axis, container, types, options.minFill);
          if (joined !== null && keep(joined)) all.push(joined);
        }
      }
    }
    older = end;
  }
  return all.sort((a, b) => b.volume - a.volume);
}

function* grids(container: Size, types: readonly BoxType[]): Generator<Block> {
  for (const [type, box] of types.entries()) {
    for (const { l, w, h } of standings(box)) {
      const most = box.count;
      for (let nx = 1; nx <= most && nx * l <= container.l; nx++) {
        for (let ny = 1; nx * ny <= most && ny * w <= container.w; ny++) {
          for (let nz = 1; nx * ny * nz <= most && nz * h <= container.h; nz++) {
            const parts: Placement[] = [];
            for (let i = 0; i < nx; i++)
              for (let j = 0; j < ny; j++)
                for (let k = 0; k < nz; k++) parts.push({ type, x: i * l, y: j * w, z: k * h, l, w, h });
            const boxes = nx * ny * nz;
            const volume = boxes * volumeOf(box);
            yield { l: nx * l, w: ny * w, h: nz * h, volume, boxes, types: [type], counts: [boxes], parts };
          }
        }
      }
    }
  }
}

/** The union of two blocks along an axis; null where it does not fit, takes more boxes than there are, or has gaps. */
function join(
  a: Block,
  b: Block,
  axis: number,
  container: Size,
  types: readonly BoxType[],
  minFill: number,
): Block | null {
  const l = axis === 0 ? a.l + b.l : Math.max(a.l, b.l);
  const w = axis === 1 ? a.w + b.w : Math.max(a.w, b.w);
  const h = axis === 2 ? a.h + b.h : Math.max(a.h, b.h);
  if (l > container.l || w > container.w || h > container.h) return null;
  const volume = a.volume + b.volume;
  if (volume < minFill * l * w * h) return null;
  const counts = new Map<number, number>();
  for (const block of [a, b])
    for (const [i, type] of block.types.entries()) counts.set(type, (counts.get(type) ?? 0) + block.counts[i]!);
  for (const [type, count] of counts) if (count > types[type]!.count) return null;
  const used = [...counts.keys()].sort((p, q) => p - q);
  const dx = axis === 0 ? a.l : 0;
  const dy = axis === 1 ? a.w : 0;
  const dz = axis === 2 ? a.h : 0;
  const moved = b.parts.map((part) => ({ ...part, x: part.x + dx, y: part.y + dy, z: part.z + dz }));
  return {
    l,
    w,
    h,
    volume,
    boxes: a.boxes + b.boxes,
    types: used,
    counts: used.map((type) => counts.get(type)!),
    parts: [...a.parts, ...moved],
  };
}
