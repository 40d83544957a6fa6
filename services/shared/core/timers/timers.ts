/**
 * Instants by key, earliest first; ties by key, so that the order does not depend on how the heap was built. Replaced
 * and cancelled entries stay in the heap until they surface, which keeps every operation at O(log n).
 */
export class Timers {
  readonly #due = new Map<string, number>();
  readonly #heap: { key: string; at: number }[] = [];

  /** Sets or replaces the instant (epoch ms) of a key; null cancels it. */
  set(key: string, at: number | null): void {
    if (at === null) {
      this.#due.delete(key);
      return;
    }
    if (this.#due.get(key) === at) return;
    this.#due.set(key, at);
    this.#push({ key, at });
  }

  /** When this key is due, or undefined. */
  at(key: string): number | undefined {
    return this.#due.get(key);
  }

  /** Takes the earliest entry at or before `until`; undefined when there is none. */
  pop(until: number): { key: string; at: number } | undefined {
    for (let top = this.#heap[0]; top !== undefined && top.at <= until; top = this.#heap[0]) {
      this.#removeTop();
      if (this.#due.get(top.key) !== top.at) continue;
      this.#due.delete(top.key);
      return top;
    }
    return undefined;
  }

  /** The earliest instant, or undefined when there is none. */
  next(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#due.get(top.key) === top.at) return top.at;
      this.#removeTop();
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
