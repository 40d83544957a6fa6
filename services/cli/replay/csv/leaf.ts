import type { AvroComplex, AvroRecord, AvroSchema } from '@detent/schemas';

/** What a field of a record takes. */
export type LeafType = 'string' | 'number' | 'whole' | 'boolean' | 'timestamp' | { symbols: readonly string[] };

export interface Leaf {
  type: LeafType;
  /** The record can do without it. */
  isOptional: boolean;
}

/** Where a value goes in a record: `destination.country`, or `lines[].skuId` for one item per row. */
export interface FieldPath {
  text: string;
  /** The list that gets one item per row; undefined for a value of the record itself. */
  list: string | undefined;
  /** Names below the list, or from the record's root. Empty where the list's items are plain values. */
  names: readonly string[];
}

/** Reads a path, or undefined when it is none: names with dots between, a list only as the first. */
export function parsePath(text: string): FieldPath | undefined {
  const match = /^(?:([A-Za-z]\w*)\[\](?:\.|$))?((?:[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)?)$/.exec(text);
  if (match === null || text === '' || text.endsWith('.')) return undefined;
  return { text, list: match[1], names: match[2] === '' ? [] : (match[2] as string).split('.') };
}

/** The field at a path of a record, or undefined when the record has no such field that takes a single value. */
export function leafAt(record: AvroRecord, path: FieldPath): Leaf | undefined {
  let schema: AvroSchema = record;
  let isOptional = false;
  for (const name of path.list === undefined ? path.names : [path.list, '[]', ...path.names]) {
    const next: { schema: AvroSchema; isOptional: boolean } | undefined =
      name === '[]' ? itemsOf(schema) : fieldOf(schema, name);
    if (next === undefined) return undefined;
    isOptional = next.isOptional;
    schema = next.schema;
  }
  const type = leafType(schema);
  return type && { type, isOptional };
}

/** Paths that a record needs and `has` does not know. Inside an optional part, only once one of its fields is given. */
export function missingPaths(
  record: AvroRecord,
  has: (path: string) => boolean,
  isBegun: (prefix: string) => boolean,
): string[] {
  const missing: string[] = [];
  const visit = (at: AvroRecord, prefix: string) => {
    for (const field of at.fields) {
      const path = prefix + field.name;
      const { schema, isOptional } = unwrap(field.type);
      const inner = itemsOf(schema)?.schema ?? schema;
      const isList = inner !== schema;
      const deeper = isList ? `${path}[]` : path;
      if (has(path) || has(deeper)) continue;
      if (isRecordSchema(inner)) {
        if (isBegun(`${deeper}.`) || !(isOptional || 'default' in field)) visit(inner, `${deeper}.`);
      } else if (!isOptional && !('default' in field)) missing.push(deeper);
    }
  };
  visit(record, '');
  return missing;
}

function fieldOf(schema: AvroSchema, name: string): { schema: AvroSchema; isOptional: boolean } | undefined {
  const field = isRecordSchema(schema) ? schema.fields.find((each) => each.name === name) : undefined;
  if (field === undefined) return undefined;
  const { schema: inner, isOptional } = unwrap(field.type);
  return { schema: inner, isOptional: isOptional || 'default' in field };
}

function itemsOf(schema: AvroSchema): { schema: AvroSchema; isOptional: boolean } | undefined {
  return isComplex(schema) && schema.type === 'array' ? { schema: schema.items, isOptional: false } : undefined;
}

function unwrap(schema: AvroSchema): { schema: AvroSchema; isOptional: boolean } {
  if (!isUnion(schema)) return { schema, isOptional: false };
  return { schema: schema.find((branch) => branch !== 'null') ?? 'null', isOptional: true };
}

function leafType(schema: AvroSchema): LeafType | undefined {
  if (schema === 'string' || schema === 'boolean') return schema;
  if (schema === 'double' || schema === 'float') return 'number';
  if (schema === 'int' || schema === 'long') return 'whole';
  if (!isComplex(schema)) return undefined;
  if ('logicalType' in schema) return schema.logicalType === 'decimal' ? 'number' : 'timestamp';
  return schema.type === 'enum' ? { symbols: schema.symbols } : undefined;
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

function isComplex(schema: AvroSchema): schema is AvroComplex {
  return typeof schema === 'object' && !isUnion(schema);
}

function isRecordSchema(schema: AvroSchema): schema is AvroRecord {
  return isComplex(schema) && schema.type === 'record';
}
