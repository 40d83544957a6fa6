import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { SourceEvent, SourceName } from '../inputs/source-event.ts';

/** All events of an input. For tests. */
export async function take(events: AsyncIterable<SourceEvent>): Promise<SourceEvent[]> {
  const taken: SourceEvent[] = [];
  for await (const event of events) taken.push(event);
  return taken;
}

/** Events of one record. */
export function ofName<N extends SourceName>(events: readonly SourceEvent[], name: N): SourceEvent<N>[] {
  return events.filter((event) => event.name === name) as SourceEvent<N>[];
}

/** Writes a gzipped CSV file of these lines to a folder of its own and returns its path. */
export function csvFile(lines: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'detent-import-')), 'rows.csv.gz');
  writeFileSync(path, gzipSync(`${lines.join('\n')}\n`));
  return path;
}

/** Where the public data sets lie, or undefined: they are not part of the repository. */
export const dataFolder = ((): string | undefined => {
  const beside = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
  const folder = process.env['DETENT_TEST_DATA'] ?? beside;
  return existsSync(folder) ? folder : undefined;
})();

/** Title of a suite over the real files; says why it is skipped. */
export function realDataTitle(name: string): string {
  return dataFolder === undefined ? `${name}: skipped, no data sets (set DETENT_TEST_DATA to their folder)` : name;
}
