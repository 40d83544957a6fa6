import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AvroRecord } from './avro.ts';
import { avscType, plain } from './avsc-type.ts';
import type { Sample } from './golden.ts';
import { fullName, loadSchemas, schemasDir } from './load.ts';

/** A version of a record that was once in use, with bytes written by it. */
export interface PreviousVersion {
  schema: AvroRecord;
  samples: Sample[];
}

/** A way in which a record of today cannot stand in for one of yesterday. */
export interface Incompatibility {
  /** Full name of the record. */
  record: string;
  /** Version, from 1, as `previous/` counts them. */
  version: number;
  problem: string;
}

/** All committed previous versions: full name → oldest first. */
export function loadPrevious(): Map<string, PreviousVersion[]> {
  const files = globSync('previous/*.json', { cwd: schemasDir }).sort();
  return new Map(
    files.map((file) => [
      basename(file, '.json'),
      JSON.parse(readFileSync(join(schemasDir, file), 'utf8')) as PreviousVersion[],
    ]),
  );
}

/**
 * Whether today's schemas read all that earlier ones have written (BACKWARD, against every version, for a log may hold
 * them all), without loss: nothing may vanish, be renamed or change its meaning.
 */
export function checkCompatibility(
  current: readonly AvroRecord[] = loadSchemas(),
  previous: ReadonlyMap<string, readonly PreviousVersion[]> = loadPrevious(),
): Incompatibility[] {
  const byName = new Map(current.map((schema) => [fullName(schema), schema]));
  const found: Incompatibility[] = [];
  for (const [record, versions] of previous) {
    const schema = byName.get(record);
    versions.forEach((version, i) => {
      const problem = schema === undefined ? 'the record is gone: bring it back' : compare(schema, version);
      if (problem !== undefined) found.push({ record, version: i + 1, problem });
    });
  }
  return found;
}

function compare(current: AvroRecord, { schema, samples }: PreviousVersion): string | undefined {
  const reader = avscType(current);
  try {
    const resolver = reader.createResolver(avscType(schema));
    for (const { value, hex } of samples) {
      const decoded = plain(reader.fromBuffer(Buffer.from(hex, 'hex'), resolver));
      const lost = firstLoss(value, decoded, '');
      if (lost !== undefined) return lost;
    }
    return undefined;
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}; give added fields a default and leave the others as they were`;
  }
}

/** Where the value as read now lacks or changes something of the value as written. */
function firstLoss(written: unknown, read: unknown, path: string): string | undefined {
  if (typeof written !== 'object' || written === null) {
    const same = isDeepStrictEqual(written, read);
    return same ? undefined : `${path} was written as ${JSON.stringify(written)} and reads as ${JSON.stringify(read)}`;
  }
  if (typeof read !== 'object' || read === null) return `${path} was a structure and reads as ${JSON.stringify(read)}`;
  for (const [key, value] of Object.entries(written)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!(key in read)) return `${at} is gone: bring it back, fields are only ever added`;
    const lost = firstLoss(value, (read as Record<string, unknown>)[key], at);
    if (lost !== undefined) return lost;
  }
  return undefined;
}
