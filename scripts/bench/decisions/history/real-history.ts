import { existsSync, readFileSync } from 'node:fs';
import { loadModel, type Model, type Observation } from '@detent/core';
import type { InputReport } from '../../../../services/cli/inputs/input-report.ts';
import { openInput } from '../../../../services/cli/replay/index.ts';
import { extract } from '../../../../services/ingest/extract/index.ts';

/** What the files of one importer tell, as the segmenter would come to see it. */
export interface RealHistory {
  readonly observations: Observation[];
  readonly report: InputReport;
}

/**
 * Reads real data through its importer and what ingest extracts, in the order of event time; only what the model reads.
 * Throws an error that says what is missing where a file is not there.
 */
export async function realHistory(importer: string, files: readonly string[], model: Model): Promise<RealHistory> {
  for (const file of files) {
    if (!existsSync(file)) throw new Error(`${file} is not there: give the path of the data, or --data <folder>`);
  }
  const input = openInput(importer, files);
  const observations: Observation[] = [];
  let offset = 0;
  for await (const { topic, name, value, eventTime } of input.events) {
    const source = { topic, partition: 0, offset: offset++ };
    for (const seen of extract(name, value))
      if (model.entities.has(seen.entityType)) observations.push({ ...seen, observedAt: eventTime, source });
  }
  observations.sort((a, b) => a.observedAt - b.observedAt);
  return { observations, report: input.report() };
}

/** A shipped model by its name, with its text. */
export function shippedModel(name: string): { model: Model; text: string; file: string } {
  const file = `models/${name}.yaml`;
  const text = readFileSync(file, 'utf8');
  return { model: loadModel(text, file), text, file };
}
