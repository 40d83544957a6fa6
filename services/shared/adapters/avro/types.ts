import { bytesToDecimal, decimalToBytes, MONEY_SCALE } from '@detent/schemas';
import avro, { type Schema, type Type } from 'avsc';
import { boundCollections } from './bounded-collections.ts';
import { quickenStrings } from './quick-strings.ts';

boundCollections();
quickenStrings();

/** Money on the wire is a decimal; in records a number in major units. */
class Decimal extends avro.types.LogicalType {
  readonly #scale: number;

  constructor(schema: Schema, options?: object) {
    super(schema, options);
    this.#scale = (schema as { scale?: number }).scale ?? MONEY_SCALE;
  }

  override _fromValue(bytes: Buffer): number {
    return bytesToDecimal(bytes, this.#scale);
  }

  override _toValue(value: unknown): Buffer | undefined {
    return typeof value === 'number' && Number.isFinite(value)
      ? Buffer.from(decimalToBytes(value, this.#scale))
      : undefined;
  }

  /** What the writer's type yields: a number already when it is a decimal too, else bytes of our own scale. */
  override _resolve(writer: Type): ((value: never) => number) | undefined {
    if (writer instanceof Decimal) return (value: number) => value;
    return writer.typeName === 'bytes' ? (value: Buffer) => this._fromValue(value) : undefined;
  }
}

/** The type of a schema, with money as numbers and timestamps as epoch ms. Throws where the schema is not Avro. */
export function typeOf(schema: object): Type {
  return avro.Type.forSchema(structuredClone(schema) as Schema, { logicalTypes: { decimal: Decimal } });
}

/** Why data written with `writer` cannot be read with `reader`, or undefined when it can. */
export function schemaIncompatibility(reader: object, writer: object): string | undefined {
  try {
    typeOf(reader).createResolver(typeOf(writer));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
