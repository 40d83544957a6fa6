import type { CopiedState, CopiedStates } from '@detent/pipeline';

/** Compares a store's copy of a task's states with the fold of the changelog, at the place where the copy was made. */
export class CopyCheck {
  readonly #copy: CopiedStates;
  #differing: Map<string, string> | undefined;

  constructor(copy: CopiedStates) {
    this.#copy = copy;
  }

  /** To be called before each changelog batch is folded, with the fold so far, the batch's offset and its keys. */
  before(fold: ReadonlyMap<string, CopiedState>, offset: number, keys: Iterable<string>): void {
    if (offset >= this.#copy.from) this.#compare(fold);
    // What was written while the copy was made may stand in it or not.
    if (offset >= this.#copy.from && offset < this.#copy.until) for (const key of keys) this.#differing?.delete(key);
  }

  /** Keys that differ, and how, once all is folded. */
  result(fold: ReadonlyMap<string, CopiedState>): ReadonlyMap<string, string> {
    this.#compare(fold);
    return this.#differing ?? new Map();
  }

  #compare(fold: ReadonlyMap<string, CopiedState>): void {
    if (this.#differing !== undefined) return;
    this.#differing = new Map();
    const { states, strayDue } = this.#copy;
    for (const [key, { hash, dueAt }] of fold) {
      const copied = states.get(key);
      if (copied === undefined) this.#differing.set(key, 'is not there');
      else if (copied.hash !== hash) this.#differing.set(key, 'holds other bytes');
      else if (copied.dueAt !== dueAt)
        this.#differing.set(key, `is due at ${copied.dueAt ?? 'no time'} instead of ${dueAt ?? 'no time'}`);
    }
    for (const key of states.keys()) if (!fold.has(key)) this.#differing.set(key, 'is there, and should not be');
    for (const key of strayDue) this.#differing.set(key, 'has a due time, and no state');
  }
}
