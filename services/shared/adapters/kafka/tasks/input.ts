import type { LogRecord, TaskInput } from '@detent/pipeline';
import type { Arrival, GroupConsumer } from '../client/client.ts';

/** How much a queue may hold before its partition is paused; it is resumed at half. */
export const QUEUE_LIMIT = { records: 20_000, bytes: 16 * 1024 * 1024 } as const;

/** Without a batch for this long, after this many fetches, what is not readable is not waited for. */
const QUIET_MS = 300;
const QUIET_FETCHES = 2;
const COMPACT_AT = 4096;

/** What an input asks of the consumer that feeds it. */
export interface Feed extends Pick<GroupConsumer, 'seek' | 'pause' | 'resume'> {
  now(): number;
}

/** One partition as a queue between the consumer, which fills it, and the task, which empties it. */
export class KafkaInput implements TaskInput {
  readonly topic: string;
  readonly partition: number;
  readonly #feed: Feed;
  readonly #notify: () => void;
  #queue: LogRecord[] = [];
  #at = 0;
  #bytes = 0;
  #next: number;
  #end: number;
  #full = false;
  #open = false;
  #sought = false;
  #quietSince = 0;
  #quietFetches = 0;

  /** `next` is where reading begins, `end` the end of the partition as last heard; `notify` is called on news. */
  constructor(topic: string, partition: number, next: number, end: number, feed: Feed, notify: () => void) {
    this.topic = topic;
    this.partition = partition;
    this.#next = next;
    this.#end = end;
    this.#feed = feed;
    this.#notify = notify;
  }

  peek(): LogRecord | undefined {
    return this.#queue[this.#at];
  }

  shift(): LogRecord | undefined {
    const record = this.#queue[this.#at];
    if (record === undefined) return undefined;
    this.#at += 1;
    this.#bytes -= sizeOf(record);
    if (this.#at === this.#queue.length || this.#at >= COMPACT_AT) {
      this.#queue = this.#queue.slice(this.#at);
      this.#at = 0;
    }
    if (this.#full && this.#length <= QUEUE_LIMIT.records / 2 && this.#bytes <= QUEUE_LIMIT.bytes / 2) {
      this.#full = false;
      this.#heard();
      if (this.#open) this.#feed.resume(this.topic, this.partition);
    }
    return record;
  }

  get caughtUp(): boolean {
    if (this.#length > 0) return false;
    if (this.#next >= this.#end) return true;
    // What is left may be nothing that can be read: markers compacted away, or a transaction that hangs.
    return this.#quietFetches >= QUIET_FETCHES && this.#feed.now() - this.#quietSince >= QUIET_MS;
  }

  /** Records that were filtered out (transaction markers, aborted) count as handed over once nothing precedes them. */
  get position(): number {
    return this.#queue[this.#at]?.offset ?? this.#next;
  }

  get end(): number {
    return Math.max(this.#end, this.#next);
  }

  /** Begins to take batches: after the fence, and again when the group has been joined anew. */
  open(): void {
    this.#open = true;
    this.#seek();
    if (!this.#full) this.#feed.resume(this.topic, this.partition);
  }

  /** Takes nothing any more. */
  close(): void {
    this.#open = false;
  }

  /** A batch with records. One that does not follow on what came before is of a fetch made before a seek: dropped. */
  arrive({ fetchedOffset, next, highWatermark, records }: Arrival): void {
    if (!this.#open) return;
    if (fetchedOffset !== this.#next) {
      this.#seek();
      this.#sought = true;
      return;
    }
    this.#sought = false;
    for (const record of records) {
      this.#queue.push(record);
      this.#bytes += sizeOf(record);
    }
    this.#advance(next, highWatermark);
    if (!this.#full && (this.#length >= QUEUE_LIMIT.records || this.#bytes >= QUEUE_LIMIT.bytes)) {
      this.#full = true;
      this.#feed.pause(this.topic, this.partition);
    }
  }

  /**
   * A batch of which nothing was left, from `first` (null: unknown) on. The consumer does not say where the fetch
   * began, so a gap before `first` (compaction) is only believed when we have just sent it to our own position.
   */
  arriveEmpty({ first, next, highWatermark }: { first: number | null; next: number; highWatermark: number }): void {
    if (!this.#open) return;
    const follows = first === null ? next === this.#next + 1 : first === this.#next;
    if (!follows && !(this.#sought && first !== null && first > this.#next)) return;
    this.#sought = false;
    this.#advance(next, highWatermark);
  }

  /** A fetch of the consumer ended, whatever it brought. */
  fetched(): void {
    if (this.#open && !this.#full) this.#quietFetches += 1;
  }

  get #length(): number {
    return this.#queue.length - this.#at;
  }

  #advance(next: number, highWatermark: number): void {
    this.#next = next;
    this.#end = Math.max(this.#end, highWatermark);
    this.#heard();
    this.#notify();
  }

  #heard(): void {
    this.#quietSince = this.#feed.now();
    this.#quietFetches = 0;
  }

  #seek(): void {
    this.#heard();
    this.#feed.seek(this.topic, this.partition, this.#next);
  }
}

function sizeOf({ key, value }: LogRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + 100;
}
