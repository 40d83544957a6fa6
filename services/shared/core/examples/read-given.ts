import { isMap, isSeq, type Node } from 'yaml';
import type { ObservedLink, Value } from '../engine/types.ts';
import { didYouMean } from '../model/problems.ts';
import type { Entry } from '../model/reader.ts';
import type { LinkModel } from '../model/types.ts';
import type { ExampleReader, Named } from './read-examples.ts';
import type { GivenObservation, Refusal } from './types.ts';

const REFUSALS: readonly string[] = ['late', 'ended', 'mismatched'];
const FIELDS = ['at', 'values', 'links', 'ended', 'every', 'times', 'refused'];

/** One entry of `given`: an observation, or with `every` a series of them. */
export function readGiven(reader: ExampleReader, item: Node): GivenObservation[] {
  const named = reader.named(item, 'an observation', FIELDS);
  if (named === undefined) return [];
  const { fields, entity } = named;
  const at = reader.instant(fields.get('at')?.node ?? item, 'at') ?? reader.start;
  const series = readValues(reader, named);
  const links = readLinks(reader, named);
  const ended = fields.has('ended') ? reader.raw.boolean(fields.get('ended')?.node, 'ended') === true : false;
  const every = fields.has('every') ? reader.raw.duration(fields.get('every')?.node, 'every') : undefined;
  const isTimes = (n: number) => Number.isInteger(n) && n > 0;
  const times = fields.has('times') ? reader.raw.number(fields.get('times')?.node, 'times', isTimes) : undefined;
  const longest = Math.max(1, ...[...series.values()].map((list) => (list.isList ? list.values.length : 1)));
  if ((longest > 1 || times !== undefined) && every === undefined)
    reader.raw.problem(item, 'several values, or times, need every: how far apart they are observed');
  const refusal = fields.has('refused') ? reader.raw.text(fields.get('refused')?.node, 'refused') : undefined;
  if (refusal !== undefined && !REFUSALS.includes(refusal))
    reader.raw.problem(fields.get('refused')?.node, `refused must be one of ${REFUSALS.join(', ')}`);
  return Array.from({ length: times ?? longest }, (_, i): GivenObservation => {
    const values: Record<string, Value> = {};
    for (const [name, list] of series) values[name] = list.values[i % list.values.length]!;
    const source = { topic: 'example', partition: 0, offset: reader.nextOffset() };
    return {
      observation: { ...entity, values, links, ended, observedAt: at + i * (every ?? 0), source },
      refused: refusal as Refusal | undefined,
      line: reader.lineOf(item),
    };
  });
}

interface Series {
  readonly isList: boolean;
  readonly values: readonly Value[];
}

function readValues(reader: ExampleReader, { fields, model }: Named): Map<string, Series> {
  const series = new Map<string, Series>();
  for (const entry of reader.raw.entries(fields.get('values')?.node, 'values')) {
    const type = model.inputs.get(entry.key);
    if (type === undefined) {
      const near = didYouMean(entry.key, model.inputs.keys());
      reader.raw.problems.add(entry.at, `${model.type} has no input ${entry.key}${near}`);
      continue;
    }
    const isList = isSeq(entry.node);
    const nodes = isList ? reader.raw.items(entry.node, entry.key) : [entry.node];
    const values = nodes.flatMap((node) => readValue(reader, entry, node, type === 'time') ?? []);
    if (values.length > 0) series.set(entry.key, { isList, values });
  }
  return series;
}

function readValue(
  reader: ExampleReader,
  { key, at }: Entry,
  node: Node | undefined,
  isTime: boolean,
): Value | undefined {
  const value = reader.raw.scalar(node);
  if (isTime && typeof value !== 'number') return reader.instant(node, key);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  reader.raw.problems.add(at, `${key} must be a number, a text, true or false`);
  return undefined;
}

/** `customer: c1`, `lines: [{ sku: s1, quantity: 2 }]`, `regions: [north, south]`. */
function readLinks(reader: ExampleReader, { fields, model }: Named): ObservedLink[] {
  return reader.raw.entries(fields.get('links')?.node, 'links').flatMap(({ key, at, node }): ObservedLink[] => {
    const link = model.links.get(key);
    if (link === undefined) {
      reader.raw.problems.add(at, `${model.type} has no link ${key}${didYouMean(key, model.links.keys())}`);
      return [];
    }
    const nodes = isSeq(node) ? reader.raw.items(node, key) : node === undefined ? [] : [node];
    return [{ relation: key, targets: nodes.flatMap((each) => readTarget(reader, link, each) ?? []) }];
  });
}

function readTarget(
  reader: ExampleReader,
  { relation, target, values: carried }: LinkModel,
  node: Node,
): ObservedLink['targets'][number] | undefined {
  if (!isMap(node)) {
    const entityId = reader.raw.text(node, `${relation}: the id of a ${target}`);
    return entityId === undefined ? undefined : { entityType: target, entityId, values: {} };
  }
  const fields = reader.raw.fields(node, `a link of ${relation}`, [target, ...carried]);
  const entityId = reader.raw.text(fields.get(target)?.node ?? node, `${target} (its id)`);
  if (entityId === undefined) return undefined;
  const values: Record<string, Value> = {};
  for (const name of carried) {
    const value = fields.has(name) ? reader.raw.number(fields.get(name)?.node, name) : undefined;
    if (value !== undefined) values[name] = value;
  }
  return { entityType: target, entityId, values };
}
