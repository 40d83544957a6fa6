import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** Models that come with Detent. */
const SHIPPED = resolve(import.meta.dirname, '../../../../models');

const isModel = (file: string) => file.endsWith('.yaml') && !file.endsWith('.test.yaml');

/** Thrown when a model cannot be found or read. */
export class ModelFileError extends Error {
  readonly code = 'DETENT_MODEL_FILE';
  readonly retriable = false;
}

export interface ModelFile {
  /** Path as given to people in errors. */
  file: string;
  text: string;
}

/** Reads a model by name (`fulfilment`, `starter-damage`) or path. Throws `ModelFileError` with the names that exist. */
export function readModelFile(nameOrPath: string): ModelFile {
  const candidates = [nameOrPath, `${nameOrPath}.yaml`, join(SHIPPED, `${nameOrPath}.yaml`)];
  const file = candidates.find((candidate) => /\.ya?ml$/.test(candidate) && existsSync(candidate));
  if (file === undefined) {
    const shipped = existsSync(SHIPPED) ? readdirSync(SHIPPED).filter(isModel) : [];
    const names = shipped.map((name) => basename(name, '.yaml')).join(', ');
    throw new ModelFileError(`there is no model "${nameOrPath}": give the path of a YAML file, or one of ${names}`);
  }
  return { file, text: readFileSync(file, 'utf8') };
}
