/** The part of Avro that the project's schemas use, as JSON has it. */
export type AvroSchema = string | AvroComplex | readonly AvroSchema[];

export type AvroComplex = AvroRecord | AvroEnum | AvroArray | AvroMap | AvroLogical;

export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
}

export interface AvroEnum {
  readonly type: 'enum';
  readonly name: string;
  readonly doc?: string;
  readonly symbols: readonly string[];
  readonly default?: string;
}

export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroSchema;
}

export interface AvroMap {
  readonly type: 'map';
  readonly values: AvroSchema;
}

export interface AvroLogical {
  readonly type: 'long' | 'bytes';
  readonly logicalType: 'timestamp-millis' | 'decimal';
  readonly precision?: number;
  readonly scale?: number;
}

/** Narrowings of the pieces of a schema. */
export const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);
export const isRecord = (schema: AvroSchema): schema is AvroRecord => kindOf(schema) === 'record';
export const isEnum = (schema: AvroSchema): schema is AvroEnum => kindOf(schema) === 'enum';
export const isArray = (schema: AvroSchema): schema is AvroArray => kindOf(schema) === 'array';
export const isMap = (schema: AvroSchema): schema is AvroMap => kindOf(schema) === 'map';
export const isLogical = (schema: AvroSchema): schema is AvroLogical =>
  typeof schema === 'object' && 'logicalType' in schema;

function kindOf(schema: AvroSchema): string {
  return typeof schema === 'object' && 'type' in schema ? schema.type : '';
}
