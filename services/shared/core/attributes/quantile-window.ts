import { bucketOf, COARSEST, coarser, middleOf } from './log-buckets.ts';
import { tilesOf } from './window.ts';

/** Buckets that a tile keeps; what does not fit makes all of its buckets coarser. */
export const MOST_BUCKETS = 64;
const MOST_TILES = 8;
const FEWEST_TILES = 6;
const TILE_WORDS = 2 + 2 * MOST_BUCKETS;
/** Words before the tiles. */
const HEAD_WORDS = 3;

/**
 * A quantile over a rolling window, within words of a state. Each tile is a sketch: what it holds depends on the values
 * and not on their order. Tiles are joined on the level of the coarsest.
 *
 *     newest tile | when the oldest expires | quantile | tiles: level | buckets used | buckets, ascending | counts
 */
export class QuantileWindow {
  readonly #at: number;
  readonly #p: number;
  readonly #tiles: number;
  readonly #tileMs: number;

  /** `windowMs` Infinity: since ever. `p` within (0, 1). */
  constructor(at: number, windowMs: number, p: number) {
    const { tiles, tileMs } = cut(windowMs);
    this.#at = at;
    this.#p = p;
    this.#tiles = tiles;
    this.#tileMs = tileMs;
  }

  static defaults(windowMs: number): number[] {
    const tile = [0, 0, ...new Array<number>(2 * MOST_BUCKETS).fill(NaN)];
    return [NaN, Infinity, NaN, ...Array.from({ length: cut(windowMs).tiles }, () => tile).flat()];
  }

  /** When the value next changes by itself; Infinity while the window is empty. */
  expiresAt(nums: Float64Array): number {
    return nums[this.#at + 1]!;
  }

  /** What is older than the window is left out: it would have left by now. */
  add(nums: Float64Array, t: number, value: number): void {
    const tile = this.#tileOf(t);
    const newest = nums[this.#at]!;
    if (!(tile <= newest)) this.#roll(nums, tile);
    else if (tile <= newest - this.#tiles) return;
    count(nums, this.#tileAt(tile), value);
    const expires = (tile + this.#tiles) * this.#tileMs;
    if (expires < nums[this.#at + 1]!) nums[this.#at + 1] = expires;
    nums[this.#at + 2] = this.#quantile(nums);
  }

  /** The quantile at `now`, NaN when the window is empty. */
  value(nums: Float64Array, now: number): number {
    if (now >= nums[this.#at + 1]!) {
      this.#roll(nums, this.#tileOf(now));
      nums[this.#at + 2] = this.#quantile(nums);
    }
    return nums[this.#at + 2]!;
  }

  #tileOf(t: number): number {
    return this.#tileMs === Infinity ? 0 : Math.floor(t / this.#tileMs);
  }

  #tileAt(tile: number): number {
    return this.#at + HEAD_WORDS + (tile % this.#tiles) * TILE_WORDS;
  }

  #roll(nums: Float64Array, to: number): void {
    const newest = nums[this.#at]!;
    nums[this.#at] = to;
    if (Number.isNaN(newest)) return;
    for (let tile = Math.max(newest + 1, to - this.#tiles + 1); tile <= to; tile++) {
      const at = this.#tileAt(tile);
      nums.fill(0, at, at + 2);
      nums.fill(NaN, at + 2, at + TILE_WORDS);
    }
    let oldest = Infinity;
    for (let tile = to; tile > to - this.#tiles; tile--) if (nums[this.#tileAt(tile) + 1]! > 0) oldest = tile;
    nums[this.#at + 1] = (oldest + this.#tiles) * this.#tileMs;
  }

  /** The smallest bucket up to which there are p of all values, told by its middle. */
  #quantile(nums: Float64Array): number {
    let total = 0;
    let level = 0;
    for (let i = 0; i < this.#tiles; i++) {
      const at = this.#at + HEAD_WORDS + i * TILE_WORDS;
      places[i] = 0;
      level = Math.max(level, nums[at]!);
      for (let j = 0; j < nums[at + 1]!; j++) total += nums[at + 2 + MOST_BUCKETS + j]!;
    }
    if (total === 0) return NaN;
    let rank = Math.max(1, Math.ceil(this.#p * total));
    for (;;) {
      let next = Infinity;
      for (let i = 0; i < this.#tiles; i++) next = Math.min(next, this.#bucket(nums, i, level));
      for (let i = 0; i < this.#tiles; i++) {
        while (this.#bucket(nums, i, level) === next) {
          rank -= nums[this.#at + HEAD_WORDS + i * TILE_WORDS + 2 + MOST_BUCKETS + places[i]!]!;
          places[i]! += 1;
        }
      }
      if (rank <= 0) return middleOf(next, level);
    }
  }

  /** The bucket of a tile that is next to be counted, on a level; Infinity when all are. */
  #bucket(nums: Float64Array, tile: number, level: number): number {
    const at = this.#at + HEAD_WORDS + tile * TILE_WORDS;
    const place = places[tile]!;
    return place < nums[at + 1]! ? coarser(nums[at + 2 + place]!, level - nums[at]!) : Infinity;
  }
}

/** Scratch: how far each tile is counted. */
const places = new Float64Array(MOST_TILES);

function cut(windowMs: number): { tiles: number; tileMs: number } {
  return windowMs === Infinity ? { tiles: 1, tileMs: Infinity } : tilesOf(windowMs, MOST_TILES, FEWEST_TILES);
}

/** Counts a value in the tile that begins at a word. */
function count(nums: Float64Array, at: number, value: number): void {
  for (;;) {
    const used = nums[at + 1]!;
    const bucket = bucketOf(value, nums[at]!);
    let i = 0;
    while (i < used && nums[at + 2 + i]! < bucket) i++;
    const buckets = at + 2;
    const counts = buckets + MOST_BUCKETS;
    if (i < used && nums[buckets + i] === bucket) {
      nums[counts + i]! += 1;
      return;
    }
    if (used < MOST_BUCKETS) {
      nums.copyWithin(buckets + i + 1, buckets + i, buckets + used);
      nums.copyWithin(counts + i + 1, counts + i, counts + used);
      nums[buckets + i] = bucket;
      nums[counts + i] = 1;
      nums[at + 1] = used + 1;
      return;
    }
    coarsen(nums, at);
  }
}

/** Two buckets become one, until there is room for another. */
function coarsen(nums: Float64Array, at: number): void {
  const buckets = at + 2;
  const counts = buckets + MOST_BUCKETS;
  while (nums[at + 1] === MOST_BUCKETS && nums[at]! < COARSEST) {
    nums[at]! += 1;
    let used = 0;
    for (let i = 0; i < MOST_BUCKETS; i++) {
      const bucket = coarser(nums[buckets + i]!, 1);
      const amount = nums[counts + i]!;
      if (used > 0 && nums[buckets + used - 1] === bucket) nums[counts + used - 1]! += amount;
      else {
        nums[buckets + used] = bucket;
        nums[counts + used] = amount;
        used++;
      }
    }
    nums.fill(NaN, buckets + used, buckets + MOST_BUCKETS);
    nums.fill(NaN, counts + used, counts + MOST_BUCKETS);
    nums[at + 1] = used;
  }
}
