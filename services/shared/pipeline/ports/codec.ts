/** A decoded record: the Avro full name (`detent.orders.OrderPlaced`) and its value as generated types describe it. */
export interface Decoded {
  name: string;
  value: unknown;
}

/** What decoding came to. `unknownSchema` asks for `fetch(id)`, then another try. */
export type DecodeResult =
  | { ok: true; record: Decoded }
  | { ok: false; unknownSchema: number }
  | { ok: false; code: string; message: string };

/** Records to bytes and back in the Confluent wire format (0, schema id as 4 bytes, Avro binary). */
export interface RecordCodec {
  /** Registers the schemas of these topics (whole names) and keeps their ids, so that `encode` needs no waiting. */
  prepare(topics: readonly string[]): Promise<void>;
  /** Throws `DETENT_CODEC_INVALID` with the field's path where the value does not fit the schema. */
  encode(topic: string, name: string, value: unknown): Buffer;
  /** Never throws and never waits. */
  decode(value: Buffer): DecodeResult;
  /** Fetches a writer schema. False: the registry answered that it has none. Throws a retriable error when it gave no answer. */
  fetch(schemaId: number): Promise<boolean>;
}

/** Where schemas are kept, with ids that are unique over all subjects. */
export interface SchemaRegistry {
  /** The id of this schema under the subject; registers it when new. Throws `DETENT_SCHEMA_INCOMPATIBLE`. */
  register(subject: string, schema: object): Promise<number>;
  /** The schema of an id, or undefined when there is none. Throws a retriable error when the registry gave no answer. */
  byId(id: number): Promise<object | undefined>;
  /** Subjects known. */
  subjects(): Promise<string[]>;
}
