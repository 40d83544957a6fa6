import { type BoxType, type Placement, type Size, standings, volumeOf } from './boxes.ts';

/** What the exact search found; `unknown` when its budget was spent first. */
export type Exact =
  | { readonly fits: true; readonly placements: Placement[]; readonly nodes: number }
  | { readonly fits: false | 'unknown'; readonly nodes: number };

/** What is still possible at a node. Starts are at least `low`; ends at most `high`, three of each for a box. */
interface Node {
  low: Int32Array;
  high: Int32Array;
  /** Bit per standing that a box may have. */
  ways: Uint8Array;
  /** Bit per way to keep two boxes apart: on each axis the first before the second, then the other way round. */
  apart: Uint8Array;
}

/**
 * Does everything fit into one container? Complete: two boxes that do not overlap are apart on some axis, so it decides
 * for every pair on which, and in what order; bounds on the places follow from what is decided, and close what no longer
 * can be. At most `budget` nodes; the time for one grows with the square of the number of boxes.
 */
export function fitsExactly(container: Size, types: readonly BoxType[], budget: number): Exact {
  return new ExactSearch(container, types, budget).run();
}

class ExactSearch {
  readonly #lengths: readonly number[];
  readonly #boxes: { type: number; ways: Size[]; volume: number }[] = [];
  readonly #pairs: [number, number][] = [];
  readonly #budget: number;
  /** Least lengths of a box over the standings in a mask: 3 numbers each for 64 masks. */
  readonly #least: Int32Array[] = [];
  #nodes = 0;

  constructor(container: Size, types: readonly BoxType[], budget: number) {
    this.#lengths = [container.l, container.w, container.h];
    this.#budget = budget;
    for (const [type, box] of types.entries()) {
      for (let i = 0; i < box.count; i++) this.#boxes.push({ type, ways: standings(box), volume: volumeOf(box) });
    }
    this.#boxes.sort((a, b) => b.volume - a.volume || a.type - b.type);
    for (let j = 1; j < this.#boxes.length; j++) for (let i = 0; i < j; i++) this.#pairs.push([i, j]);
    for (const { ways } of this.#boxes) {
      const least = new Int32Array(3 * 64).fill(1 << 30);
      for (let mask = 1; mask < 1 << ways.length; mask++) {
        for (const [way, { l, w, h }] of ways.entries()) {
          if ((mask & (1 << way)) === 0) continue;
          least[3 * mask] = Math.min(least[3 * mask]!, l);
          least[3 * mask + 1] = Math.min(least[3 * mask + 1]!, w);
          least[3 * mask + 2] = Math.min(least[3 * mask + 2]!, h);
        }
      }
      this.#least.push(least);
    }
  }

  run(): Exact {
    const n = this.#boxes.length;
    const root: Node = {
      low: new Int32Array(3 * n),
      high: Int32Array.from({ length: 3 * n }, (_, i) => this.#lengths[i % 3]!),
      ways: Uint8Array.from(this.#boxes, ({ ways }) => (1 << ways.length) - 1),
      apart: new Uint8Array(this.#pairs.length).fill(63),
    };
    // Equal boxes may be numbered from left to right.
    for (const [p, [i, j]] of this.#pairs.entries())
      if (this.#boxes[i]!.type === this.#boxes[j]!.type) root.apart[p] = 63 & ~2;
    const found = this.#search(root);
    if (found === null) return { fits: this.#nodes > this.#budget ? 'unknown' : false, nodes: this.#nodes };
    return { fits: true, placements: this.#placements(found), nodes: this.#nodes };
  }

  #search(node: Node): Node | null {
    this.#nodes += 1;
    if (this.#nodes > this.#budget || !this.#narrow(node)) return null;
    const [kind, index] = this.#choose(node);
    if (kind === 'none') return node;
    const mask = kind === 'way' ? node.ways[index]! : node.apart[index]!;
    for (let bit = 1; bit <= mask; bit <<= 1) {
      if ((mask & bit) === 0) continue;
      const child = {
        low: node.low.slice(),
        high: node.high.slice(),
        ways: node.ways.slice(),
        apart: node.apart.slice(),
      };
      if (kind === 'way') child.ways[index] = bit;
      else child.apart[index] = bit;
      const found = this.#search(child);
      if (found !== null) return found;
    }
    return null;
  }

  /** Draws what follows from a node until nothing more does; false where nothing is left for some box or pair. */
  #narrow({ low, high, ways, apart }: Node): boolean {
    const n = this.#boxes.length;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = 0; i < n; i++) {
        let mask = ways[i]!;
        const list = this.#boxes[i]!.ways;
        const before = mask;
        for (let way = 0; way < list.length; way++) {
          if ((mask & (1 << way)) === 0) continue;
          const { l, w, h } = list[way]!;
          if (
            low[3 * i]! + l > high[3 * i]! ||
            low[3 * i + 1]! + w > high[3 * i + 1]! ||
            low[3 * i + 2]! + h > high[3 * i + 2]!
          )
            mask &= ~(1 << way);
        }
        if (mask === 0) return false;
        if (mask !== before) {
          ways[i] = mask;
          changed = true;
        }
      }
      if (!this.#mirror(low, high, ways)) return false;
      for (let p = 0; p < this.#pairs.length; p++) {
        const [i, j] = this.#pairs[p]!;
        let mask = apart[p]!;
        const before = mask;
        const leastI = this.#least[i]!;
        const leastJ = this.#least[j]!;
        for (let axis = 0; axis < 3; axis++) {
          const si = leastI[3 * ways[i]! + axis]!;
          const sj = leastJ[3 * ways[j]! + axis]!;
          if (low[3 * i + axis]! + si + sj > high[3 * j + axis]!) mask &= ~(1 << (2 * axis));
          if (low[3 * j + axis]! + sj + si > high[3 * i + axis]!) mask &= ~(2 << (2 * axis));
        }
        if (mask === 0) return false;
        if (mask !== before) {
          apart[p] = mask;
          changed = true;
        }
        if ((mask & (mask - 1)) !== 0) continue;
        const bit = 31 - Math.clz32(mask);
        const axis = bit >> 1;
        const first = 3 * (bit & 1 ? j : i) + axis;
        const second = 3 * (bit & 1 ? i : j) + axis;
        const least1 = bit & 1 ? leastJ[3 * ways[j]! + axis]! : leastI[3 * ways[i]! + axis]!;
        const least2 = bit & 1 ? leastI[3 * ways[i]! + axis]! : leastJ[3 * ways[j]! + axis]!;
        if (low[first]! + least1 > low[second]!) {
          low[second] = low[first]! + least1;
          changed = true;
        }
        if (high[second]! - least2 < high[first]!) {
          high[first] = high[second]! - least2;
          changed = true;
        }
      }
    }
    return true;
  }

  /** A mirrored packing is one as well: the middle of the largest box need not lie past that of the container. */
  #mirror(low: Int32Array, high: Int32Array, ways: Uint8Array): boolean {
    const mask = ways[0]!;
    if ((mask & (mask - 1)) !== 0 || this.#boxes.length < 2 || this.#boxes[1]!.type === this.#boxes[0]!.type)
      return true;
    for (let axis = 0; axis < 3; axis++) {
      const side = this.#least[0]![3 * mask + axis]!;
      const latest = Math.floor((this.#lengths[axis]! - side) / 2) + side;
      if (latest < high[axis]!) high[axis] = latest;
      if (low[axis]! + side > high[axis]!) return false;
    }
    return true;
  }

  /** The choice with the fewest ways out, larger boxes first. */
  #choose({ low, high, ways, apart }: Node): ['none' | 'way' | 'pair', number] {
    let found: ['none' | 'way' | 'pair', number] = ['none', 0];
    let fewest = Infinity;
    let largest = 0;
    for (let p = 0; p < this.#pairs.length; p++) {
      const count = bits(apart[p]!);
      if (count < 2 || count > fewest) continue;
      const [i, j] = this.#pairs[p]!;
      const volume = this.#boxes[i]!.volume * this.#boxes[j]!.volume;
      if (count === fewest && volume <= largest) continue;
      if (isApart(low, high, i, j)) continue;
      found = ['pair', p];
      fewest = count;
      largest = volume;
    }
    for (let i = 0; i < this.#boxes.length; i++) {
      const count = bits(ways[i]!);
      const volume = this.#boxes[i]!.volume ** 2;
      if (count < 2 || count > fewest || (count === fewest && volume <= largest)) continue;
      found = ['way', i];
      fewest = count;
      largest = volume;
    }
    return found;
  }

  #placements({ low, ways }: Node): Placement[] {
    return this.#boxes.map(({ type, ways: list }, i) => {
      const size = list[31 - Math.clz32(ways[i]!)]!;
      return { type, x: low[3 * i]!, y: low[3 * i + 1]!, z: low[3 * i + 2]!, ...size };
    });
  }
}

/** True where two boxes cannot meet any more, wherever each comes to stand. */
function isApart(low: Int32Array, high: Int32Array, i: number, j: number): boolean {
  for (let axis = 0; axis < 3; axis++) {
    if (high[3 * i + axis]! <= low[3 * j + axis]! || high[3 * j + axis]! <= low[3 * i + axis]!) return true;
  }
  return false;
}

function bits(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}
