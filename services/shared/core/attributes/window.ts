/** Most tiles that a window is cut into: its memory, and how exactly it ends. */
const MOST_TILES = 32;
const FEWEST_TILES = 16;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000, 1];

/** How a window is cut: into at most 32 tiles, of whole days, hours, minutes or seconds where that is possible. */
export function tilesOf(windowMs: number): { tiles: number; tileMs: number } {
  for (const unit of UNITS_MS) {
    for (let tiles = MOST_TILES; tiles >= FEWEST_TILES; tiles--) {
      if (windowMs % (tiles * unit) === 0) return { tiles, tileMs: windowMs / tiles };
    }
  }
  return { tiles: MOST_TILES, tileMs: Math.max(1, Math.ceil(windowMs / MOST_TILES)) };
}

/** Joins two values of a tile; order must not matter. */
export type Combine = (a: number, b: number) => number;

/**
 * A rolling window over words of a state. Tiles are half-open, [k, k + 1) × tileMs since the epoch; the window at `now`
 * holds the tile of `now` and those before it. An empty tile is NaN. Channels are kept side by side (hits and trials).
 *
 *     newest tile | when the oldest expires | total per channel | tiles of channel 0 | tiles of channel 1 | …
 */
export class Window {
  readonly #at: number;
  readonly #tiles: number;
  readonly #tileMs: number;
  readonly #channels: number;
  readonly #combine: Combine;

  constructor(at: number, windowMs: number, channels: number, combine: Combine) {
    const { tiles, tileMs } = tilesOf(windowMs);
    this.#at = at;
    this.#tiles = tiles;
    this.#tileMs = tileMs;
    this.#channels = channels;
    this.#combine = combine;
  }

  static defaults(windowMs: number, channels: number): number[] {
    const { tiles } = tilesOf(windowMs);
    return [NaN, Infinity, ...new Array<number>(channels * (tiles + 1)).fill(NaN)];
  }

  /** True once anything has been added. */
  isSeen(nums: Float64Array): boolean {
    return !Number.isNaN(nums[this.#at]!);
  }

  /** Begin of the newest tile that holds anything, epoch ms; NaN while the window is empty. For those who look. */
  newestAt(nums: Float64Array): number {
    const newest = nums[this.#at]!;
    for (let tile = newest; tile > newest - this.#tiles; tile--) {
      for (let channel = 0; channel < this.#channels; channel++)
        if (!Number.isNaN(nums[this.#tileAt(channel, tile)]!)) return tile * this.#tileMs;
    }
    return NaN;
  }

  /** When the total next changes by itself; Infinity while the window is empty. */
  expiresAt(nums: Float64Array): number {
    return nums[this.#at + 1]!;
  }

  /** What is older than the window is left out: it would have left by now. */
  add(nums: Float64Array, t: number, channel: number, value: number): void {
    const tile = Math.floor(t / this.#tileMs);
    const newest = nums[this.#at]!;
    if (!(tile <= newest)) this.#roll(nums, tile);
    else if (tile <= newest - this.#tiles) return;
    const word = this.#tileAt(channel, tile);
    const total = this.#at + 2 + channel;
    nums[word] = this.#join(nums[word]!, value);
    nums[total] = this.#join(nums[total]!, value);
    nums[this.#at + 1] = Math.min(nums[this.#at + 1]!, (tile + this.#tiles) * this.#tileMs);
  }

  /** The total of a channel at `now`, NaN when its window is empty. */
  total(nums: Float64Array, now: number, channel: number): number {
    if (now >= nums[this.#at + 1]!) this.#roll(nums, Math.floor(now / this.#tileMs));
    return nums[this.#at + 2 + channel]!;
  }

  #join(a: number, b: number): number {
    return Number.isNaN(a) ? b : this.#combine(a, b);
  }

  #tileAt(channel: number, tile: number): number {
    return this.#at + 2 + this.#channels + channel * this.#tiles + (tile % this.#tiles);
  }

  #roll(nums: Float64Array, to: number): void {
    const newest = nums[this.#at]!;
    nums[this.#at] = to;
    if (Number.isNaN(newest)) return;
    let cleared = false;
    for (let tile = Math.max(newest + 1, to - this.#tiles + 1); tile <= to; tile++) {
      for (let channel = 0; channel < this.#channels; channel++) {
        const word = this.#tileAt(channel, tile);
        cleared ||= !Number.isNaN(nums[word]!);
        nums[word] = NaN;
      }
    }
    if (cleared) this.#sumUp(nums, to);
  }

  #sumUp(nums: Float64Array, newest: number): void {
    let oldest = Infinity;
    for (let channel = 0; channel < this.#channels; channel++) {
      let total = NaN;
      for (let tile = newest; tile > newest - this.#tiles; tile--) {
        const value = nums[this.#tileAt(channel, tile)]!;
        if (Number.isNaN(value)) continue;
        total = this.#join(total, value);
        oldest = Math.min(oldest, tile);
      }
      nums[this.#at + 2 + channel] = total;
    }
    nums[this.#at + 1] = (oldest + this.#tiles) * this.#tileMs;
  }
}
