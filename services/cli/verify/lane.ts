import type { LogClient, LogRecord, OutRecord } from '@detent/pipeline';
import { contentOf } from './identity.ts';
import { readPartition } from './partition-reader.ts';

/** An output that must be there, and the batch that wrote it. */
export interface Expected {
  record: OutRecord;
  /** Changelog offset of the batch. */
  batch: number;
  task: number;
  now: number;
}

/** What was expected of one partition and never seen, and the other way round. */
export interface Leftovers {
  expected: Expected[];
  seen: LogRecord[];
}

/** What a lane counts as its own. */
export interface LaneRules {
  /** Records of others in the same topic are passed over. */
  mine(record: LogRecord): boolean;
  /** What was written earlier (epoch ms) is not looked at. */
  since: number;
}

interface Balance {
  expected: Expected[];
  seen: LogRecord[];
}

/**
 * One output partition: what must be in it against what a reader of committed records gets, in any order, as two
 * multisets. It reads as far as it has expectations, so that what balances is soon forgotten.
 */
export class Lane {
  readonly topic: string;
  readonly partition: number;
  /** Written before this offset: decided when the check began. Later ones may belong to batches after it. */
  readonly settledEnd: number;
  readonly start: number;
  expected = 0;
  seen = 0;
  /** Wall clock at which the oldest record that is left was written, epoch ms. */
  oldest: number | undefined;
  /** Contents by key, of the newest record expected and seen, for compacted topics. */
  readonly newestExpected = new Map<string, Expected>();
  readonly newestSeen = new Map<string, LogRecord>();
  readonly #compacted: boolean;
  readonly #rules: LaneRules;
  readonly #pages: AsyncIterator<LogRecord[]>;
  readonly #balances = new Map<string, Balance>();

  constructor(
    log: LogClient,
    topic: string,
    partition: number,
    bounds: { start: number; end: number },
    compacted: boolean,
    rules: LaneRules,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.start = bounds.start;
    this.settledEnd = bounds.end;
    this.#compacted = compacted;
    this.#rules = rules;
    this.#pages = readPartition(log, topic, partition)[Symbol.asyncIterator]();
  }

  expect(expected: Expected): void {
    if (expected.now < this.#rules.since) return;
    this.expected += 1;
    if (this.#compacted) this.newestExpected.set(String(expected.record.key), expected);
    const content = contentOf(expected.record);
    const balance = this.#balanceOf(content);
    if (balance.seen.length > 0) balance.seen.shift();
    else balance.expected.push(expected);
    if (balance.seen.length + balance.expected.length === 0) this.#balances.delete(content);
  }

  /** Reads until it has seen as many as were expected, or there is no more. */
  async keepUp(): Promise<void> {
    while (this.seen < this.expected && (await this.#readPage()));
  }

  /** Reads what is left, and tells what does not balance. */
  async settle(): Promise<Leftovers> {
    while (await this.#readPage());
    const left: Leftovers = { expected: [], seen: [] };
    for (const { expected, seen } of this.#balances.values()) {
      left.expected.push(...expected);
      left.seen.push(...seen);
    }
    return left;
  }

  async #readPage(): Promise<boolean> {
    const page = await this.#pages.next();
    if (page.done) return false;
    for (const record of page.value) {
      this.oldest ??= record.timestamp;
      if (record.timestamp < this.#rules.since || !this.#rules.mine(record)) continue;
      this.#see(record);
    }
    return true;
  }

  #see(record: LogRecord): void {
    this.seen += 1;
    if (this.#compacted) this.newestSeen.set(String(record.key), record);
    const content = contentOf(record);
    const balance = this.#balanceOf(content);
    if (balance.expected.length > 0) balance.expected.shift();
    else balance.seen.push(record);
    if (balance.seen.length + balance.expected.length === 0) this.#balances.delete(content);
  }

  #balanceOf(content: string): Balance {
    let balance = this.#balances.get(content);
    if (balance === undefined) {
      balance = { expected: [], seen: [] };
      this.#balances.set(content, balance);
    }
    return balance;
  }
}
