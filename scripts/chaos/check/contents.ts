import type { Runtime } from '@detent/adapters';
import { deadLetterHeader, type LogClient, type LogRecord, PackedItem } from '@detent/pipeline';
import type { Action, Observation, SegmentChanged } from '@detent/schemas';
import { packedBy, topicsOfKind } from '@detent/schemas';
import { canonicalJson } from '../../../services/cli/report/digest.ts';
import type { Named } from './compare.ts';

/** What the topics of a run hold, each thing by an id that does not depend on when it was made. */
export interface Contents {
  /** In the order of their partitions. */
  changes: SegmentChanged[];
  observations: Named[];
  /** Where each entity stands, by the last record of its key. */
  memberships: Named[];
  /** Of source records: what could not be used, with its bytes. */
  letters: Named[];
  /** Actions in the order of their partitions. */
  actions: Action[];
  sourceRecords: number;
}

/** Reads all of it, read-committed, from a log that may be that of the run or of another one over the same bytes. */
export async function readContents(runtime: Runtime, log: LogClient): Promise<Contents> {
  const { topicPrefix: prefix } = runtime.config;
  const topics = [...(await log.topics()).keys()].filter((topic) => topic.startsWith(prefix));
  const named = (start: string) => topics.filter((topic) => topic.startsWith(prefix + start)).sort();
  const contents: Contents = {
    ...{ changes: [], observations: [], memberships: [], letters: [], actions: [], sourceRecords: 0 },
  };
  for (const topic of named('segments.'))
    for await (const { value } of decoded(runtime, log, topic)) contents.changes.push(value as SegmentChanged);
  for (const topic of named('actions.'))
    for await (const { value } of decoded(runtime, log, topic)) contents.actions.push(value as Action);
  for (const topic of named('observations.v1'))
    for await (const { value } of decoded(runtime, log, topic))
      contents.observations.push(nameOf(value as Observation));
  for (const topic of named('memberships.')) {
    const last = new Map<string, string>();
    for await (const { key, value } of decoded(runtime, log, topic))
      last.set(key, value === null ? 'gone' : canonicalJson(value));
    for (const [key, content] of last) contents.memberships.push([`${topic} ${key}`, content]);
  }
  for (const topic of named('dlq.v1'))
    for await (const page of log.read(topic))
      for (const record of page) if (isOfSource(record, prefix)) contents.letters.push(letterOf(record));
  for (const name of topicsOfKind('source')) {
    if (!topics.includes(prefix + name)) continue;
    for (const { start, end } of (await log.offsets(prefix + name)).values()) contents.sourceRecords += end - start;
  }
  return contents;
}

/** Everything in a topic, packs item by item; tombstones have no value. What cannot be decoded ends the check. */
async function* decoded(
  { codec }: Runtime,
  log: LogClient,
  topic: string,
): AsyncIterable<{ key: string; value: unknown }> {
  for await (const page of log.read(topic)) {
    for (const record of page) {
      if (record.value === null) {
        yield { key: String(record.key), value: null };
        continue;
      }
      let result = codec.decode(record.value);
      if (!result.ok && 'unknownSchema' in result && (await codec.fetch(result.unknownSchema)))
        result = codec.decode(record.value);
      if (!result.ok) throw new Error(`${topic}-${record.partition}@${record.offset} cannot be decoded`);
      const { name, value } = result.record;
      const packed = packedBy(name);
      if (packed === undefined) yield { key: String(record.key), value };
      else
        for (const item of (value as { items: unknown[] }).items)
          yield { key: String(new PackedItem(record, packed, item, codec).key), value: item };
    }
  }
}

function nameOf({ source, entityType, entityId, ...rest }: Observation): Named {
  const { topic, partition, offset } = source;
  return [`${topic}-${partition}@${offset} of ${entityType}:${entityId}`, canonicalJson(rest)];
}

function isOfSource({ headers }: LogRecord, prefix: string): boolean {
  const topic = String(headers[deadLetterHeader.topic]);
  return topicsOfKind('source').some((name) => prefix + name === topic);
}

/** A dead letter by where its record lies, with its reason, its bytes, and the headers that it came with. */
function letterOf({ key, value, headers }: LogRecord): Named {
  const of = (name: keyof typeof deadLetterHeader) => String(headers[deadLetterHeader[name]]);
  const reason = { code: of('code'), message: of('message'), service: of('service'), step: of('step') };
  const own = Object.entries(headers)
    .filter(([name]) => !name.startsWith('detent.error.'))
    .map(([name, bytes]) => [name, bytes.toString('base64')]);
  const bytes = [key?.toString('base64') ?? null, value?.toString('base64') ?? null];
  return [
    `${of('topic')}-${of('partition')}@${of('offset')}`,
    canonicalJson({ reason, bytes, own: Object.fromEntries(own) }),
  ];
}
