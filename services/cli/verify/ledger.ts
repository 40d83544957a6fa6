import {
  deadLetterHeader,
  type LogClient,
  type LogRecord,
  murmur2Partition,
  type OutRecord,
  type RecordCodec,
} from '@detent/pipeline';
import { topicEntry } from '@detent/schemas';
import { decodeAny } from './decode.ts';
import type { Findings } from './findings.ts';
import { contentOf, nameOf } from './identity.ts';
import { type Expected, Lane, type Leftovers } from './lane.ts';
import { matchItems, type Part } from './match-items.ts';

/** What a ledger needs to know. Topics are whole names. */
export interface LedgerParts {
  log: LogClient;
  codec: RecordCodec;
  prefix: string;
  service: string;
  /** Output topics with the bounds of their partitions, read before the changelogs were. */
  outputs: ReadonlyMap<string, ReadonlyMap<number, { start: number; end: number }>>;
  /** What was written earlier (epoch ms) is not compared. */
  since: number;
}

/** Clocks of writers to one partition may differ so much. */
const CLOCK_SLACK_MS = 60_000;
const DLQ = 'dlq.v1';

/** Sets what a service must have written against what stands in its output topics. */
export class OutputLedger {
  readonly #parts: LedgerParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #partitions = new Map<string, number>();

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    const { log, outputs, prefix, service, since } = parts;
    const mine = ({ headers }: LogRecord) => headers[deadLetterHeader.service]?.toString() === service;
    for (const [topic, partitions] of outputs) {
      const name = topic.slice(prefix.length);
      this.#partitions.set(topic, partitions.size);
      const compacted = topicEntry(name).cleanup === 'compact';
      const rules = { since, mine: name === DLQ ? mine : () => true };
      for (const [partition, bounds] of partitions)
        this.#lanes.set(`${topic}-${partition}`, new Lane(log, topic, partition, bounds, compacted, rules));
    }
  }

  get expected(): number {
    return sum(this.#lanes.values(), ({ expected }) => expected);
  }

  get seen(): number {
    return sum(this.#lanes.values(), ({ seen }) => seen);
  }

  /** A batch of `task`, whose changelog record lies at `batch`, must have written these at `now`. */
  async expect(outputs: readonly OutRecord[], task: number, batch: number, now: number): Promise<void> {
    const touched = new Set<Lane>();
    for (const record of outputs) {
      const { topic, key } = record;
      const partition =
        record.partition ?? (key === null ? 0 : murmur2Partition(key, this.#partitions.get(topic) ?? 1));
      const lane = this.#lanes.get(`${topic}-${partition}`);
      if (lane === undefined) throw new Error(`${topic}-${partition} does not exist`);
      lane.expect({ record, batch, task, now });
      touched.add(lane);
    }
    for (const lane of touched) await lane.keepUp();
  }

  /** Reads the rest and reports what does not balance. */
  async settle(findings: Findings): Promise<void> {
    for (const lane of this.#lanes.values()) {
      const left = await this.#rewritten(lane, await lane.settle());
      const parts = await matchItems(left, this.#parts.codec);
      for (const part of parts.expected) this.#missing(lane, part, findings);
      for (const part of parts.seen) this.#unexpected(lane, part, findings);
      this.#compareNewest(lane, findings);
    }
  }

  /** What was written with another version of a schema is read as ours and written anew, and then compared. */
  async #rewritten(lane: Lane, { expected, seen }: Leftovers): Promise<Leftovers> {
    const { codec, prefix } = this.#parts;
    if (lane.topic === prefix + DLQ || seen.length === 0) return { expected, seen };
    const wanted = new Map<string, Expected[]>();
    for (const each of expected) {
      const content = contentOf(each.record);
      wanted.set(content, [...(wanted.get(content) ?? []), each]);
    }
    const found = new Set<Expected>();
    const strange: LogRecord[] = [];
    for (const record of seen) {
      const decoded = await decodeAny(codec, record.value);
      const { key, headers } = record;
      const value = decoded && codec.encode(lane.topic, decoded.name, decoded.value);
      const match = value && wanted.get(contentOf({ key, value, headers }))?.pop();
      if (match === undefined) strange.push(record);
      else found.add(match);
    }
    return { expected: expected.filter((each) => !found.has(each)), seen: strange };
  }

  #missing(lane: Lane, { of, what }: Part<Expected>, findings: Findings): void {
    const { topic, partition, start, oldest } = lane;
    if (lane.newestExpected.size > 0 && lane.newestExpected.get(String(of.record.key)) !== of) return;
    // Compaction takes a tombstone, and everything before it, when its time has come.
    if (of.record.value === null && !lane.newestSeen.has(String(of.record.key))) return;
    if (start > 0 && of.now <= (oldest ?? Number.POSITIVE_INFINITY) + CLOCK_SLACK_MS) {
      findings.skip(`${topic}-${partition} begins at ${start}: what it held before is not compared`);
      return;
    }
    findings.add({
      kind: 'missing',
      topic,
      partition,
      key: nameOf(of.record),
      what: `${what} is not there; task ${of.task} wrote it with the batch at changelog offset ${of.batch}`,
    });
  }

  #unexpected(lane: Lane, { of, what }: Part<LogRecord>, findings: Findings): void {
    const { topic, partition, settledEnd } = lane;
    if (of.offset >= settledEnd) return;
    findings.add({
      kind: 'doubled',
      topic,
      partition,
      offset: of.offset,
      key: nameOf(of),
      what: `${what} is there again, or nothing in the inputs explains it`,
    });
  }

  #compareNewest({ topic, partition, newestExpected, newestSeen, settledEnd }: Lane, findings: Findings): void {
    for (const [key, { record, batch }] of newestExpected) {
      const seen = newestSeen.get(key);
      if (seen === undefined && record.value === null) continue;
      if (seen !== undefined && (seen.offset >= settledEnd || contentOf(seen) === contentOf(record))) continue;
      findings.add({
        kind: 'membershipMismatches',
        topic,
        partition,
        key,
        ...(seen && { offset: seen.offset }),
        what:
          seen === undefined
            ? `nothing stands for it; the batch at changelog offset ${batch} wrote it last`
            : `what stands for it is not what the batch at changelog offset ${batch} wrote last`,
      });
    }
  }
}

function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
