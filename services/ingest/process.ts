import { ACTION_STATUS, type InputRecord, type ProcessContext, type Processor, type Step } from '@detent/pipeline';
import type { Observation } from '@detent/schemas';
import { accept } from './accept.ts';
import { blocksToLoad, decodeDedupe, encodeDedupe, forget, headKeyOf, headsToLoad, isRepeat } from './dedupe.ts';
import { extract, type Seen } from './extract/index.ts';
import { ingestOutput, ingestSources } from './topology.ts';

/** The ingest service: source events in, observations keyed by entity out. */
export function createIngestProcessor(): Processor {
  return {
    service: 'ingest',
    sources: ingestSources,
    outputs: [ingestOutput],
    partitioning: 'per-partition',
    // Where it runs within the segmenter, that one reads the sources.
    relieves: 'segmenter',
    feeds: true,
    accept,
    movesTime: ({ name }) => name !== ACTION_STATUS,
    keysOf: (record) => [headKeyOf(record)],
    encodeState: encodeDedupe,
    decodeState: decodeDedupe,
    process: processBatch,
    onDue,
  };
}

function* processBatch(batch: readonly InputRecord[], context: ProcessContext): Step {
  const { states } = context;
  const headKeys = batch.map((record) => record.keys?.[0] ?? headKeyOf(record));
  const blocks = blocksToLoad(headKeys, states);
  if (blocks.length > 0) yield blocks;
  const tallies = new Map<string, Tally>();
  batch.forEach((record, i) => {
    const tally = tallyOf(tallies, record.topic);
    const { eventId } = record.value as { eventId: string };
    if (isRepeat(headKeys[i]!, eventId, record, states)) {
      tally.duplicate += 1;
      return;
    }
    tally.ok += 1;
    tally.observations += observe(record, context);
  });
  for (const [topic, { ok, duplicate, observations }] of tallies) {
    if (ok > 0) context.count('detent_ingest_records_total', { topic, result: 'ok' }, ok);
    if (duplicate > 0) context.count('detent_ingest_records_total', { topic, result: 'duplicate' }, duplicate);
    if (observations > 0) context.count('detent_ingest_observations_total', { topic }, observations);
  }
}

interface Tally {
  ok: number;
  duplicate: number;
  observations: number;
}

function tallyOf(tallies: Map<string, Tally>, topic: string): Tally {
  let tally = tallies.get(topic);
  if (tally === undefined) {
    tally = { ok: 0, duplicate: 0, observations: 0 };
    tallies.set(topic, tally);
  }
  return tally;
}

/** Emits what the record tells. Each observation names the record's place in the log, so that a batch done again says the same. */
function observe(record: InputRecord, context: ProcessContext): number {
  const { topic, eventTime, raw } = record;
  const found = extract(record.name, record.value);
  const source = { topic, partition: raw.partition, offset: raw.offset };
  for (const seen of found) {
    context.emit({
      topic: ingestOutput,
      name: 'detent.observations.Observation',
      key: seen.entityId,
      value: toObservation(seen, eventTime, source),
      eventTime,
      partition: 'key',
    });
  }
  return found.length;
}

function toObservation(
  { entityType, entityId, values, links, ended }: Seen,
  observedAt: number,
  source: Observation['source'],
): Observation {
  return { entityType, entityId, values, links, ended, observedAt, source };
}

function* onDue(due: readonly { key: string }[], until: number, { states }: ProcessContext): Step {
  const heads = headsToLoad(due).filter((key) => !states.has(key));
  if (heads.length > 0) yield heads;
  for (const { key } of due) forget(key, until, states);
}
