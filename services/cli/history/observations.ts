import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Config, Runtime } from '@detent/adapters';
import type { Observation } from '@detent/core';
import { packedBy } from '@detent/schemas';
import { OBSERVATION, observationsTopic } from '@detent/segmenter';
import { withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import { replayPrefix } from '../run/replay-prefix.ts';
import { decodeAny } from '../verify/decode.ts';
import { readPartition } from '../verify/partition-reader.ts';

/** Reads a history of observations: `log` (that of the configuration), `replay` (the last replay), a data directory, or JSONL. */
export async function* readHistory(from: string, config: Config): AsyncIterable<Observation> {
  if (from === 'log') return yield* ofLog(config);
  if (from === 'replay') return yield* ofLog({ ...config, topicPrefix: replayPrefix(config) });
  if (!existsSync(from))
    throw new UsageError(`there is no ${from}: --events takes a JSONL file, a data directory, "log" or "replay"`);
  if (statSync(from).isDirectory()) {
    if (!existsSync(`${from}/detent.sqlite`))
      throw new UsageError(`${from} is no data directory: it holds no detent.sqlite`);
    return yield* ofLog({ ...config, profile: 'embedded', dataDir: from });
  }
  yield* ofFile(from);
}

async function* ofLog(config: Config): AsyncIterable<Observation> {
  const found: Observation[][] = [];
  // All of it is at hand before the log is closed.
  await withRuntime(config, 'beside', async (runtime) => {
    const topic = config.topicPrefix + observationsTopic;
    if (!(await runtime.log.topics()).has(topic))
      throw new UsageError(
        `there are no observations under ${config.topicPrefix}: check --data-dir, --profile and --topic-prefix`,
      );
    const partitions = [...(await runtime.log.offsets(topic)).keys()];
    for await (const page of inOrder(partitions.map((partition) => ofPartition(runtime, topic, partition))))
      found.push(page);
  });
  for (const page of found) yield* page;
}

const PAGE = 2000;

/** Partitions side by side in event time, as a task takes them. */
async function* inOrder(partitions: readonly AsyncIterator<Observation>[]): AsyncIterable<Observation[]> {
  const heads = await Promise.all(partitions.map(async (each) => (await each.next()).value as Observation | undefined));
  let page: Observation[] = [];
  for (;;) {
    let first = -1;
    heads.forEach((head, i) => {
      if (head !== undefined && (first < 0 || head.observedAt < heads[first]!.observedAt)) first = i;
    });
    if (first < 0) break;
    page.push(heads[first]!);
    heads[first] = (await partitions[first]!.next()).value as Observation | undefined;
    if (page.length === PAGE) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

async function* ofPartition({ log, codec }: Runtime, topic: string, partition: number): AsyncGenerator<Observation> {
  for await (const records of readPartition(log, topic, partition)) {
    for (const { value } of records) {
      const decoded = await decodeAny(codec, value);
      if (decoded === undefined) continue;
      if (packedBy(decoded.name)?.name === OBSERVATION) yield* (decoded.value as { items: Observation[] }).items;
      else if (decoded.name === OBSERVATION) yield decoded.value as Observation;
    }
  }
}

async function* ofFile(file: string): AsyncIterable<Observation> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== '') yield observationOf(text, file, line);
  }
}

/** A line as an observation; `observedAt` is ISO 8601 or epoch ms, `values`, `links` and `ended` may be left out. */
function observationOf(text: string, file: string, line: number): Observation {
  const fail = (what: string): never => {
    throw new UsageError(`${file}:${line}: ${what}`);
  };
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  const { entityType, entityId, observedAt, values = {}, links = [], ended = false } = raw;
  if (typeof entityType !== 'string' || typeof entityId !== 'string' || entityType === '' || entityId === '')
    return fail('an observation needs entityType and entityId');
  const at = typeof observedAt === 'string' ? Date.parse(observedAt) : observedAt;
  if (typeof at !== 'number' || !Number.isFinite(at))
    return fail('observedAt must be an instant: ISO 8601, or epoch milliseconds');
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return fail('values must be an object');
  if (!Array.isArray(links)) return fail('links must be a list of {relation, targets}');
  const rest = { values, links, ended: ended === true } as Pick<Observation, 'values' | 'links' | 'ended'>;
  return { entityType, entityId, observedAt: at, ...rest, source: { topic: file, partition: 0, offset: line } };
}
