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
