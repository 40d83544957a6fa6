import { Timers } from '@detent/core';
import type { StateWrite, TaskSession } from '../ports/index.ts';

/** A task's committed states in memory: what stands for the store when batches are repeated. */
export class MemoryStates implements Pick<TaskSession, 'load' | 'scan'> {
  readonly #values = new Map<string, Buffer>();
  readonly #due = new Timers();

  get size(): number {
    return this.#values.size;
  }

  value(key: string): Buffer | undefined {
    return this.#values.get(key);
  }

  dueAt(key: string): number | null {
    return this.#due.at(key) ?? null;
  }

  entries(): IterableIterator<[string, Buffer]> {
    return this.#values.entries();
  }

  async load(keys: readonly string[]): Promise<(Buffer | null)[]> {
    return keys.map((key) => this.#values.get(key) ?? null);
  }

  async *scan(): AsyncIterable<{ key: string; value: Buffer }[]> {
    yield [...this.#values].map(([key, value]) => ({ key, value }));
  }

  /** Takes the first `count` that are due at `until` (epoch ms). The batch that they belong to writes every one of them. */
  takeDue(until: number, count: number): { key: string; dueAt: number }[] {
    const due: { key: string; dueAt: number }[] = [];
    while (due.length < count) {
      const next = this.#due.pop(until);
      if (next === undefined) break;
      due.push({ key: next.key, dueAt: next.at });
    }
    return due;
  }

  /** Values are kept as they are: the caller does not hand over parts of larger buffers. */
  apply(writes: readonly StateWrite[]): void {
    for (const { key, value, dueAt } of writes) {
      if (value === null) this.#values.delete(key);
      else this.#values.set(key, value);
      this.#due.set(key, value === null ? null : dueAt);
    }
  }
}
