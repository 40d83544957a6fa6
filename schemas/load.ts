import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AvroRecord } from './avro.ts';

/** Folder of this package. For scripts and tests: at run time schemas come from `generated/schemas.ts`. */
export const schemasDir = dirname(fileURLToPath(import.meta.url));

/**
 * All schemas of `avro/<context>/<Record>.avsc`, by path. Where one names another by its full name, the other stands in
 * it: a registry takes each schema by itself. Throws where a file's place and its full name differ, for then nobody
 * would find it.
 */
export function loadSchemas(): AvroRecord[] {
  const written = readSchemas();
  const byName = new Map(written.map((schema) => [fullName(schema), schema]));
  return written.map((schema) => inline(schema, byName) as AvroRecord);
}

function inline(part: unknown, byName: ReadonlyMap<string, AvroRecord>): unknown {
  if (typeof part === 'string') return byName.get(part) ?? part;
  if (Array.isArray(part)) return part.map((each) => inline(each, byName));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inline(value, byName)]));
}

function readSchemas(): AvroRecord[] {
  return globSync('avro/*/*.avsc', { cwd: schemasDir })
    .sort()
    .map((file) => {
      const schema = JSON.parse(readFileSync(join(schemasDir, file), 'utf8')) as AvroRecord;
      const expected = `detent.${basename(dirname(file))}.${basename(file, '.avsc')}`;
      if (fullName(schema) !== expected)
        throw new Error(`schemas/${file} declares ${fullName(schema)}, not ${expected}`);
      return schema;
    });
}

/** `detent.orders.OrderPlaced`. */
export function fullName(schema: AvroRecord): string {
  return `${schema.namespace}.${schema.name}`;
}
