import type { LogRecord, RecordCodec, TaskInput } from './ports/index.ts';
import type { InputRecord, Processor, Refusal } from './processor.ts';

/** A record that could not become an input, with the reason. */
export interface Refused {
  raw: LogRecord;
  topic: string;
  refusal: Refusal;
}

/** What stands at the head of an input. */
export type Head = InputRecord | 'empty' | { unknownSchema: number };

/**
 * Decodes an input lazily, one head at a time, so that inputs can be compared by event time before any is taken.
 * Records that are refused leave the queue at once, for they have no place in event time.
 */
export class InputCursor {
  readonly input: TaskInput;
  readonly topic: string;
  readonly #codec: RecordCodec;
  readonly #processor: Processor;
  readonly #refused: Refused[];
  readonly #latest: () => number;
  readonly #missingSchemas = new Set<number>();
  #head: InputRecord | undefined;

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
    this.#codec = codec;
    this.#processor = processor;
    this.#refused = refused;
    this.#latest = latest;
  }

  /** The next record that can be processed. */
  head(): Head {
    while (this.#head === undefined) {
      const raw = this.input.peek();
      if (raw === undefined) return 'empty';
      const decoded = this.#decode(raw);
      if ('unknownSchema' in decoded) return decoded;
      if ('refusal' in decoded) {
        this.input.shift();
        this.#refused.push({ raw, topic: this.topic, refusal: decoded.refusal });
        continue;
      }
      this.#head = decoded;
    }
    return this.#head;
  }

  /** Takes the head. Only after `head()` returned a record. */
  take(): InputRecord {
    const head = this.#head;
    if (head === undefined) throw new Error('take() without a head');
    this.#head = undefined;
    this.input.shift();
    return head;
  }

  /** The registry answered that it has no such schema: records that carry the id are refused from now on. */
  giveUpOn(schemaId: number): void {
    this.#missingSchemas.add(schemaId);
  }

  #decode(raw: LogRecord): InputRecord | { unknownSchema: number } | { refusal: Refusal } {
    let name = '';
    let value: unknown;
    if (raw.value !== null) {
      const result = this.#codec.decode(raw.value);
      if (!result.ok) {
        if (!('unknownSchema' in result))
          return { refusal: { code: result.code, message: result.message, step: 'decode' } };
        if (!this.#missingSchemas.has(result.unknownSchema)) return { unknownSchema: result.unknownSchema };
        const message = `schema id ${result.unknownSchema} is not in the registry: register the producer's schema, then redrive`;
        return { refusal: { code: 'UNKNOWN_SCHEMA', message, step: 'decode' } };
      }
      name = result.record.name;
      value = result.record.value;
    }
    const record = { raw, topic: this.topic, name, value };
    const accepted = this.#processor.accept(record);
    if (typeof accepted !== 'number') return { refusal: accepted };
    if (this.#processor.feeds && accepted > this.#latest()) {
      const message = `event time ${new Date(accepted).toISOString()} lies ahead of the clock: mend the producer's clock or unit, then redrive`;
      return { refusal: { code: 'FUTURE_TIME', message, step: 'accept' } };
    }
    return { ...record, eventTime: accepted };
  }
}
