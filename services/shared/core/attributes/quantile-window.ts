import { addSketch, addValue, clearSketch, EMPTY_SKETCH, quantileOf, SKETCH_WORDS } from './sketch.ts';
import { tilesOf } from './window.ts';

const MOST_TILES = 8;
const FEWEST_TILES = 6;
/** Words before the sketches. */
const HEAD_WORDS = 2;

/**
 * A quantile over a rolling window, within words of a state: a sketch of all that is in the window, and one of each tile,
 * to make the first anew from when a tile leaves.
 *
 *     newest tile | when the oldest expires | sketch of the window | sketches of the tiles
 */
export class QuantileWindow {
  readonly #at: number;
  readonly #p: number;
  readonly #tiles: number;
  readonly #tileMs: number;

  /** `windowMs` Infinity: since ever, and without tiles. `p` within (0, 1). */
  constructor(at: number, windowMs: number, p: number) {
    const { tiles, tileMs } = cut(windowMs);
    this.#at = at;
    this.#p = p;
    this.#tiles = tiles;
    this.#tileMs = tileMs;
  }

  static defaults(windowMs: number): number[] {
    return [NaN, Infinity, ...Array.from({ length: 1 + cut(windowMs).tiles }, () => EMPTY_SKETCH).flat()];
  }

  /** When the value next changes by itself; Infinity while the window is empty. */
  expiresAt(nums: Float64Array): number {
    return nums[this.#at + 1]!;
  }

  /** What is older than the window is left out: it would have left by now. */
  add(nums: Float64Array, t: number, value: number): void {
    if (this.#tiles > 0) {
      const tile = Math.floor(t / this.#tileMs);
      const newest = nums[this.#at]!;
      if (!(tile <= newest)) this.#roll(nums, tile);
      else if (tile <= newest - this.#tiles) return;
      addValue(nums, this.#tileAt(tile), value);
      const expires = (tile + this.#tiles) * this.#tileMs;
      if (expires < nums[this.#at + 1]!) nums[this.#at + 1] = expires;
    }
    addValue(nums, this.#at + HEAD_WORDS, value);
  }

  /** The quantile at `now`, NaN when the window is empty. */
  value(nums: Float64Array, now: number): number {
    if (now >= nums[this.#at + 1]!) this.#roll(nums, Math.floor(now / this.#tileMs));
    return quantileOf(nums, this.#at + HEAD_WORDS, this.#p);
  }

  #tileAt(tile: number): number {
    return this.#at + HEAD_WORDS + (1 + (tile % this.#tiles)) * SKETCH_WORDS;
  }

  #roll(nums: Float64Array, to: number): void {
    const newest = nums[this.#at]!;
    nums[this.#at] = to;
    if (Number.isNaN(newest)) return;
    let cleared = false;
    for (let tile = Math.max(newest + 1, to - this.#tiles + 1); tile <= to; tile++) {
      const at = this.#tileAt(tile);
      if (nums[at + 1] === 0) continue;
      clearSketch(nums, at);
      cleared = true;
    }
    if (cleared) this.#sumUp(nums, to);
  }

  #sumUp(nums: Float64Array, newest: number): void {
    const window = this.#at + HEAD_WORDS;
    clearSketch(nums, window);
    let oldest = Infinity;
    for (let tile = newest; tile > newest - this.#tiles; tile--) {
      const at = this.#tileAt(tile);
      if (nums[at + 1] === 0) continue;
      oldest = tile;
      addSketch(nums, window, at);
    }
    nums[this.#at + 1] = (oldest + this.#tiles) * this.#tileMs;
  }
}

function cut(windowMs: number): { tiles: number; tileMs: number } {
  return windowMs === Infinity ? { tiles: 0, tileMs: Infinity } : tilesOf(windowMs, MOST_TILES, FEWEST_TILES);
}
