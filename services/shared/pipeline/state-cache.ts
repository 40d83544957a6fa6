import type { TaskSession } from './ports/index.ts';
import type { StateWrite } from './ports/task.ts';
import type { KeySearch, Processor, States, Step } from './processor.ts';

/** A state in memory. One object for all that is known of it: keys are long, and looking them up is what costs. */
class Entry {
  readonly key: string;
  /** Undefined: known to be absent. */
  value: unknown;
  /** False while it is being read. */
  loaded = false;
  dirty = false;
  dueAt: number | null = null;
  /** The generation that it was last touched in. */
  touched = 0;
  /** The last call of `ensure` that named it. */
  asked = 0;

  constructor(key: string) {
    this.key = key;
  }
}

/**
 * The task's states in memory: everything a batch has loaded or changed, and as many others as fit. Generations stand
 * in for a least-recently-used order: a state not touched for a whole generation is forgotten. States changed since the
 * last commit are never forgotten.
 */
export class StateCache implements States {
  readonly #session: Pick<TaskSession, 'load' | 'scan'>;
  readonly #processor: Processor;
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry>();
  #dirty: Entry[] = [];
  #generation = 1;
  /** States touched in this generation. */
  #young = 0;
  #asking = 0;
  reads = 0;
  hits = 0;

  /** `capacity`: states kept in memory; a resident processor keeps all. */
  constructor(session: Pick<TaskSession, 'load' | 'scan'>, processor: Processor, capacity: number) {
    this.#session = session;
    this.#processor = processor;
    this.#capacity = processor.resident ? Number.POSITIVE_INFINITY : capacity;
  }

  /** Loads every state of the task. For resident processors, once, before the first batch. */
  async loadAll(): Promise<number> {
    let count = 0;
    for await (const page of this.#session.scan()) {
      for (const { key, value } of page) {
        this.#add(key, this.#processor.decodeState(key, value));
        count += 1;
      }
    }
    return count;
  }

  /** Makes sure that `get` may be called for these keys. */
  async ensure(keys: Iterable<string>): Promise<void> {
    this.#asking += 1;
    const missing: Entry[] = [];
    for (const key of keys) {
      let entry = this.#entries.get(key);
      if (entry === undefined) {
        entry = this.#resident ? this.#add(key, undefined) : new Entry(key);
        this.#entries.set(key, entry);
      } else if (entry.asked === this.#asking) continue;
      else if (entry.loaded) this.hits += 1;
      entry.asked = this.#asking;
      this.reads += 1;
      if (entry.loaded) this.#touch(entry);
      else missing.push(entry);
    }
    if (missing.length === 0) return;
    const values = await this.#session.load(missing.map(({ key }) => key));
    missing.forEach((entry, i) => {
      const bytes = values[i] ?? null;
      entry.value = bytes === null ? undefined : this.#processor.decodeState(entry.key, bytes);
      entry.loaded = true;
      this.#touch(entry);
    });
  }

  /** Runs a step to its end, giving it what it asks for. */
  async drive(step: Step): Promise<void> {
    for (let next = step.next(); !next.done; next = step.next()) {
      const wanted = next.value;
      if ('wants' in wanted) await this.#search(wanted);
      else await this.ensure(wanted);
    }
  }

  /** What is committed and what the batch at hand has changed. */
  async #search(search: KeySearch): Promise<void> {
    const found = new Set<string>();
    for await (const page of this.#session.scan()) for (const { key } of page) if (search.wants(key)) found.add(key);
    for (const { key, value } of this.#dirty) {
      if (value === undefined) found.delete(key);
      else if (search.wants(key)) found.add(key);
    }
    search.found = [...found].sort();
  }

  /** Forgets everything: it is read differently from now on. Only when nothing is left to be written. */
  forget(): void {
    if (this.#dirty.length > 0) throw new Error('states cannot be forgotten before they are committed');
    this.#entries.clear();
    this.#generation = 1;
    this.#young = 0;
  }

  has(key: string): boolean {
    return this.#resident || this.#entries.get(key)?.loaded === true;
  }

  get(key: string): unknown {
    const entry = this.#entries.get(key);
    if (!entry?.loaded) {
      if (this.#resident) return undefined;
      throw new Error(`state ${key} was read without being announced: name it in keysOf or yield it first`);
    }
    this.#touch(entry);
    return entry.value;
  }

  put(key: string, value: unknown, dueAt: number | null): void {
    const entry = this.#entries.get(key) ?? this.#add(key, value);
    entry.value = value;
    entry.loaded = true;
    // Whole, so that every store puts them into the same order.
    entry.dueAt = dueAt === null ? null : Math.ceil(dueAt);
    this.#touch(entry);
    if (entry.dirty) return;
    entry.dirty = true;
    this.#dirty.push(entry);
  }

  delete(key: string): void {
    this.put(key, undefined, null);
  }

  *keys(prefix: string): Iterable<string> {
    for (const [key, { value }] of this.#entries) if (value !== undefined && key.startsWith(prefix)) yield key;
  }

  isDirty(key: string): boolean {
    return this.#entries.get(key)?.dirty === true;
  }

  /** Encodes what changed since the last call of `committed`. */
  writes(): StateWrite[] {
    return this.#dirty.map(({ key, value, dueAt }) => ({
      key,
      value: value === undefined ? null : this.#processor.encodeState(key, value),
      dueAt,
    }));
  }

  /** The writes are durable: they need no longer be kept, and the cache may shrink. */
  committed(): void {
    for (const entry of this.#dirty) entry.dirty = false;
    this.#dirty = [];
    if (this.#young * 2 <= this.#capacity) return;
    for (const [key, { touched, value }] of this.#entries) {
      if (touched === this.#generation) continue;
      this.#entries.delete(key);
      if (value !== undefined) this.#processor.recycleState?.(key, value);
    }
    this.#generation += 1;
    this.#young = 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  get #resident(): boolean {
    return this.#processor.resident === true;
  }

  #add(key: string, value: unknown): Entry {
    const entry = new Entry(key);
    entry.value = value;
    entry.loaded = true;
    this.#touch(entry);
    this.#entries.set(key, entry);
    return entry;
  }

  #touch(entry: Entry): void {
    if (entry.touched === this.#generation) return;
    entry.touched = this.#generation;
    this.#young += 1;
  }
}
