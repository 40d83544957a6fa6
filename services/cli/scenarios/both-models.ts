import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadModelByName } from '../composition.ts';

interface Written {
  entities: Record<string, { attributes: object }>;
  playbooks: object[];
}

/**
 * The file of a model that keeps a warehouse as `fulfilment` does and its lots as `cold-route` does: what a house that
 * stores and carries perishables would write.
 */
export function writeBothModels(): string {
  const [house, road] = ['fulfilment', 'cold-route'].map((name) => parse(loadModelByName(name).text) as Written);
  // What an article is, is in the first already.
  const { sku: _, ...entities } = road!.entities;
  const file = join(mkdtempSync(join(tmpdir(), 'detent-scenario-')), 'perishables.yaml');
  writeFileSync(
    file,
    stringify({
      ...house,
      model: 'perishables',
      entities: { ...house!.entities, ...entities },
      playbooks: [...house!.playbooks, ...road!.playbooks],
    }),
  );
  return file;
}
