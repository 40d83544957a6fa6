import { readHeaders } from '../client/record-headers.ts';
import { VarintReader } from '../client/varint-reader.ts';

/** What a record takes over from its batch, as kafkajs has read it. */
export interface BatchContext {
  magicByte: number;
  firstOffset: string;
  firstTimestamp: string;
  maxTimestamp: string;
  timestampType: number;
  isControlBatch?: boolean;
}

const LOG_APPEND_TIME = 1;

/** A decoded record with the fields that kafkajs gives it. Headers are read when asked for: few are. */
export class FetchedRecord {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
  readonly #bytes: Buffer;
  readonly #headersAt: number;
  #headers: Record<string, Buffer> | undefined;

  /** `bytes`: one record without its length. */
  constructor(bytes: Buffer, context: BatchContext) {
    const reader = new VarintReader(bytes, 1);
    const timestampDelta = reader.varint();
    this.magicByte = context.magicByte;
    this.attributes = bytes[0] ?? 0;
    this.timestamp =
      context.timestampType === LOG_APPEND_TIME
        ? context.maxTimestamp
        : String(Number(context.firstTimestamp) + timestampDelta);
    this.offset = String(Number(context.firstOffset) + reader.varint());
    this.key = reader.sized();
    this.value = reader.sized();
    this.isControlRecord = context.isControlBatch ?? false;
    this.batchContext = context;
    this.#bytes = bytes;
    this.#headersAt = reader.at;
  }

  get headers(): Record<string, Buffer> {
    this.#headers ??= readHeaders(this.#bytes, this.#headersAt);
    return this.#headers;
  }
}

/** Takes the place of kafkajs's own record decoder, which makes several BigInts, and an object per header, for each record. */
export function decodeRecord(decoder: { buffer: Buffer }, context: BatchContext): FetchedRecord {
  return new FetchedRecord(decoder.buffer, context);
}
