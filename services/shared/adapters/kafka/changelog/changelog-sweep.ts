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
/** What an offset costs in the log besides states: header, batch, marker of a transaction. About. */
const OFFSET_BYTES = 100;

/** One way through the log, from where it began to where it ended. */
interface Pass {
  pages: AsyncIterator<Page>;
  /** The next page, read while others are worked on. */
  ahead: Promise<IteratorResult<Page>>;
  /** Bytes that may be swept by now; a page may go beyond. */
  allowance: number;
  aliveBytes: number;
  /** Everything before it has been looked at. */
  next: number;
  done: boolean;
  /** What is alive of the last page, until a commit carries it. */
  alive: readonly StateWrite[];
  /**
   * Keys of what was alive so far, in a pass through what earlier sessions wrote: one that ended before it deleted what
   * it had carried left the same state twice, and both look alive.
   */
  found: Set<string> | undefined;
}

/**
 * Keeps a changelog from growing for ever, a page at a time after commits that have appended half as much: states at its
 * head whose newest record lies there go with the next commit to its end, and then the head is deleted. Walks the log,
 * not Redis, so that nothing is overlooked; what has been written or deleted since needs no copy.
 */
export class ChangelogSweep {
  readonly #parts: SweepParts;
  /** What lies before it, earlier sessions wrote. */
  readonly #inherited: number;
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
    this.#inherited = parts.end;
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
    const offsets = end - this.#end;
    this.#appendedBytes += bytes + offsets * OFFSET_BYTES;
    this.#appendedOffsets += offsets;
    this.#end = end;
    if (this.#pass === undefined) return;
    this.#pass.allowance += PACE * (Math.max(0, bytes - this.#carriedBytes) + offsets * OFFSET_BYTES);
    this.#pass.aliveBytes += this.#carriedBytes;
    this.#pass.alive = [];
    this.#carriedBytes = 0;
  }

  /** After a commit: looks further, if a sweep is due. A pass that fails is begun anew. */
  async step(): Promise<void> {
    if (this.#stopped || !this.#due()) return;
    const pass = this.#pass ?? this.#begin();
    this.#pass = undefined;
    if (pass.next > this.#start) await this.#truncate(pass.next);
    if (this.#stopped) return;
    if (pass.done) {
      this.#aliveBytes = pass.aliveBytes;
      return;
    }
    if (pass.allowance > 0) pass.alive = await this.#alive(pass, await this.#page(pass));
    this.#pass = pass;
  }

  #begin(): Pass {
    const pages = this.#parts.read(this.#start, this.#end)[Symbol.asyncIterator]();
    const found = this.#start < this.#inherited ? new Set<string>() : undefined;
    const none = { aliveBytes: 0, next: this.#start, done: false, alive: [] };
    return { pages, ahead: reading(pages), allowance: 1, found, ...none };
  }

  async #truncate(offset: number): Promise<void> {
    try {
      await this.#parts.truncate(offset);
      this.#start = offset;
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

  /** Newest writes by key of the next records: a page of them, or more where commits are larger than pages. */
  async #page(pass: Pass): Promise<Map<string, StateWrite>> {
    const writes = new Map<string, StateWrite>();
    const enough = Math.max(PAGE_BYTES, pass.allowance);
    let bytes = 0;
    while (bytes < enough) {
      const { value: page, done } = await pass.ahead;
      if (done) {
        pass.done = true;
        break;
      }
      pass.ahead = reading(pass.pages);
      for (const write of page.writes) writes.set(write.key, write);
      bytes += bytesOf(page.writes) + (page.next - pass.next) * OFFSET_BYTES;
      pass.next = page.next;
    }
    pass.allowance -= bytes;
    return writes;
  }

  /** Those of which the log's head holds what is true now. Any other has a newer record further on. */
  async #alive({ found }: Pass, writes: ReadonlyMap<string, StateWrite>): Promise<StateWrite[]> {
    const held = [...writes.values()].filter(({ key, value }) => value !== null && found?.has(key) !== true);
    if (held.length === 0) return [];
    const now = await this.#parts.current(held.map(({ key }) => key));
    const alive = now.filter(({ value }, i) => value?.equals(held[i]!.value!));
    for (const { key } of alive) found?.add(key);
    return alive;
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
