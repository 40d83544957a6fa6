import type { Node } from 'yaml';
import { didYouMean } from './problems.ts';
import type { Entry, Reader } from './reader.ts';
import type { InputType, Range } from './types.ts';
import { VOCABULARY, VOCABULARY_RANGES } from './vocabulary.ts';

const INPUT_TYPES: readonly string[] = ['number', 'string', 'boolean', 'time'];

export interface RawLink {
  readonly relation: string;
  readonly target: string;
  readonly values: readonly string[];
  readonly at: number;
}

/** An entity type as written: what attributes and dimensions need to know of each other before they are read. */
export interface RawEntity {
  readonly type: string;
  readonly fields: ReadonlyMap<string, Entry>;
  readonly inputs: ReadonlyMap<string, InputType>;
  readonly inputRanges: ReadonlyMap<string, Range>;
  readonly attributes: ReadonlyMap<string, Entry>;
  readonly links: ReadonlyMap<string, RawLink>;
}

const FIELDS = [
  ...['doc', 'transient', 'undecidedAfter', 'expireAfter', 'retention'],
  ...['inputs', 'attributes', 'links', 'dimensions', 'allow'],
];
const NAME = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** Reads names, inputs and links of every entity type; definitions stay nodes. */
export function readRawEntities(reader: Reader, node: Node | undefined): Map<string, RawEntity> {
  const entities = new Map<string, RawEntity>();
  for (const entry of reader.entries(node, 'entities')) {
    if (!NAME.test(entry.key))
      reader.problems.add(entry.at, `${entry.key} cannot name an entity type: letters and digits only`);
    const fields = reader.fields(entry.node, `entity type ${entry.key}`, FIELDS);
    entities.set(entry.key, {
      type: entry.key,
      fields,
      ...readInputs(reader, entry.key, fields.get('inputs')?.node),
      attributes: readNames(reader, fields.get('attributes')?.node),
      links: readLinks(reader, fields.get('links')?.node),
    });
  }
  for (const entity of entities.values()) {
    for (const { target, at } of entity.links.values()) {
      if (entities.has(target)) continue;
      reader.problems.add(at, `the model has no entity type ${target}${didYouMean(target, entities.keys())}`);
    }
  }
  return entities;
}

/** Inputs of the vocabulary, and those that the model declares: a type, or `{ type: number, range: [0, 1] }`. */
function readInputs(reader: Reader, type: string, node: Node | undefined): Pick<RawEntity, 'inputs' | 'inputRanges'> {
  const inputs = new Map<string, InputType>(Object.entries(VOCABULARY[type] ?? {}));
  const inputRanges = new Map(
    [...inputs.keys()].flatMap((name) => {
      const range = VOCABULARY_RANGES[name];
      return range === undefined ? [] : [[name, range] as const];
    }),
  );
  for (const { key, at, node: value } of reader.entries(node, 'inputs')) {
    const short = reader.scalar(value);
    const fields = short === undefined ? reader.fields(value, `input ${key}`, ['type', 'range']) : undefined;
    const inputType = String(fields === undefined ? short : reader.scalar(fields.get('type')?.node));
    if (INPUT_TYPES.includes(inputType)) inputs.set(key, inputType as InputType);
    else reader.problems.add(at, `input ${key} must be one of ${INPUT_TYPES.join(', ')}`);
    inputRanges.delete(key);
    const rangeNode = fields?.get('range')?.node;
    if (rangeNode === undefined) continue;
    const [low, high, more] = reader.items(rangeNode, `range of ${key}`).map((item) => reader.scalar(item));
    if (
      inputType === 'number' &&
      typeof low === 'number' &&
      typeof high === 'number' &&
      low < high &&
      more === undefined
    )
      inputRanges.set(key, { low, high });
    else reader.problem(rangeNode, `range of ${key} must be [lowest, highest], of a number; .inf for no end`);
  }
  return { inputs, inputRanges };
}

function readNames(reader: Reader, node: Node | undefined): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const entry of reader.entries(node, 'attributes')) {
    if (NAME.test(entry.key)) entries.set(entry.key, entry);
    else reader.problems.add(entry.at, `${entry.key} cannot name an attribute: letters, digits and _ only`);
  }
  return entries;
}

function readLinks(reader: Reader, node: Node | undefined): Map<string, RawLink> {
  const links = new Map<string, RawLink>();
  for (const { key: relation, at, node: value } of reader.entries(node, 'links')) {
    const short = reader.scalar(value);
    if (typeof short === 'string') {
      links.set(relation, { relation, target: short, values: [], at: reader.at(value) });
      continue;
    }
    const fields = reader.fields(value, `link ${relation}`, ['type', 'values']);
    const target = reader.text(fields.get('type')?.node ?? value, `the type of link ${relation}`);
    if (target === undefined) continue;
    const values = reader.entries(fields.get('values')?.node, `values of link ${relation}`).map((entry) => {
      if (reader.scalar(entry.node) !== 'number')
        reader.problems.add(entry.at, 'a link carries values of type number only');
      return entry.key;
    });
    links.set(relation, { relation, target, values, at: fields.get('type')?.at ?? at });
  }
  return links;
}
