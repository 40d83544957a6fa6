import { InputError } from '../inputs/input-error.ts';
import type { ImporterName } from '../names.ts';
import { causact } from './causact/causact.ts';
import { csv } from './csv/csv.ts';
import { i94 } from './i94/i94.ts';
import type { Importer, ImportOptions, OpenInput } from './importer.ts';
import { onlineRetail } from './online-retail/online-retail.ts';
import { schenker } from './schenker/schenker.ts';
import { scms } from './scms/scms.ts';

export type { Importer, ImportOptions, OpenInput } from './importer.ts';

/** All importers by the name under which `detent replay` knows them. */
export const importers: Readonly<Record<ImporterName, Importer>> = {
  'online-retail': onlineRetail,
  causact,
  scms,
  schenker,
  i94,
  csv,
};

/**
 * Opens files with an importer. Throws `DETENT_INPUT_OPTIONS` when there is no importer of the name or the number of
 * files is not what it takes.
 */
export function openInput(name: string, files: readonly string[], options: ImportOptions = {}): OpenInput {
  const importer: Importer | undefined = Object.hasOwn(importers, name) ? importers[name as ImporterName] : undefined;
  if (importer === undefined) {
    const known = Object.keys(importers).join(', ');
    throw new InputError('DETENT_INPUT_OPTIONS', `replay: no importer "${name}"; there are ${known}`);
  }
  if (files.length !== importer.files.length) {
    const expected = importer.files.join(' ');
    throw new InputError('DETENT_INPUT_OPTIONS', `replay ${name}: ${files.length} files given; it takes ${expected}`);
  }
  return importer.open(files, options);
}
