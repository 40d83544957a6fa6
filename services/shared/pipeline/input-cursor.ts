import { type Packed, packedBy } from '@detent/schemas';
import { isSourceTopic } from './facts/accept-fact.ts';
import { PackedItem } from './packs.ts';
import type { DecodeResult, LogRecord, RecordCodec, TaskInput } from './ports/index.ts';
import type { InputRecord, Processor, Refusal } from './processor.ts';

/** A record that could not become an input, with the reason. */
export interface Refused {
  raw: LogRecord;
  topic: string;
  refusal: Refusal;
}

/** What stands at the head of an input. */
export type Head = InputRecord | 'empty' | { unknownSchema: number };

/** A pack of which the next item is at the head. */
interface OpenPack {
  records: readonly InputRecord[];
  at: number;
  /** Items that could not become inputs: they count once the pack is begun, for it is then taken whole. */
  refused: readonly Refused[];
}

/**
 * Decodes an input lazily, one head at a time, so that inputs can be compared by event time before any is taken.
 * Records that are refused leave the queue at once, for they have no place in event time.
 */
export class InputCursor {
  readonly input: TaskInput;
  readonly topic: string;
  /** Whether other inputs wait for this one while it is empty. */
  readonly awaited: boolean;
  /** Whether each of its records is a batch of its own. */
  readonly barrier: boolean;
  readonly #codec: RecordCodec;
  readonly #processor: Processor;
  readonly #refused: Refused[];
  readonly #latest: () => number;
  /** Who reads facts beside ingest judges them as ingest does, or what is put back would come to it twice. */
  readonly #fromOutside: boolean;
  readonly #missingSchemas = new Set<number>();
  #head: InputRecord | undefined;
  #pack: OpenPack | undefined;

  /**
   * `topic` is the input's topic without prefix. Refused records are pushed to `refused`. Feeds may not run ahead of
   * `latest()` (epoch ms): one wrong year would set off every timer there is.
   */
  constructor(
    input: TaskInput,
    topic: string,
    codec: RecordCodec,
    processor: Processor,
    refused: Refused[],
    latest: () => number = () => Number.POSITIVE_INFINITY,
  ) {
    this.input = input;
    this.topic = topic;
    this.awaited = processor.unawaited?.includes(topic) !== true;
    this.barrier = processor.barriers?.includes(topic) === true;
    this.#codec = codec;
    this.#processor = processor;
    this.#refused = refused;
    this.#latest = latest;
    this.#fromOutside = processor.feeds === true || (processor.refusals === 'skip' && isSourceTopic(topic));
  }

  /** The next record that can be processed. */
  head(): Head {
    while (this.#head === undefined) {
      const raw = this.input.peek();
      if (raw === undefined) return 'empty';
      const unknownSchema = this.#open(raw);
      if (unknownSchema !== undefined) return { unknownSchema };
    }
    return this.#head;
  }

  /** Takes the head. Only after `head()` returned a record. */
  take(): InputRecord {
    const head = this.#head;
    if (head === undefined) throw new Error('take() without a head');
    const pack = this.#pack;
    if (pack === undefined) {
      this.#head = undefined;
      this.input.shift();
      return head;
    }
    if (pack.at === 0) this.#refused.push(...pack.refused);
    pack.at += 1;
    this.#head = pack.records[pack.at];
    if (this.#head === undefined) {
      this.#pack = undefined;
      this.input.shift();
    }
    return head;
  }

  /** Some items of a pack are taken and others not: the position cannot say so, so no batch may end here. */
  get inPack(): boolean {
    return this.#pack !== undefined && this.#pack.at > 0;
  }

  /** The registry answered that it has no such schema: records that carry the id are refused, until `askAgain`. */
  giveUpOn(schemaId: number): void {
    this.#missingSchemas.add(schemaId);
  }

  /** Whatever the registry did not have: it may have been registered since. */
  askAgain(): void {
    this.#missingSchemas.clear();
  }

  /** Makes the record the head, or refuses it. Returns the id of its schema where that is not known yet. */
  #open(raw: LogRecord): number | undefined {
    const decoded = raw.value === null ? TOMBSTONE : this.#codec.decode(raw.value);
    if (!decoded.ok) {
      if ('unknownSchema' in decoded && !this.#missingSchemas.has(decoded.unknownSchema)) return decoded.unknownSchema;
      this.#refuse(raw, decodeRefusal(decoded));
      return undefined;
    }
    const { name, value } = decoded.record;
    const packed = packedBy(name);
    if (packed !== undefined) this.#openPack(raw, packed, (value as { items: unknown[] }).items);
    else {
      const accepted = this.#accept(raw, name, value, false);
      if ('code' in accepted) this.#refuse(raw, accepted);
      else this.#head = accepted;
    }
    return undefined;
  }

  #openPack(raw: LogRecord, packed: Packed, items: readonly unknown[]): void {
    const records: InputRecord[] = [];
    const refused: Refused[] = [];
    for (const item of items) {
      const own = new PackedItem(raw, packed, item, this.#codec);
      const accepted = this.#accept(own, packed.name, item, true);
      if ('code' in accepted) refused.push({ raw: own, topic: this.topic, refusal: accepted });
      else records.push(accepted);
    }
    this.#head = records[0];
    if (this.#head !== undefined) this.#pack = { records, at: 0, refused };
    else {
      this.input.shift();
      this.#refused.push(...refused);
    }
  }

  #refuse(raw: LogRecord, refusal: Refusal): void {
    this.input.shift();
    this.#refused.push({ raw, topic: this.topic, refusal });
  }

  #accept(raw: LogRecord, name: string, value: unknown, packed: boolean): InputRecord | Refusal {
    const record: InputRecord = { raw, topic: this.topic, name, value, packed, keys: NO_KEYS, eventTime: 0 };
    const accepted = this.#processor.accept(record);
    if (typeof accepted !== 'number') return accepted;
    if (this.#fromOutside && accepted > this.#latest()) {
      const message = `event time ${new Date(accepted).toISOString()} lies ahead of the clock: mend the producer's clock or unit, then redrive`;
      return { code: 'FUTURE_TIME', message, step: 'accept' };
    }
    record.eventTime = accepted;
    return record;
  }
}

const NO_KEYS: readonly string[] = [];
const TOMBSTONE: DecodeResult = { ok: true, record: { name: '', value: undefined } };

function decodeRefusal(result: Exclude<DecodeResult, { ok: true }>): Refusal {
  if (!('unknownSchema' in result)) return { code: result.code, message: result.message, step: 'decode' };
  const message = `schema id ${result.unknownSchema} is not in the registry: register the producer's schema, then redrive`;
  return { code: 'UNKNOWN_SCHEMA', message, step: 'decode' };
}
