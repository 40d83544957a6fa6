import { type Node, parseDocument } from 'yaml';
import { ModelError, ProblemList } from './problems.ts';
import { type RawEntity, readRawEntities } from './raw-entity.ts';
import { AttributeTable } from './read-attributes.ts';
import { readDimensions } from './read-dimensions.ts';
import { readPlaybooks } from './read-playbooks.ts';
import { Reader } from './reader.ts';
import type { AttributeModel, EntityModel, LinkModel, Model } from './types.ts';

const FIELDS = ['model', 'version', 'doc', 'grace', 'orderBy', 'entities', 'playbooks'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Reads a model from YAML and checks it whole. `file` is only for messages.
 * Throws `ModelError` with every problem at its line and column.
 */
export function loadModel(text: string, file: string): Model {
  const problems = new ProblemList(text);
  const document = parseDocument(text, { prettyErrors: false });
  for (const error of document.errors) problems.add(error.pos[0], error.message);
  if (!problems.isEmpty) throw new ModelError(file, text, problems.all);
  const reader = new Reader(problems);
  const model = readModel(reader, document.contents as Node | null);
  if (!problems.isEmpty) throw new ModelError(file, text, problems.all);
  return model;
}

function readModel(reader: Reader, root: Node | null): Model {
  const fields = reader.fields(root ?? undefined, 'the model', FIELDS);
  const node = (name: string) => fields.get(name)?.node;
  const name = reader.text(node('model') ?? root ?? undefined, 'model (its name)') ?? '';
  const version =
    reader.number(node('version') ?? root ?? undefined, 'version', (n) => Number.isInteger(n) && n > 0) ?? 0;
  const grace = fields.has('grace') ? reader.duration(node('grace'), 'grace', true) : DAY_MS;
  const raw = readRawEntities(reader, node('entities'));
  if (raw.size === 0) reader.problem(node('entities') ?? root ?? undefined, 'the model needs entities');
  const table = new AttributeTable(reader, raw);
  const attributes = new Map([...raw.values()].map((entity) => [entity.type, readAttributes(table, entity)]));
  const entities = new Map(
    [...raw.values()].map((entity) => [entity.type, readEntity(reader, table, entity, attributes.get(entity.type)!)]),
  );
  checkExpiry(reader, raw, entities);
  return {
    name,
    version,
    graceMs: grace ?? DAY_MS,
    reorderMs: readOrder(reader, node('orderBy')),
    entities,
    playbooks: readPlaybooks(reader, node('playbooks'), entities),
  };
}

/** Time alone must not take values from others: the instants between two tasks' timers are in no order. */
function checkExpiry(
  reader: Reader,
  raw: ReadonlyMap<string, RawEntity>,
  entities: ReadonlyMap<string, EntityModel>,
): void {
  for (const { type, links } of entities.values()) {
    for (const { target, reads } of links.values()) {
      const expiry = reads.length > 0 ? raw.get(target)?.fields.get('expireAfter') : undefined;
      if (expiry !== undefined)
        reader.problems.add(
          expiry.at,
          `${target} cannot expire, for ${type} reads ${reads[0]} of it: let an observation end it (ended: true)`,
        );
    }
  }
}

function readAttributes(table: AttributeTable, entity: RawEntity): Map<string, AttributeModel> {
  const attributes = new Map<string, AttributeModel>();
  for (const name of entity.attributes.keys()) {
    const attribute = table.get(entity, name);
    if (attribute !== undefined) attributes.set(name, attribute);
  }
  return attributes;
}

function readEntity(
  reader: Reader,
  table: AttributeTable,
  raw: RawEntity,
  attributes: ReadonlyMap<string, AttributeModel>,
): EntityModel {
  const node = (name: string) => raw.fields.get(name)?.node;
  const transient = raw.fields.has('transient') ? reader.boolean(node('transient'), 'transient') : false;
  const undecided = raw.fields.has('undecidedAfter')
    ? reader.duration(node('undecidedAfter'), 'undecidedAfter')
    : HOUR_MS;
  const expire = raw.fields.has('expireAfter') ? reader.duration(node('expireAfter'), 'expireAfter') : undefined;
  const retention = raw.fields.has('retention') ? reader.duration(node('retention'), 'retention') : 30 * DAY_MS;
  const links = new Map<string, LinkModel>();
  for (const { relation, target, values } of raw.links.values())
    links.set(relation, { relation, target, values, reads: table.readsThrough(raw, relation) });
  return {
    type: raw.type,
    transient: transient ?? false,
    undecidedAfterMs: undecided ?? HOUR_MS,
    expireAfterMs: expire ?? Infinity,
    retentionMs: retention ?? 30 * DAY_MS,
    inputs: raw.inputs,
    inputRanges: raw.inputRanges,
    attributes,
    links,
    dimensions: readDimensions(reader, raw.fields.get('dimensions'), attributes, [...raw.attributes.keys()]),
  };
}

function readOrder(reader: Reader, node: Node | undefined): number | undefined {
  const fields = reader.fields(node, 'orderBy', ['eventTime', 'grace']);
  if (!fields.has('eventTime') || reader.boolean(fields.get('eventTime')?.node, 'eventTime') !== true) return undefined;
  return fields.has('grace') ? reader.duration(fields.get('grace')?.node, 'grace', true) : 2000;
}
