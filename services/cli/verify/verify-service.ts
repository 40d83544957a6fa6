import type { Runtime } from '@detent/adapters';
import {
  type ChangelogBatch,
  type CopiedStates,
  changelogBatches,
  type LogClient,
  Recompute,
  type ServiceDefinition,
} from '@detent/pipeline';
import { membershipsTopic, segmentsTopic, stateTopic } from '@detent/schemas';
import { everSegmentedTypes } from '../models/history.ts';
import type { FindingKind, Findings } from './findings.ts';
import { OutputLedger } from './ledger.ts';
import { readPartition } from './partition-reader.ts';
import { type Survey, survey } from './survey.ts';
import { TaskCheck } from './task-check.ts';

/** What came of checking one service. */
export interface ServiceReport extends Record<FindingKind, number> {
  tasks: number;
  /** Batches repeated, records that went into them, records that they must have written, and records that are there. */
  batches: number;
  inputs: number;
  expected: number;
  seen: number;
  /** What could not be checked, and why. */
  skipped: string[];
}

type Bounds = ReadonlyMap<number, { start: number; end: number }>;

/** Repeats everything that a service did, by its journal, and compares it with what is there. */
export async function verifyService(
  runtime: Runtime,
  { name, make }: ServiceDefinition,
  findings: Findings,
  onBatch: (batches: number) => void,
): Promise<ServiceReport> {
  const { log, codec, config } = runtime;
  const prefix = config.topicPrefix;
  const shape = make();
  const changelog = prefix + stateTopic(name);
  const topics = await log.topics();
  const tasks = topics.get(changelog) ?? 0;
  const report = { tasks, batches: 0, inputs: 0, expected: 0, seen: 0, skipped: findings.skipped };
  if (tasks === 0) return { ...report, ...findings.counts };
  const existing = (names: readonly string[]) => names.map((each) => prefix + each).filter((each) => topics.has(each));
  // A model that was in force for a while may have had other entity types.
  const ever =
    name === 'segmenter'
      ? (await everSegmentedTypes(runtime)).flatMap((type) => [segmentsTopic(type), membershipsTopic(type)])
      : [];
  const written = existing([...new Set([...shape.outputs, ...ever, 'dlq.v1'])]);
  await codec.prepare(existing([...shape.outputs, ...ever, ...shape.sources]));

  // In this order, so that what was committed by the first reading is inside every later one.
  const committedBefore = await log.committed(name);
  const outputs = await boundsOf(log, written);
  const copies = await readCopies(runtime, name, tasks, findings);
  const inputs = await boundsOf(log, existing(shape.sources));
  const start = (topic: string, partition: number) => inputs.get(prefix + topic)?.get(partition)?.start ?? 0;
  const surveys: Survey[] = [];
  const rules = { basis: shape.basis ?? '', promotedBasis: shape.promotedBasis, relieves: shape.relieves, start };
  for (let task = 0; task < tasks; task += 1) surveys.push(await survey(log, changelog, task, rules));
  const committedAfter = await log.committed(name);
  const relieved = shape.relieves === undefined ? undefined : await log.committed(shape.relieves);
  const takenBy = (topic: string, partition: number) => relieved?.get(prefix + topic)?.get(partition) ?? 0;

  const since = Math.max(...surveys.map((each) => each.since));
  for (const { reason } of surveys) if (reason !== undefined) findings.skip(reason);
  const ledger = new OutputLedger({ log, codec, prefix, service: name, outputs, since });
  const partitions = inputs.get(existing(shape.sources)[0] ?? '')?.size ?? config.partitions;
  const checks = surveys.map((of, task) => {
    const recompute = new Recompute({
      make,
      prefix,
      task,
      partitions,
      codec,
      cacheStates: config.cacheStates,
      read: (topic, partition, from) => readPartition(log, topic, partition, from),
    });
    const copyKind = config.profile === 'embedded' ? ('stateMismatches' as const) : ('redisMismatches' as const);
    const parts = { task, changelog, survey: of, recompute, copy: copies[task], copyKind, takenBy, findings };
    const batches = until(changelogBatches(readPartition(log, changelog, task)), of.end);
    return { check: new TaskCheck(parts), recompute, batches: batches[Symbol.asyncIterator]() };
  });

  for await (const { batch, task } of inOrderOfTime(checks.map(({ batches }) => batches))) {
    const repeated = await checks[task]!.check.step(batch);
    if (repeated !== undefined) await ledger.expect(repeated.outputs, task, batch.offset, batch.entry?.now ?? 0);
    if (repeated === undefined) continue;
    report.batches += 1;
    onBatch(report.batches);
  }
  for (const { check, recompute } of checks) {
    check.finish();
    report.inputs += check.inputs;
    if (check.broken !== undefined) findings.skip(check.broken);
    await recompute.close();
  }
  if (checks.some(({ check }) => check.broken !== undefined) || since === Number.POSITIVE_INFINITY)
    findings.skip(`outputs of ${name} are not compared, for not all of its batches could be repeated`);
  else await ledger.settle(findings);
  comparePositions(
    checks.map(({ check }) => check),
    committedBefore,
    committedAfter,
    prefix,
    findings,
  );
  return { ...report, expected: ledger.expected, seen: ledger.seen, ...findings.counts };
}

async function boundsOf(log: LogClient, topics: readonly string[]): Promise<Map<string, Bounds>> {
  const bounds = new Map<string, Bounds>();
  for (const topic of topics) bounds.set(topic, await log.offsets(topic));
  return bounds;
}

async function readCopies(
  runtime: Runtime,
  service: string,
  tasks: number,
  findings: Findings,
): Promise<(CopiedStates | undefined)[]> {
  const copy = await runtime.workingCopy();
  const copies: (CopiedStates | undefined)[] = [];
  try {
    for (let task = 0; task < tasks; task += 1) {
      const read = await copy.read(service, task);
      if (typeof read === 'string') findings.skip(`states of ${service} task ${task}: ${read}`);
      copies.push(typeof read === 'string' ? undefined : read);
    }
  } finally {
    await copy.close();
  }
  return copies;
}

async function* until(batches: AsyncIterable<ChangelogBatch>, end: number): AsyncIterable<ChangelogBatch> {
  for await (const batch of batches) {
    if (batch.offset >= end) return;
    yield batch;
  }
}

/** Batches of all tasks as they were made, so that each output partition is read at one pace. */
async function* inOrderOfTime(
  tasks: readonly AsyncIterator<ChangelogBatch>[],
): AsyncIterable<{ batch: ChangelogBatch; task: number }> {
  const heads = await Promise.all(tasks.map(async (task) => (await task.next()).value as ChangelogBatch | undefined));
  for (;;) {
    let first = -1;
    heads.forEach((head, task) => {
      if (head !== undefined && (first < 0 || timeOf(head) < timeOf(heads[first]!))) first = task;
    });
    if (first < 0) return;
    yield { batch: heads[first]!, task: first };
    heads[first] = (await tasks[first]!.next()).value as ChangelogBatch | undefined;
  }
}

const timeOf = ({ entry }: ChangelogBatch) => entry?.now ?? Number.NEGATIVE_INFINITY;

type Positions = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Every committed position must be one that the journal accounts for. */
function comparePositions(
  checks: readonly TaskCheck[],
  before: Positions,
  after: Positions,
  prefix: string,
  findings: Findings,
): void {
  const journalled = new Map<string, number>();
  for (const { positions } of checks) for (const [id, next] of positions) journalled.set(id, next);
  if (journalled.size === 0) return;
  for (const [topic, partitions] of after) {
    for (const [partition, high] of partitions) {
      const low = before.get(topic)?.get(partition) ?? 0;
      const at = journalled.get(`${topic.slice(prefix.length)}-${partition}`) ?? 0;
      if (at >= low && at <= high) continue;
      const what = `committed is ${low === high ? high : `${low} to ${high}`}, and the journal ends at ${at}`;
      findings.add({ kind: 'positionMismatches', topic, partition, what });
    }
  }
}
