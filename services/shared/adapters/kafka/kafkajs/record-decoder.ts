import { VarintReader } from '../varint-reader.ts';

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
const NO_BYTES = Buffer.alloc(0);

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

  /** Of a header given several times the last counts; one without a value is empty. */
  get headers(): Record<string, Buffer> {
    if (this.#headers === undefined) {
      this.#headers = {};
      const reader = new VarintReader(this.#bytes, this.#headersAt);
      for (let count = reader.varint(); count > 0; count -= 1) {
        const name = reader.sized()?.toString() ?? '';
        this.#headers[name] = reader.sized() ?? NO_BYTES;
      }
    }
    return this.#headers;
  }
}

/** Takes the place of kafkajs's own record decoder, which makes several BigInts, and an object per header, for each record. */
export function decodeRecord(decoder: { buffer: Buffer }, context: BatchContext): FetchedRecord {
  return new FetchedRecord(decoder.buffer, context);
}
