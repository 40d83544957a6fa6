import type { Runtime } from '@detent/adapters';
import { type OutRecord, redrivenRecord, type TaskSession } from '@detent/pipeline';
import { DLQ, isSelected, type Letter, letters, REDRIVEN, redrivenIds, type Selection } from './letters.ts';

/** What became of the dead letters selected. */
export interface RedriveResult {
  /** Put back now; in a dry run, what would be. */
  redriven: number;
  /** Selected, but put back before. */
  already: number;
  /** Selected, but had been put back and were refused again: only with `again`. */
  cameBack: number;
  /** Selected, but their topic does not exist. */
  homeless: number;
  byTopic: Record<string, number>;
}

export interface RedriveOptions {
  selection: Selection;
  dryRun: boolean;
  /** Also those that came back. */
  again: boolean;
  onProgress?(redriven: number): void;
}

/** One transaction puts back at most so much. */
const CHUNK_LETTERS = 500;
const CHUNK_BYTES = 4 * 1024 * 1024;
/** How long another redrive may hold the task before we give up, and how often a session may fail. */
const TURN_PATIENCE_MS = 60_000;
const MAX_SESSIONS = 5;

/**
 * Puts dead letters back to where they came from, each once. Records and the note of which they were are one
 * transaction of the task `redrive-0`, so that a run that is killed has put back what it has noted and nothing else; and
 * there is one writer at a time, which reads the notes after it has fenced the one before.
 */
export async function redrive(runtime: Runtime, options: RedriveOptions): Promise<RedriveResult> {
  const { log, config, host } = runtime;
  const dlq = config.topicPrefix + DLQ;
  // What comes back while this goes on is not put through again.
  const ends = (await log.topics()).has(dlq) ? await log.offsets(dlq) : new Map<number, { end: number }>();
  const known = ({ record }: Letter) => record.offset < (ends.get(record.partition)?.end ?? 0);
  if (options.dryRun || ends.size === 0)
    return pass(runtime, options, await redrivenIds(runtime), known, async () => {});
  await runtime.ensureTopics([REDRIVEN]);
  const before = await redrivenIds(runtime);
  const finished = Promise.withResolvers<RedriveResult>();
  let sessions = 0;
  let redriven = 0;
  const running = await host.start({ service: 'redrive', sources: [dlq], partitioning: 'single' }, async (session) => {
    sessions += 1;
    try {
      const result = await pass(runtime, options, before, known, async (chunk, topics) => {
        await session.commit({ outputs: outputsOf(runtime, topics, chunk), states: [], positions: [] });
        redriven += chunk.length;
        options.onProgress?.(redriven);
      });
      finished.resolve(result);
    } catch (error) {
      const { retriable = false } = error as { retriable?: boolean };
      if (!retriable || sessions >= MAX_SESSIONS) finished.reject(error);
      throw error;
    }
    await untilStopped(session);
  });
  const turn = setTimeout(() => {
    if (sessions === 0) finished.reject(busy(running.problem()));
  }, TURN_PATIENCE_MS);
  try {
    return await finished.promise;
  } finally {
    clearTimeout(turn);
    await running.stop();
  }
}

function busy(problem = 'another redrive has the task'): Error {
  const message = `dead letters could not be put back: ${problem}. Nothing is lost; give the command again`;
  return Object.assign(new Error(message), { code: 'DETENT_DLQ_BUSY', retriable: true });
}

/**
 * Goes through all dead letters once, and hands over those to put back in chunks. `before`: what was put back when the
 * command was given; what an earlier session of it put back counts as its work.
 */
async function pass(
  runtime: Runtime,
  { selection, again }: RedriveOptions,
  before: ReadonlySet<string>,
  known: (letter: Letter) => boolean,
  put: (chunk: readonly Letter[], topics: ReadonlyMap<string, number>) => Promise<void>,
): Promise<RedriveResult> {
  const result: RedriveResult = { redriven: 0, already: 0, cameBack: 0, homeless: 0, byTopic: {} };
  const done = await redrivenIds(runtime);
  const topics = await runtime.log.topics();
  let chunk: Letter[] = [];
  let bytes = 0;
  const count = ({ topic }: Letter) => {
    result.byTopic[topic] = (result.byTopic[topic] ?? 0) + 1;
    result.redriven += 1;
  };
  const flush = async () => {
    if (chunk.length > 0) await put(chunk, topics);
    chunk.forEach(count);
    chunk = [];
    bytes = 0;
  };
  for await (const letter of letters(runtime)) {
    if (!known(letter) || !isSelected(letter, selection, runtime.config.topicPrefix)) continue;
    if (before.has(letter.id)) result.already += 1;
    else if (done.has(letter.id)) count(letter);
    else if (letter.cameBack && !again) result.cameBack += 1;
    else if (!topics.has(letter.topic)) result.homeless += 1;
    else {
      const { key, value } = letter.record;
      bytes += (key?.length ?? 0) + (value?.length ?? 0);
      chunk.push(letter);
      if (chunk.length >= CHUNK_LETTERS || bytes >= CHUNK_BYTES) await flush();
    }
  }
  await flush();
  return result;
}

function outputsOf(
  { config, clock }: Runtime,
  topics: ReadonlyMap<string, number>,
  chunk: readonly Letter[],
): OutRecord[] {
  const now = clock.now();
  const note: OutRecord = {
    topic: config.topicPrefix + REDRIVEN,
    partition: 0,
    key: null,
    value: Buffer.from(JSON.stringify({ letters: chunk.map(({ record }) => [record.partition, record.offset]) })),
    timestamp: now,
  };
  return [...chunk.map(({ topic, record }) => redrivenRecord(record, topics.get(topic) ?? 1, now)), note];
}

async function untilStopped(session: TaskSession): Promise<void> {
  while (!session.signal.aborted) await session.wait(1000);
}
