import type { TaskSession } from './ports/index.ts';
import type { StateWrite } from './ports/task.ts';
import type { Processor, States } from './processor.ts';

interface Entry {
  /** Undefined: known to be absent. */
  value: unknown;
}

/**
 * The task's states in memory: everything a batch has loaded or changed, and as many others as fit. Two generations
 * stand in for a least-recently-used order: a state not touched for a whole generation is forgotten. States changed
 * since the last commit are never forgotten.
 */
export class StateCache implements States {
  readonly #session: TaskSession;
  readonly #processor: Processor;
  readonly #capacity: number;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  readonly #dirty = new Map<string, number | null>();
  reads = 0;
  hits = 0;

  /** `capacity`: states kept in memory; a resident processor keeps all. */
  constructor(session: TaskSession, processor: Processor, capacity: number) {
    this.#session = session;
    this.#processor = processor;
    this.#capacity = processor.resident ? Number.POSITIVE_INFINITY : capacity;
  }

  /** Loads every state of the task. For resident processors, once, before the first batch. */
  async loadAll(): Promise<number> {
    let count = 0;
    for await (const page of this.#session.scan()) {
      for (const { key, value } of page) {
        this.#young.set(key, { value: this.#processor.decodeState(key, value) });
        count += 1;
      }
    }
    return count;
  }

  /** Makes sure that `get` may be called for these keys. */
  async ensure(keys: Iterable<string>): Promise<void> {
    const missing: string[] = [];
    const asked = new Set<string>();
    for (const key of keys) {
      if (asked.has(key)) continue;
      asked.add(key);
      this.reads += 1;
      if (this.#touch(key) !== undefined) this.hits += 1;
      else if (this.#processor.resident) this.#young.set(key, { value: undefined });
      else missing.push(key);
    }
    if (missing.length === 0) return;
    const values = await this.#session.load(missing);
    for (let i = 0; i < missing.length; i += 1) {
      const key = missing[i]!;
      const bytes = values[i] ?? null;
      this.#young.set(key, { value: bytes === null ? undefined : this.#processor.decodeState(key, bytes) });
    }
  }

  has(key: string): boolean {
    return this.#processor.resident === true || this.#young.has(key) || this.#old.has(key);
  }

  get(key: string): unknown {
    const entry = this.#touch(key);
    if (entry === undefined) {
      if (this.#processor.resident) return undefined;
      throw new Error(`state ${key} was read without being announced: name it in keysOf or yield it first`);
    }
    return entry.value;
  }

  put(key: string, value: unknown, dueAt: number | null): void {
    const entry = this.#touch(key);
    if (entry) entry.value = value;
    else this.#young.set(key, { value });
    this.#dirty.set(key, dueAt);
  }

  delete(key: string): void {
    this.put(key, undefined, null);
  }

  *keys(prefix: string): Iterable<string> {
    for (const [key, entry] of this.#old)
      if (entry.value !== undefined && key.startsWith(prefix) && !this.#young.has(key)) yield key;
    for (const [key, entry] of this.#young) if (entry.value !== undefined && key.startsWith(prefix)) yield key;
  }

  isDirty(key: string): boolean {
    return this.#dirty.has(key);
  }

  /** Encodes what changed since the last call of `committed`. */
  writes(): StateWrite[] {
    const writes: StateWrite[] = [];
    for (const [key, dueAt] of this.#dirty) {
      const value = this.#touch(key)?.value;
      writes.push({ key, value: value === undefined ? null : this.#processor.encodeState(key, value), dueAt });
    }
    return writes;
  }

  /** The writes are durable: they need no longer be kept, and the cache may shrink. */
  committed(): void {
    this.#dirty.clear();
    if (this.#young.size * 2 <= this.#capacity) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  #touch(key: string): Entry | undefined {
    const young = this.#young.get(key);
    if (young) return young;
    const old = this.#old.get(key);
    if (old) {
      this.#old.delete(key);
      this.#young.set(key, old);
    }
    return old;
  }
}
