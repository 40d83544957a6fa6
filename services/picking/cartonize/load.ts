import { type Block, makeBlocks } from './blocks.ts';
import { type BoxType, type Placement, type Size, standings, volumeOf } from './boxes.ts';
import { occupy, type Spaces, STRIDE } from './spaces.ts';

/** How long, and how, a container is searched. */
export interface LoadOptions {
  /** Blocks that may be placed in all, a measure of work that does not depend on the machine. */
  readonly steps: number;
  /** Only a load of all boxes is of use: what cannot come to that is given up at once. For small orders. */
  readonly whole?: boolean;
  /** Blocks are made up to this many; of few boxes that are all different, only those of equal boxes pay. */
  readonly maxBlocks?: number;
  /** Share of its hull that a block must fill, 0..1. */
  readonly minFill?: number;
  /** Searches of each width of the beam; from the second on the choice of blocks is shaken. */
  readonly rounds?: number;
  /** Stops the search early; for benchmarks by the clock, not for what must be replayed. */
  readonly stop?: () => boolean;
  /** Judges a load that holds all boxes; false looks for another. */
  readonly accepts?: (placements: readonly Placement[]) => boolean;
}

/** The fullest load that was found. */
export interface Load {
  readonly placements: Placement[];
  /** Volume of the boxes in it, cubic units. */
  readonly volume: number;
  /** True where every box is in it. */
  readonly complete: boolean;
  readonly steps: number;
}

interface State {
  spaces: Spaces;
  left: Int32Array;
  /** Blocks that are in place: x, y, z, block, and the far corner. */
  placed: number[];
  volume: number;
  /** Volume that the greedy rule brings it to; NaN before it was asked. */
  worth: number;
}

/** Numbers that one placed block takes. */
const PLACED = 7;
/** Exponent of the number of boxes in the worth of a block. */
const BOXES = -0.2;
const WIDEST = 4096;
/** Share of its worth that a block may lose by chance in a shaken round. */
const SHAKE = 0.7;

/**
 * Loads a container as full as it can within a budget of steps: a beam search over partial loads, each judged by what a
 * greedy rule makes of it, with blocks placed in the corner of the empty space that is nearest to a corner of the
 * container (after Araya, Guerrero and Nuñez 2017). The beam doubles until the budget is spent. Deterministic.
 */
export function loadContainer(container: Size, types: readonly BoxType[], options: LoadOptions): Load {
  return new Loader(container, types, options).run();
}

class Loader {
  readonly #container: Size;
  readonly #types: readonly BoxType[];
  readonly #options: LoadOptions;
  readonly #blocks: Block[];
  readonly #factor: Float64Array;
  readonly #fill: [Float64Array, Float64Array, Float64Array];
  readonly #total: number;
  readonly #ways: Size[][];
  /** Shortest side of each type. */
  readonly #thin: number[];
  /** The blocks that `#rank` found, and their worth. */
  readonly #ranked: number[] = [];
  readonly #worths: number[] = [];
  #steps = 0;
  #best: State;
  #done = false;
  #shake = 0;
  #random = 1;

  constructor(container: Size, types: readonly BoxType[], options: LoadOptions) {
    this.#container = container;
    this.#types = types;
    this.#options = options;
    this.#blocks = makeBlocks(container, types, {
      minFill: options.minFill ?? 0.98,
      maxBlocks: options.maxBlocks ?? 1000,
    });
    this.#factor = Float64Array.from(this.#blocks, ({ volume, boxes }) => volume * boxes ** BOXES);
    this.#fill = [
      reach(container.l, types, (size) => size.l),
      reach(container.w, types, (size) => size.w),
      reach(container.h, types, (size) => size.h),
    ];
    this.#ways = types.map(standings);
    this.#thin = types.map(({ l, w, h }) => Math.min(l, w, h));
    this.#total = types.reduce((sum, box) => sum + box.count * volumeOf(box), 0);
    this.#best = this.#start();
  }

  #start(): State {
    const { l, w, h } = this.#container;
    return {
      spaces: [0, 0, 0, l, w, h],
      left: Int32Array.from(this.#types, ({ count }) => count),
      placed: [],
      volume: 0,
      worth: Number.NaN,
    };
  }

  run(): Load {
    const { rounds = 1 } = this.#options;
    for (let width = 1; width <= WIDEST; width *= 2) {
      for (let round = 0; round < rounds && !this.#isOver(); round++) {
        this.#shake = round === 0 ? 0 : SHAKE;
        this.#beam(width);
      }
    }
    // Stopped before the first load was whole: a greedy one is better than none.
    if (this.#best.placed.length === 0) this.#complete(this.#start());
    return {
      placements: this.#placements(this.#best),
      volume: this.#best.volume,
      complete: this.#best.volume === this.#total,
      steps: this.#steps,
    };
  }

  #isOver(): boolean {
    return this.#done || this.#steps >= this.#options.steps || (this.#options.stop?.() ?? false);
  }

  #beam(width: number): void {
    let beam: State[] = [this.#start()];
    while (beam.length > 0 && !this.#isOver()) {
      const children: State[] = [];
      const seen = new Set<number>();
      for (const state of beam) {
        for (const [nth, child] of this.#expand(state, width).entries()) {
          if (this.#isOver()) return;
          if (this.#options.whole && this.#isDead(child)) continue;
          // The greedy rule would have taken the first child as well.
          child.worth = nth === 0 && state.worth > 0 ? state.worth : this.#complete(child);
          // Of whole loads, those that promise as much may differ in what they leave free.
          const key = child.worth * 8191 + child.volume + (this.#options.whole ? hash(child.spaces) : 0);
          if (seen.has(key)) continue;
          seen.add(key);
          children.push(child);
        }
      }
      children.sort((a, b) => b.worth - a.worth);
      beam = children.slice(0, width);
    }
  }

  /** True where some box that is left fits into no empty space. */
  #isDead({ left, spaces }: State): boolean {
    for (let type = 0; type < left.length; type++) {
      if (left[type]! > 0 && !hasRoom(spaces, this.#ways[type]!)) return true;
    }
    return false;
  }

  /** A number in 0..1 that looks random and is the same in each run. */
  #draw(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) | 0;
    return (this.#random >>> 0) / 2 ** 32;
  }

  /** The states that follow by each of the best blocks in the next empty space that holds one. */
  #expand(state: State, width: number): State[] {
    let { spaces } = state;
    for (;;) {
      const at = this.#nextSpace(spaces);
      if (at < 0) return [];
      const count = this.#rank(state, spaces, at, width);
      if (count === 0) {
        spaces = without(spaces, at);
        continue;
      }
      const children: State[] = [];
      for (let i = 0; i < count; i++) {
        const child = { ...state, spaces, left: state.left.slice(), placed: state.placed.slice() };
        this.#place(child, at, this.#ranked[i]!);
        children.push(child);
      }
      return children;
    }
  }

  /** Fills what is left greedily, keeps the result where it is the best yet, and returns its volume. */
  #complete(from: State): number {
    const state = { ...from, left: from.left.slice(), placed: from.placed.slice() };
    for (;;) {
      const at = this.#nextSpace(state.spaces);
      if (at < 0) break;
      if (this.#rank(state, state.spaces, at, 1) === 0) {
        state.spaces = without(state.spaces, at);
        continue;
      }
      this.#place(state, at, this.#ranked[0]!);
      if (this.#options.whole && this.#isDead(state)) break;
    }
    if (state.volume > this.#best.volume) {
      if (state.volume < this.#total || (this.#options.accepts?.(this.#placements(state)) ?? true)) this.#best = state;
      this.#done = this.#best.volume === this.#total;
    }
    return state.volume;
  }

  /** Where the empty space begins whose corner lies nearest to one of the container's; -1 without any. */
  #nextSpace(spaces: Spaces): number {
    const { l, w, h } = this.#container;
    let found = -1;
    let nearest = Infinity;
    let largest = 0;
    for (let i = 0; i < spaces.length; i += STRIDE) {
      const distance =
        Math.min(spaces[i]!, l - spaces[i + 3]!) +
        Math.min(spaces[i + 1]!, w - spaces[i + 4]!) +
        Math.min(spaces[i + 2]!, h - spaces[i + 5]!);
      if (distance > nearest) continue;
      const volume =
        (spaces[i + 3]! - spaces[i]!) * (spaces[i + 4]! - spaces[i + 1]!) * (spaces[i + 5]! - spaces[i + 2]!);
      if (distance < nearest || volume > largest) {
        found = i;
        nearest = distance;
        largest = volume;
      }
    }
    return found;
  }

  /** Puts the blocks of most worth for a space into `#ranked`, best first, at most `width`; returns how many there are. */
  #rank(state: State, spaces: Spaces, at: number, width: number): number {
    const blocks = this.#blocks;
    const factor = this.#factor;
    const [fillX, fillY, fillZ] = this.#fill;
    const L = spaces[at + 3]! - spaces[at]!;
    const W = spaces[at + 4]! - spaces[at + 1]!;
    const H = spaces[at + 5]! - spaces[at + 2]!;
    const room = L * W * H;
    const ranked = this.#ranked;
    const worths = this.#worths;
    let count = 0;
    let floor = 0;
    for (let b = 0; b < blocks.length; b++) {
      const block = blocks[b]!;
      if (block.volume <= floor) break;
      if (block.l > L || block.w > W || block.h > H) continue;
      const used = (block.l + fillX[L - block.l]!) * (block.w + fillY[W - block.w]!) * (block.h + fillZ[H - block.h]!);
      const atMost = factor[b]! * (used / room) * (this.#shake === 0 ? 1 : 1 - this.#shake * this.#draw());
      if (atMost <= floor || !isLeft(block, state.left)) continue;
      const contact = this.#contact(state, spaces, at, block) ** 2;
      const worth = atMost * contact * contact;
      if (worth <= floor) continue;
      let i = count < width ? count++ : width - 1;
      for (; i > 0 && worths[i - 1]! < worth; i--) {
        worths[i] = worths[i - 1]!;
        ranked[i] = ranked[i - 1]!;
      }
      worths[i] = worth;
      ranked[i] = b;
      if (count === width) floor = worths[width - 1]!;
    }
    return count;
  }

  /** Share of a block's surface that touches walls or other blocks where it would stand, 0..1. */
  #contact(state: State, spaces: Spaces, at: number, block: Block): number {
    const { l, w, h } = this.#container;
    const x0 = this.#nearX(spaces, at) ? spaces[at]! : spaces[at + 3]! - block.l;
    const y0 = this.#nearY(spaces, at) ? spaces[at + 1]! : spaces[at + 4]! - block.w;
    const z0 = this.#nearZ(spaces, at) ? spaces[at + 2]! : spaces[at + 5]! - block.h;
    const x1 = x0 + block.l;
    const y1 = y0 + block.w;
    const z1 = z0 + block.h;
    let area = 0;
    if (x0 === 0) area += block.w * block.h;
    if (x1 === l) area += block.w * block.h;
    if (y0 === 0) area += block.l * block.h;
    if (y1 === w) area += block.l * block.h;
    if (z0 === 0) area += block.l * block.w;
    if (z1 === h) area += block.l * block.w;
    const { placed } = state;
    for (let i = 0; i < placed.length; i += PLACED) {
      const dx = Math.min(x1, placed[i + 4]!) - Math.max(x0, placed[i]!);
      if (dx < 0) continue;
      const dy = Math.min(y1, placed[i + 5]!) - Math.max(y0, placed[i + 1]!);
      if (dy < 0) continue;
      const dz = Math.min(z1, placed[i + 6]!) - Math.max(z0, placed[i + 2]!);
      if (dz < 0) continue;
      if (dx === 0) area += dy * dz;
      else if (dy === 0) area += dx * dz;
      else if (dz === 0) area += dx * dy;
    }
    return area / (2 * (block.l * block.w + block.l * block.h + block.w * block.h));
  }

  #nearX(spaces: Spaces, at: number): boolean {
    return spaces[at]! <= this.#container.l - spaces[at + 3]!;
  }
  #nearY(spaces: Spaces, at: number): boolean {
    return spaces[at + 1]! <= this.#container.w - spaces[at + 4]!;
  }
  #nearZ(spaces: Spaces, at: number): boolean {
    return spaces[at + 2]! <= this.#container.h - spaces[at + 5]!;
  }

  /** Places a block in the corner of a space that is nearest to the container's. Changes the state. */
  #place(state: State, at: number, index: number): void {
    this.#steps += 1;
    const { spaces, left } = state;
    const block = this.#blocks[index]!;
    const x = this.#nearX(spaces, at) ? spaces[at]! : spaces[at + 3]! - block.l;
    const y = this.#nearY(spaces, at) ? spaces[at + 1]! : spaces[at + 4]! - block.w;
    const z = this.#nearZ(spaces, at) ? spaces[at + 2]! : spaces[at + 5]! - block.h;
    for (let i = 0; i < block.types.length; i++) left[block.types[i]!]! -= block.counts[i]!;
    let thin = Infinity;
    for (let type = 0; type < left.length; type++)
      if (left[type]! > 0 && this.#thin[type]! < thin) thin = this.#thin[type]!;
    state.spaces = occupy(spaces, x, y, z, x + block.l, y + block.w, z + block.h, thin);
    state.placed.push(x, y, z, index, x + block.l, y + block.w, z + block.h);
    state.volume += block.volume;
    state.worth = Number.NaN;
  }

  #placements({ placed }: State): Placement[] {
    const found: Placement[] = [];
    for (let i = 0; i < placed.length; i += PLACED) {
      for (const part of this.#blocks[placed[i + 3]!]!.parts)
        found.push({ ...part, x: part.x + placed[i]!, y: part.y + placed[i + 1]!, z: part.z + placed[i + 2]! });
    }
    return found;
  }
}

function without(spaces: Spaces, at: number): Spaces {
  return spaces.filter((_, i) => i < at || i >= at + STRIDE);
}

/** A number below 2^31 that differs for nearly all different lists. */
function hash(spaces: Spaces): number {
  let found = 0;
  for (let i = 0; i < spaces.length; i++) found = (Math.imul(found, 31) + spaces[i]!) | 0;
  return found >>> 1;
}

/** True where some space holds a box in one of its ways to stand. */
function hasRoom(spaces: Spaces, ways: readonly Size[]): boolean {
  for (let i = 0; i < spaces.length; i += STRIDE) {
    const L = spaces[i + 3]! - spaces[i]!;
    const W = spaces[i + 4]! - spaces[i + 1]!;
    const H = spaces[i + 5]! - spaces[i + 2]!;
    for (let way = 0; way < ways.length; way++) {
      const { l, w, h } = ways[way]!;
      if (l <= L && w <= W && h <= H) return true;
    }
  }
  return false;
}

function isLeft(block: Block, left: Int32Array): boolean {
  for (let i = 0; i < block.types.length; i++) if (left[block.types[i]!]! < block.counts[i]!) return false;
  return true;
}

/** For every length up to `length`: how much of it rows of boxes can use at most. */
function reach(length: number, types: readonly BoxType[], side: (size: Size) => number): Float64Array {
  const can = new Uint8Array(length + 1);
  can[0] = 1;
  const sides = new Set(types.flatMap((box) => standings(box).map(side)));
  for (const one of sides) for (let at = one; at <= length; at++) if (can[at - one] === 1) can[at] = 1;
  const most = new Float64Array(length + 1);
  for (let at = 1; at <= length; at++) most[at] = can[at] === 1 ? at : most[at - 1]!;
  return most;
}
