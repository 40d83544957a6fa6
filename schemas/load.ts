import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AvroRecord } from './avro.ts';

/** Folder of this package. For scripts and tests: at run time schemas come from `generated/schemas.ts`. */
export const schemasDir = dirname(fileURLToPath(import.meta.url));

/**
 * All schemas of `avro/<context>/<Record>.avsc`, by path. Throws where a file's place and its full name differ, for
 * then nobody would find it.
 */
export function loadSchemas(): AvroRecord[] {
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
