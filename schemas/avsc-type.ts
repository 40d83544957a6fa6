import avro, { type Schema } from 'avsc';
import type { AvroRecord } from './avro.ts';
import { bytesToDecimal, decimalToBytes, MONEY_SCALE } from './decimal.ts';

/** Money as a number. For this package's scripts and tests: services have their own codec. */
class Decimal extends avro.types.LogicalType {
  readonly #scale: number;

  constructor(schema: Schema, opts: object) {
    super(schema, opts);
    this.#scale = (schema as { scale?: number }).scale ?? MONEY_SCALE;
  }

  override _fromValue(bytes: Buffer): number {
    return bytesToDecimal(bytes, this.#scale);
  }

  override _toValue(value: unknown): Buffer | undefined {
    return typeof value === 'number' ? Buffer.from(decimalToBytes(value, this.#scale)) : undefined;
  }

  /** The writer's own `_fromValue` has already made the number. */
  override _resolve(writer: avro.Type): ((value: number) => number) | undefined {
    const same = writer instanceof Decimal && writer.#scale === this.#scale;
    return same ? (value) => value : undefined;
  }
}

/** The avsc type of a schema. Throws avsc's own error where the schema is not valid Avro. */
export function avscType(schema: AvroRecord): avro.Type {
  return avro.Type.forSchema(structuredClone(schema) as Schema, { logicalTypes: { decimal: Decimal } });
}

/** A value as plain JSON, so that decoded records and literals compare equal. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
