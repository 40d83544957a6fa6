/** `npm run generate`: writes `generated/types.ts` and `generated/schemas.ts` from `avro/`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullName, loadSchemas, schemasDir } from './load.ts';
import { renderTypes } from './render-types.ts';

const HEADER = '// Generated from schemas/avro by "npm run generate": change those, not this.\n\n';

/** The generated files as they should be: path below `schemas/` → text. */
export function generate(): Map<string, string> {
  const schemas = loadSchemas();
  const names = schemas.map(fullName);
  const types = [
    renderTypes(schemas),
    '/** Full name of a record → its type. */',
    'export interface RecordTypes {',
    ...schemas.map((schema) => `  '${fullName(schema)}': ${schema.name};`),
    '}\n',
    '/** Full name of a record: `detent.orders.OrderPlaced`. */',
    'export type RecordName = keyof RecordTypes;\n',
  ].join('\n');
  const constants = [
    "import type { AvroRecord } from '../avro.ts';",
    "import type { RecordName } from './types.ts';\n",
    '/** Full name of a record → its Avro schema. */',
    'export const schemas: Readonly<Record<RecordName, AvroRecord>> = {',
    ...schemas.map((schema, i) => `  '${names[i]}': ${JSON.stringify(schema)},`),
    '};\n',
  ].join('\n');
  return new Map([
    ['generated/types.ts', HEADER + types],
    ['generated/schemas.ts', HEADER + constants],
  ]);
}

/** Generated files that differ from what the schemas say, or are not there. */
export function staleFiles(): string[] {
  return [...generate()].filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(schemasDir, path), 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  mkdirSync(join(schemasDir, 'generated'), { recursive: true });
  for (const [path, text] of generate()) writeFileSync(join(schemasDir, path), text);
}
