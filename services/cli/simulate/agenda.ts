/** What is still to happen, in order of time; what was put in first comes first among equals. Times are epoch ms. */
export class Agenda {
  readonly #heap: { at: number; sequence: number; run: (at: number) => void }[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Time of the next entry, or undefined when nothing is left. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Puts `run` at a time; it gets that time when it is its turn. */
  at(at: number, run: (at: number) => void): void {
    const heap = this.#heap;
    const entry = { at, sequence: this.#sequence++, run };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as typeof entry;
      if (above.at < at || (above.at === at && above.sequence < entry.sequence)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Repeats `run` every `everyMs`, first at `first`. */
  every(first: number, everyMs: number, run: (at: number) => void): void {
    this.at(first, (at) => {
      run(at);
      this.every(at + everyMs, everyMs, run);
    });
  }

  /** Takes the next entry out and runs it. Returns its time, or undefined when nothing is left. */
  runNext(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined) return undefined;
    if (heap.length > 0) this.#sink(last);
    top.run(top.at);
    return top.at;
  }

  #sink(entry: { at: number; sequence: number; run: (at: number) => void }): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right], heap[left]) ? right : left;
      if (!isBefore(heap[child], entry)) break;
      heap[index] = heap[child] as typeof entry;
      index = child;
    }
    heap[index] = entry;
  }
}

function isBefore(
  a: { at: number; sequence: number } | undefined,
  b: { at: number; sequence: number } | undefined,
): boolean {
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
