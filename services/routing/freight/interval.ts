/** Past errors that an interval rests on, at most. */
const KEPT = 600;
/** Below so many of its own, a group takes the errors of all. */
const LEAST = 60;

/**
 * How wide an estimate must be called: quantiles of the errors of past estimates, each made before its outcome was known
 * (split conformal prediction, Papadopoulos and others 2002, over a sliding window). In logarithms: as ratios.
 */
export class PastErrors {
  readonly #all: number[] = [];
  readonly #byGroup = new Map<string, number[]>();
  /** Ranges asked for since the last error, by group and share. */
  readonly #ranges = new Map<string, [number, number]>();

  /** `error`: logarithm of outcome ÷ estimate. */
  add(group: string, error: number): void {
    this.#ranges.clear();
    const own = this.#byGroup.get(group) ?? [];
    this.#byGroup.set(group, own);
    for (const errors of [this.#all, own]) {
      errors.push(error);
      if (errors.length > KEPT) errors.shift();
    }
  }

  /** Lower and upper error that the given share of outcomes lies between; undefined while too few are known. */
  range(group: string, share: number): [number, number] | undefined {
    const key = `${share} ${group}`;
    const known = this.#ranges.get(key);
    if (known) return known;
    const own = this.#byGroup.get(group) ?? [];
    const errors = own.length >= LEAST ? own : this.#all;
    if (errors.length < LEAST) return undefined;
    const sorted = [...errors].sort((a, b) => a - b);
    const outside = ((1 - share) / 2) * (sorted.length + 1);
    const low = Math.max(0, Math.floor(outside) - 1);
    const range: [number, number] = [sorted[low]!, sorted[sorted.length - 1 - low]!];
    this.#ranges.set(key, range);
    return range;
  }
}
