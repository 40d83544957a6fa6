import { createReadStream, existsSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { InputError } from '../inputs/input-error.ts';

/** One row by its column names, with the line of the file where it stands (the header is line 1). */
export interface CsvRow {
  line: number;
  fields: Readonly<Record<string, string>>;
}

/**
 * Rows of a CSV file with a header, gzipped where its name ends in `.gz`, one at a time.
 * Throws `DETENT_INPUT_FILE` when the file is not there or is not CSV, and `DETENT_INPUT_COLUMNS` when the header lacks
 * one of `columns`.
 */
export async function* readCsvRows(file: string, columns: readonly string[], delimiter = ','): AsyncGenerator<CsvRow> {
  if (!existsSync(file)) {
    throw new InputError('DETENT_INPUT_FILE', `${file}: no such file; give the path of the CSV file to read`);
  }
  const source = createReadStream(file);
  const unzipped = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  const parser = parse({ bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, info: true });
  source.on('error', (error) => parser.destroy(error));
  if (unzipped !== source) unzipped.on('error', (error: Error) => parser.destroy(error));
  unzipped.pipe(parser);
  let header: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === undefined) {
        header = record.map((name) => name.trim());
        requireColumns(file, header, columns);
        continue;
      }
      yield { line: info.lines, fields: toFields(header, record) };
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError('DETENT_INPUT_FILE', `${file}: cannot be read as CSV: ${reason}`, { cause: error });
  } finally {
    source.destroy();
  }
  if (header === undefined) throw new InputError('DETENT_INPUT_FILE', `${file}: is empty; a header line is expected`);
}

function requireColumns(file: string, header: readonly string[], columns: readonly string[]): void {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length === 0) return;
  throw new InputError(
    'DETENT_INPUT_COLUMNS',
    `${file}:1: no column ${missing.map((name) => `"${name}"`).join(', ')}; the header has ${header.join(', ')}`,
  );
}

function toFields(header: readonly string[], record: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i < header.length; i++) fields[header[i] as string] = record[i] ?? '';
  return fields;
}
