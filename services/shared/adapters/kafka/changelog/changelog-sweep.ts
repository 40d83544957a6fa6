import type { StateWrite } from '@detent/pipeline';
import { packedBytes } from '@detent/pipeline';

interface Page {
  writes: StateWrite[];
  next: number;
}

/** What the sweep needs of the changelog and of the session in whose queue it runs. */
export interface SweepParts {
  /** Where the log begins and ends now. */
  start: number;
  end: number;
  /** A log that is smaller is left alone. */
  minBytes: number;
  read(from: number, end: number): AsyncIterable<Page>;
  /** Lets the log begin at `offset`. */
  truncate(offset: number): Promise<void>;
  /** States as they are now; `value: null` where there is none. */
  current(keys: readonly string[]): Promise<StateWrite[]>;
  /** The log cannot be shortened (rights, say); nothing is lost, but it grows. */
  onRefused(error: unknown): void;
}

/** A sweep begins when the log is this many times what was alive in it at the last one. */
const GROWTH = 3;
const PAGE_BYTES = 256 * 1024;
/** Bytes that are swept for each that is appended: a pass is over before the log has grown by half. */
const PACE = 2;
/** The broker is asked to delete what lies before this many bytes further on, not after each page. */
const TRUNCATE_BYTES = 8 * PAGE_BYTES;

/** One way through the log, from where it began to where it ended. */
interface Pass {
  pages: AsyncIterator<Page>;
  /** The next page, read while others are worked on. */
  ahead: Promise<IteratorResult<Page>>;
  /** Bytes that may be swept by now; a page may go beyond. */
  allowance: number;
  aliveBytes: number;
  /** Bytes looked at that are still in the log. */
  untruncated: number;
  /** Everything before it has been looked at. */
  next: number;
  done: boolean;
  /** What is alive of the last page, until a commit carries it. */
  alive: readonly StateWrite[];
}

/**
 * Keeps a changelog from growing for ever, a page at a time after commits that have appended half as much: states at its
 * head whose newest record lies there go with the next commit to its end, and then the head is deleted. Walks the log,
 * not Redis, so that nothing is overlooked; what has been written or deleted since needs no copy.
 */
export class ChangelogSweep {
  readonly #parts: SweepParts;
  #start: number;
  #end: number;
  #appendedBytes = 0;
  #appendedOffsets = 0;
  #aliveBytes = 0;
  #pass: Pass | undefined;
  #carriedBytes = 0;
  #stopped = false;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#start = parts.start;
    this.#end = parts.end;
  }

  /** What a commit of `written` must put at the end of the log besides; Redis holds it already. */
  carry(written: readonly StateWrite[]): StateWrite[] {
    const { alive } = this.#pass ?? { alive: [] };
    if (alive.length === 0) return [];
    const keys = new Set(written.map(({ key }) => key));
    const carried = alive.filter(({ key }) => !keys.has(key));
    this.#carriedBytes = bytesOf(carried);
    return carried;
  }

  /** A commit appended `bytes` of states, what it carried among them, to the log, which now ends at `end`. */
  appended(bytes: number, end: number): void {
    this.#appendedBytes += bytes;
    this.#appendedOffsets += end - this.#end;
    this.#end = end;
    if (this.#pass === undefined) return;
    this.#pass.allowance += PACE * Math.max(0, bytes - this.#carriedBytes);
    this.#pass.aliveBytes += this.#carriedBytes;
    this.#pass.alive = [];
    this.#carriedBytes = 0;
  }

  /** After a commit: looks at one more page, if a sweep is due. */
  async step(): Promise<void> {
    if (this.#stopped || !this.#due()) return;
    this.#pass ??= this.#begin();
    const pass = this.#pass;
    if (pass.done || pass.untruncated >= TRUNCATE_BYTES) await this.#truncate(pass);
    if (pass.done) {
      this.#aliveBytes = pass.aliveBytes;
      this.#pass = undefined;
    } else if (pass.allowance > 0) {
      pass.alive = await this.#alive(await this.#page(pass));
    }
  }

  #begin(): Pass {
    const pages = this.#parts.read(this.#start, this.#end)[Symbol.asyncIterator]();
    const none = { aliveBytes: 0, untruncated: 0, next: this.#start, done: false, alive: [] };
    return { pages, ahead: reading(pages), allowance: 1, ...none };
  }

  async #truncate(pass: Pass): Promise<void> {
    try {
      if (pass.next > this.#start) await this.#parts.truncate(pass.next);
      this.#start = pass.next;
      pass.untruncated = 0;
    } catch (error) {
      this.#stopped = true;
      this.#parts.onRefused(error);
    }
  }

  /** The size of the log is reckoned from what this session wrote: the broker is not asked. */
  #due(): boolean {
    if (this.#pass !== undefined) return true;
    if (this.#appendedOffsets === 0) return false;
    const bytes = ((this.#end - this.#start) * this.#appendedBytes) / this.#appendedOffsets;
    return bytes > Math.max(this.#parts.minBytes, GROWTH * this.#aliveBytes);
  }

  /** Newest writes by key of the next records. */
  async #page(pass: Pass): Promise<Map<string, StateWrite>> {
    const writes = new Map<string, StateWrite>();
    let bytes = 0;
    while (bytes < PAGE_BYTES) {
      const { value: page, done } = await pass.ahead;
      if (done) {
        pass.done = true;
        break;
      }
      pass.ahead = reading(pass.pages);
      for (const write of page.writes) writes.set(write.key, write);
      bytes += bytesOf(page.writes);
      pass.next = page.next;
    }
    pass.allowance -= bytes;
    pass.untruncated += bytes;
    return writes;
  }

  /** Those of which the log's head holds what is true now. Any other has a newer record further on. */
  async #alive(writes: ReadonlyMap<string, StateWrite>): Promise<StateWrite[]> {
    const held = [...writes.values()].filter(({ value }) => value !== null);
    if (held.length === 0) return [];
    const now = await this.#parts.current(held.map(({ key }) => key));
    return now.filter(({ value }, i) => value?.equals(held[i]!.value!));
  }
}

function bytesOf(writes: readonly StateWrite[]): number {
  return writes.reduce((sum, write) => sum + packedBytes(write), 0);
}

/** What fails is told to whoever waits for it; nobody may, once the session is over. */
function reading<T>(pages: AsyncIterator<T>): Promise<IteratorResult<T>> {
  const next = pages.next();
  next.catch(() => undefined);
  return next;
}
