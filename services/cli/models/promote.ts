import type { Runtime } from '@detent/adapters';
import { loadModel, type Model } from '@detent/core';
import { modelSwitchesTopic, type OutRecord } from '@detent/pipeline';
import { type ModelSwitched, type ModelVersion, packedBy, topicEntry } from '@detent/schemas';
import { segmentedTypesOf } from '../composition.ts';
import { UsageError } from '../errors.ts';
import { everyTopic } from '../run/every-topic.ts';
import { decodeAny } from '../verify/decode.ts';
import { readSwitches } from './history.ts';
import { readRegister, registerTopic, SEED_AUTHOR } from './register.ts';

/** Records looked at, from the end of each partition, for the newest event time. */
const TAIL = 50;

/** Who switches to which text, and why. */
export interface Promotion {
  yaml: string;
  /** Names the text in messages. */
  file: string;
  sha256: string;
  by: string;
  approver: string | null;
  reason: string;
  entriesPerMinute: number;
  /** Event time from which it holds, epoch ms; undefined: now, as the services have it. */
  effectiveAt: number | undefined;
  /** Version that it takes back. */
  rollbackOf: string | null;
  /** The text in force before anything was promoted, for the first one to be taken back. */
  seed: { yaml: string; sha256: string };
}

/**
 * Puts a model in force for all partitions at one point of event time: the switch and the register in one transaction.
 * Throws `ModelError` for a text with problems, and `UsageError` for one that is in force already or bears the version
 * of another.
 */
export async function promote(runtime: Runtime, promotion: Promotion): Promise<ModelSwitched> {
  const { config, log, codec } = runtime;
  const { yaml, sha256, by, approver, reason, entriesPerMinute, rollbackOf } = promotion;
  const model = loadModel(yaml, promotion.file);
  const switches = await readSwitches(runtime);
  refuseUnusable(model, switches, await readRegister(runtime), promotion);
  await runtime.ensureTopics(everyTopic(segmentedTypesOf(model)));
  await codec.prepare([modelSwitchesTopic, registerTopic].map((topic) => config.topicPrefix + topic));
  const last = switches.at(-1);
  const newest = promotion.effectiveAt ?? (config.time === 'wall' ? Date.now() : await newestEvent(runtime));
  const switched: ModelSwitched = {
    model: model.name,
    version: String(model.version),
    yaml,
    sha256,
    // Two switches at one instant would be in no order.
    effectiveAt: Math.max(newest, (last?.effectiveAt ?? Number.NEGATIVE_INFINITY) + 1),
    by,
    approver,
    reason,
    entriesPerMinute,
    rollbackOf,
  };
  const occurredAt = Date.now();
  const record = (topic: string, partition: number, key: string | null, name: string, value: unknown): OutRecord => ({
    topic: config.topicPrefix + topic,
    partition,
    key: key === null ? null : Buffer.from(key),
    value: codec.encode(config.topicPrefix + topic, name, value),
    timestamp: occurredAt,
  });
  const registered = (
    of: Pick<ModelSwitched, 'model' | 'version' | 'yaml' | 'sha256' | 'by' | 'approver' | 'reason'>,
    stage: ModelVersion['stage'],
  ) => {
    const { version, approver: approvedBy = null } = of;
    const value: ModelVersion = {
      ...{ model: of.model, version, yaml: of.yaml, sha256: of.sha256, stage },
      ...{ author: of.by, approver: approvedBy, note: of.reason, occurredAt },
    };
    return record(registerTopic, 0, `${of.model}@${version}`, 'detent.models.ModelVersion', value);
  };
  const before = last ?? seedOf(promotion);
  await log.appendTogether(
    [
      ...Array.from({ length: partitionsOf(config.partitions) }, (_, partition) =>
        record(modelSwitchesTopic, partition, null, 'detent.models.ModelSwitched', switched),
      ),
      ...(before.sha256 === sha256 ? [] : [registered(before, 'retired')]),
      registered(switched, 'live'),
    ],
    'model-promote',
  );
  return switched;
}

function refuseUnusable(
  model: Model,
  switches: readonly ModelSwitched[],
  register: readonly ModelVersion[],
  { seed, sha256, effectiveAt }: Promotion,
): void {
  const name = `${model.name}@${model.version}`;
  const last = switches.at(-1);
  if (last?.sha256 === sha256) throw new UsageError(`${name} is in force already, with this very text`);
  const first = loadModel(seed.yaml, 'the model that the services were started with');
  const started = { model: first.name, version: String(first.version), sha256: seed.sha256 };
  const known = switches.length === 0 ? [started] : register;
  const other = known.find((each) => `${each.model}@${each.version}` === name && each.sha256 !== sha256);
  if (other !== undefined)
    throw new UsageError(
      `another text is or was in force as ${name}: raise "version" in the file, for changes name it`,
    );
  if (effectiveAt === undefined) return;
  if (effectiveAt > Date.now()) throw new UsageError('--effective-at lies ahead: a switch cannot be made for later');
  if (last !== undefined && effectiveAt <= last.effectiveAt)
    throw new UsageError(
      `--effective-at lies before the last switch, which was at ${new Date(last.effectiveAt).toISOString()}`,
    );
}

function seedOf({ seed }: Promotion): ModelSwitched {
  const { name, version } = loadModel(seed.yaml, 'the model that the services were started with');
  const said = { by: SEED_AUTHOR, approver: null, reason: 'in force before anything was promoted' };
  const of = { model: name, version: String(version), ...seed, effectiveAt: 0, entriesPerMinute: 0, rollbackOf: null };
  return { ...of, ...said };
}

const partitionsOf = (configured: number): number =>
  topicEntry(modelSwitchesTopic).partitions === 'shared' ? configured : 1;

/** The newest event time among the last observations of each partition, epoch ms; now where there are none. */
async function newestEvent({ log, codec, config }: Runtime): Promise<number> {
  const topic = `${config.topicPrefix}observations.v1`;
  let newest = Number.NEGATIVE_INFINITY;
  const tails = new Map(
    [...(await log.offsets(topic))].map(([partition, { start, end }]) => [partition, Math.max(start, end - TAIL)]),
  );
  for await (const page of log.read(topic, tails)) {
    for (const { value } of page) {
      const decoded = await decodeAny(codec, value);
      if (decoded === undefined) continue;
      const items =
        packedBy(decoded.name) === undefined ? [decoded.value] : (decoded.value as { items: unknown[] }).items;
      for (const item of items) newest = Math.max(newest, (item as { observedAt: number }).observedAt);
    }
  }
  return newest === Number.NEGATIVE_INFINITY ? Date.now() : newest;
}
