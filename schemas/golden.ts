/**
 * Golden bytes: for each record one value with everything in it and one with as little as it may hold, with their Avro
 * binary. `node schemas/golden.ts` writes them anew; do so only after a change of a schema, never to quiet a test.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AvroRecord, type AvroSchema, isArray, isEnum, isLogical, isMap, isRecord, isUnion } from './avro.ts';
import { avscType } from './avsc-type.ts';
import { fullName, loadSchemas, schemasDir } from './load.ts';

/** A value and its Avro binary, without the wire format's header. */
export interface Sample {
  value: unknown;
  hex: string;
}

/** The committed samples of a record. Throws when there are none. */
export function readGolden(name: string): Sample[] {
  return JSON.parse(readFileSync(join(schemasDir, 'golden', `${name}.json`), 'utf8')) as Sample[];
}

/** Samples of a schema as it is now. */
export function makeSamples(schema: AvroRecord): Sample[] {
  const type = avscType(schema);
  return [true, false].map((full) => {
    const value = recordValue(schema, full, new Map());
    return { value, hex: type.toBuffer(value).toString('hex') };
  });
}

type Named = Map<string, AvroSchema>;

function recordValue(schema: AvroRecord, full: boolean, named: Named): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  schema.fields.forEach((field, i) => {
    value[field.name] = fieldValue(field.type, full, named, field.name, i + 1);
  });
  named.set(schema.name, schema);
  return value;
}

function fieldValue(schema: AvroSchema, full: boolean, named: Named, name: string, n: number): unknown {
  if (typeof schema === 'string') return primitive(schema, full, named, name, n);
  if (isUnion(schema)) {
    const branches = schema.filter((branch) => branch !== 'null');
    if (!full && branches.length < schema.length) {
      for (const branch of branches) fieldValue(branch, true, named, name, n);
      return null;
    }
    return fieldValue(branches[n % branches.length]!, full, named, name, n);
  }
  if (isLogical(schema))
    return schema.logicalType === 'decimal' ? Math.round(n * -123_456) / 10_000 : 1_767_225_600_000 + n;
  if (isEnum(schema)) {
    named.set(schema.name, schema);
    return schema.symbols[full ? schema.symbols.length - 1 : 0];
  }
  if (isRecord(schema)) return recordValue(schema, full, named);
  if (isArray(schema)) {
    const items = [n, n + 1].map((each) => fieldValue(schema.items, full, named, name, each));
    return full ? items : [];
  }
  if (isMap(schema)) {
    const entry = (each: number) => fieldValue(schema.values, full, named, name, each);
    const values = { a: entry(n), b: entry(n + 1), c: entry(n + 2) };
    return full ? values : {};
  }
  throw new Error(`schemas: no sample is known for ${JSON.stringify(schema)}`);
}

function primitive(schema: string, full: boolean, named: Named, name: string, n: number): unknown {
  switch (schema) {
    case 'string':
      return full ? `${name}-ä${n}` : '';
    case 'boolean':
      return full;
    case 'int':
      return full ? n * 1000 : 0;
    case 'long':
      return full ? 2 ** 40 + n : 0;
    case 'double':
      return full ? n + 0.1 : 0;
    default: {
      const known = named.get(schema);
      if (known === undefined) throw new Error(`schemas: ${schema} is used before it is declared`);
      return fieldValue(known, full, named, name, n);
    }
  }
}

if (import.meta.main) {
  mkdirSync(join(schemasDir, 'golden'), { recursive: true });
  for (const schema of loadSchemas()) {
    const file = join(schemasDir, 'golden', `${fullName(schema)}.json`);
    writeFileSync(file, `${JSON.stringify(makeSamples(schema), null, 1)}\n`);
  }
}
