/** Sets of ids by key, in memory. */
export class Index {
  readonly #ids = new Map<string, Set<string>>();

  add(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids) ids.add(id);
    else this.#ids.set(key, new Set([id]));
  }

  remove(key: string, id: string): void {
    const ids = this.#ids.get(key);
    if (ids?.delete(id) && ids.size === 0) this.#ids.delete(key);
  }

  size(key: string): number {
    return this.#ids.get(key)?.size ?? 0;
  }

  /** Ids under a key as they came: only for what does not depend on their order, such as a sum or `leastOf`. */
  unsorted(key: string): Iterable<string> {
    return this.#ids.get(key) ?? [];
  }

  /** Ids under a key, sorted, so that nothing depends on the order in which they came. */
  of(key: string): string[] {
    return [...(this.#ids.get(key) ?? [])].sort();
  }

  /** As `of`, and forgets them. */
  take(key: string): string[] {
    const ids = this.of(key);
    this.#ids.delete(key);
    return ids;
  }
}

/** The least `most` values in ascending order, without sorting all: `compare` must tell any two apart. */
export function leastOf<T>(values: Iterable<T>, most: number, compare: (a: T, b: T) => number): T[] {
  const least: T[] = [];
  if (most <= 0) return least;
  for (const value of values) {
    if (least.length === most && compare(value, least[most - 1]!) > 0) continue;
    let low = 0;
    let high = least.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(least[middle]!, value) < 0) low = middle + 1;
      else high = middle;
    }
    least.splice(low, 0, value);
    if (least.length > most) least.pop();
  }
  return least;
}
