import type { StateWrite } from '@detent/pipeline';
import { packedBytes } from '@detent/pipeline';

/** What the sweep needs of the changelog and of the session in whose queue it runs. */
export interface SweepParts {
  /** Where the log begins and ends now. */
  start: number;
  end: number;
  /** A log that is smaller is left alone. */
  minBytes: number;
  read(from: number, end: number): AsyncIterable<{ writes: StateWrite[]; next: number }>;
  /** Lets the log begin at `offset`. */
  truncate(offset: number): Promise<void>;
  /** States as they are now; `value: null` where there is none. */
  current(keys: readonly string[]): Promise<StateWrite[]>;
  /** Writes states to the end of the log, in a transaction of its own. */
  rewrite(writes: readonly StateWrite[]): Promise<void>;
  /** The log cannot be shortened (rights, say); nothing is lost, but it grows. */
  onRefused(error: unknown): void;
}

/** A sweep begins when the log is this many times what was alive in it at the last one. */
const GROWTH = 3;
const PAGE_BYTES = 1024 * 1024;

/**
 * Keeps a changelog from growing for ever, a page after a commit at a time: states at its head whose newest record lies
 * there are written again at its end, and then the head is deleted. Walks the log, not Redis, so that nothing is
 * overlooked; what has been written or deleted since needs no copy.
 */
export class ChangelogSweep {
  readonly #parts: SweepParts;
  #start: number;
  #end: number;
  #appendedBytes = 0;
  #appendedOffsets = 0;
  #aliveBytes = 0;
  #pass: { end: number; aliveBytes: number } | undefined;
  #stopped = false;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#start = parts.start;
    this.#end = parts.end;
  }

  /** Something was committed to the log, which now ends at `end`. */
  appended(bytes: number, end: number): void {
    this.#appendedBytes += bytes;
    this.#appendedOffsets += end - this.#end;
    this.#end = end;
  }

  /** One page, if a sweep is due. Throws when the rewriting transaction fails; then the session is over. */
  async step(): Promise<void> {
    if (this.#stopped || !this.#due()) return;
    this.#pass ??= { end: this.#end, aliveBytes: 0 };
    const { writes, next } = await this.#page(this.#pass.end);
    const alive = await this.#alive(writes);
    if (alive.length > 0) await this.#parts.rewrite(alive);
    for (const write of alive) this.#pass.aliveBytes += packedBytes(write);
    try {
      if (next > this.#start) await this.#parts.truncate(next);
    } catch (error) {
      this.#stopped = true;
      this.#parts.onRefused(error);
      return;
    }
    this.#start = next;
    if (next < this.#pass.end) return;
    this.#aliveBytes = this.#pass.aliveBytes;
    this.#pass = undefined;
  }

  /** The size of the log is reckoned from what this session wrote: the broker is not asked. */
  #due(): boolean {
    if (this.#pass !== undefined) return true;
    if (this.#appendedOffsets === 0) return false;
    const bytes = ((this.#end - this.#start) * this.#appendedBytes) / this.#appendedOffsets;
    return bytes > Math.max(this.#parts.minBytes, GROWTH * this.#aliveBytes);
  }

  /** Newest writes by key of the first records; `next` is `end` when there is nothing more before it. */
  async #page(end: number): Promise<{ writes: Map<string, StateWrite>; next: number }> {
    const writes = new Map<string, StateWrite>();
    let bytes = 0;
    for await (const page of this.#parts.read(this.#start, end)) {
      for (const write of page.writes) {
        bytes += packedBytes(write);
        writes.set(write.key, write);
      }
      if (bytes >= PAGE_BYTES) return { writes, next: page.next };
    }
    return { writes, next: end };
  }

  /** Those of which the log's head holds what is true now. Any other has a newer record further on. */
  async #alive(writes: ReadonlyMap<string, StateWrite>): Promise<StateWrite[]> {
    const held = [...writes.values()].filter(({ value }) => value !== null);
    if (held.length === 0) return [];
    const now = await this.#parts.current(held.map(({ key }) => key));
    return now.filter(({ value }, i) => value?.equals(held[i]!.value!));
  }
}
