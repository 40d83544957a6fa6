/** Points that are kept. */
const POINTS = 32;

/**
 * The last values of a number with their instants, for whoever asks what it was: the newest point is exact, those before it
 * lie a 31st of the span apart or a little more, and between two the value is taken to go in a straight line. In words of a state:
 * how many points, then their instants (epoch ms, ascending), then their values.
 */
export class History {
  static readonly defaults: readonly number[] = [0, ...Array<number>(2 * POINTS).fill(NaN)];
  readonly #at: number;
  readonly #stepMs: number;

  /** `at`: its first word. `spanMs`: it goes back so far at least, once it has lasted so long. */
  constructor(at: number, spanMs: number) {
    this.#at = at;
    this.#stepMs = spanMs / (POINTS - 1);
  }

  /** Notes a value as of `t`; as of the newest point where that is later. */
  note(nums: Float64Array, t: number, value: number): void {
    const at = this.#at;
    const times = at + 1;
    const values = times + POINTS;
    let next = nums[at]!;
    const newest = next > 0 ? nums[times + next - 1]! : -Infinity;
    // The newest point moves on until it is far enough from the one before it.
    const isOpen = next > 1 && newest - nums[times + next - 2]! < this.#stepMs;
    if (t <= newest || isOpen) next -= 1;
    else if (next === POINTS) {
      nums.copyWithin(times, times + 1, times + POINTS);
      nums.copyWithin(values, values + 1, values + POINTS);
      next -= 1;
    }
    nums[times + next] = Math.max(t, newest);
    nums[values + next] = value;
    nums[at] = next + 1;
  }

  /** The value as of `t`: before the first point that one, after the newest that; NaN where none was noted. */
  valueAt(nums: Float64Array, t: number): number {
    const times = this.#at + 1;
    const values = times + POINTS;
    const count = nums[this.#at]!;
    let after = 0;
    while (after < count && nums[times + after]! <= t) after += 1;
    if (count === 0) return NaN;
    if (after === 0) return nums[values]!;
    if (after === count) return nums[values + count - 1]!;
    const [from, to] = [nums[times + after - 1]!, nums[times + after]!];
    const [first, second] = [nums[values + after - 1]!, nums[values + after]!];
    return first + ((second - first) * (t - from)) / (to - from);
  }
}
