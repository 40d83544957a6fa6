/** A key's instant, and where in the heap it is found: there at the latest, for it may have been put off since. */
interface Timer {
  at: number;
  queuedAt: number;
}

/**
 * Instants by key, earliest first; ties by key, so that the order does not depend on how the heap was built. What is put
 * off stays where it is in the heap until it surfaces there: most timers are put off again and again before they fire.
 */
export class Timers {
  readonly #due = new Map<string, Timer>();
  readonly #heap: { key: string; at: number }[] = [];

  /** Sets or replaces the instant (epoch ms) of a key; null cancels it. */
  set(key: string, at: number | null): void {
    if (at === null) {
      this.#due.delete(key);
      return;
    }
    const timer = this.#due.get(key);
    if (timer === undefined) {
      this.#due.set(key, { at, queuedAt: at });
      this.#push({ key, at });
      return;
    }
    timer.at = at;
    if (at >= timer.queuedAt) return;
    timer.queuedAt = at;
    this.#push({ key, at });
  }

  /** When this key is due, or undefined. */
  at(key: string): number | undefined {
    return this.#due.get(key)?.at;
  }

  /** Takes the earliest entry at or before `until`; undefined when there is none. */
  pop(until: number): { key: string; at: number } | undefined {
    const top = this.#top(until);
    if (top === undefined) return undefined;
    this.#removeTop();
    this.#due.delete(top.key);
    return top;
  }

  /** The earliest instant, or undefined when there is none. */
  next(): number | undefined {
    return this.#top(Number.POSITIVE_INFINITY)?.at;
  }

  /** Brings the earliest timer to the top, if it is due by `until`: what was put off goes to where it belongs now. */
  #top(until: number): { key: string; at: number } | undefined {
    for (let top = this.#heap[0]; top !== undefined && top.at <= until; top = this.#heap[0]) {
      const timer = this.#due.get(top.key);
      const isStale = timer === undefined || timer.queuedAt !== top.at;
      if (!isStale && timer.at === top.at) return top;
      this.#removeTop();
      if (isStale) continue;
      timer.queuedAt = timer.at;
      this.#push({ key: top.key, at: timer.at });
    }
    return undefined;
  }

  #push(entry: { key: string; at: number }): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = entry;
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
  }
}

function before(a: { key: string; at: number }, b: { key: string; at: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}
