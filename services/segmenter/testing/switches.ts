import { readFileSync } from 'node:fs';
import { loadModel } from '@detent/core';
import type { ModelSwitched } from '@detent/schemas';
import { ModelLibrary, sha256Of } from '../model-library.ts';

/** The text of the shipped model. */
export const shipped = readFileSync(new URL('../../../models/fulfilment.yaml', import.meta.url), 'utf8');

/** A library whose seed is this text. */
export function libraryOf(yaml: string): ModelLibrary {
  return new ModelLibrary(loadModel(yaml, 'seed.yaml'), sha256Of(yaml));
}

/** A switch to a text, as `detent model promote` writes it to every partition. */
export function switchTo(yaml: string, effectiveAt: number, of: Partial<ModelSwitched> = {}): ModelSwitched {
  const [, model = ''] = /^model: (.+)$/m.exec(yaml) ?? [];
  const [, version = ''] = /^version: (.+)$/m.exec(yaml) ?? [];
  const sha256 = sha256Of(yaml);
  return { model, version, yaml, sha256, effectiveAt, by: 'test', reason: 'test', entriesPerMinute: 1_000_000, ...of };
}

/** The text with another version, and each of these replaced; all must be there. */
export function edited(yaml: string, version: number, ...edits: readonly (readonly [string, string])[]): string {
  let text = yaml.replace(/^version: .+$/m, `version: ${version}`);
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`the model does not hold "${from}"`);
    text = text.replace(from, to);
  }
  return text;
}
