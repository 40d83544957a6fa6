import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Observation, ObservedLink, Value } from '@detent/core';
import { InputError } from '../inputs/input-error.ts';

/**
 * Observations of a file, one a line as JSON: `entityType`, `entityId`, `observedAt` (epoch ms or ISO 8601) and `values`;
 * `links`, `ended` and `source` where there are such. Throws `InputError` (DETENT_INPUT_FILE) at a line that is none.
 */
export async function* readObservationFile(path: string): AsyncIterable<Observation> {
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  let line = 0;
  for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== '') yield parseObservation(text, path, line);
  }
}

function parseObservation(text: string, path: string, line: number): Observation {
  const fail = (what: string): never => {
    throw new InputError('DETENT_INPUT_FILE', `${path}:${line}: ${what}`);
  };
  let parsed: Partial<Record<keyof Observation, unknown>> = {};
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch (error) {
    fail(`this is no JSON: ${(error as Error).message}`);
  }
  const { entityType, entityId, values = {}, links = [], ended = false } = parsed;
  const { observedAt, source = { topic: 'file', partition: 0, offset: line } } = parsed;
  if (typeof entityType !== 'string' || entityType === '') fail('entityType must be a text, such as order');
  if (typeof entityId !== 'string' || entityId === '') fail('entityId must be a text');
  const at = typeof observedAt === 'number' ? observedAt : Date.parse(String(observedAt));
  if (!Number.isFinite(at)) fail('observedAt must be epoch milliseconds or ISO 8601');
  if (!isRecord(values) || !Object.values(values).every(isValue))
    fail('values must map names to numbers, texts or truths');
  if (!Array.isArray(links)) fail('links must be a list of { relation, targets }');
  return {
    entityType: entityType as string,
    entityId: entityId as string,
    values: values as Record<string, Value>,
    links: (links as ObservedLink[]).map(({ relation, targets = [] }) => ({
      relation,
      targets: targets.map((target) => ({ ...target, values: target.values ?? {} })),
    })),
    ended: ended === true,
    observedAt: at,
    source: source as Observation['source'],
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isValue = (value: unknown) => ['number', 'string', 'boolean'].includes(typeof value);
