import { Environment } from '@marcbachmann/cel-js';
import type { Node } from 'yaml';
import { collectPlaces } from '../conditions/ast.ts';
import { createParser, type Names } from '../conditions/parse.ts';
import { carriedGroups } from './carried-groups.ts';
import { formatDuration } from './duration.ts';
import { placeIn } from './place.ts';
import { didYouMean } from './problems.ts';
import type { RawEntity, RawLink } from './raw-entity.ts';
import { readExpression, refuseMoving } from './read-expression.ts';
import { OBSERVED_KINDS, type ReadFold, readObservedFold, readWhere } from './read-folds.ts';
import { readMissing } from './read-missing.ts';
import type { Entry, Reader } from './reader.ts';
import type {
  Aggregate,
  AttributeModel,
  Expression,
  Fold,
  MissingPolicy,
  PopulationStatistic,
  Signal,
  ValueType,
} from './types.ts';

const AGGREGATES: readonly Aggregate[] = ['sum', 'max', 'min', 'mean', 'count', 'any', 'all'];
const DAY_MS = 86_400_000;
const LEAST_REFRESH_MS = 60_000;
const KINDS = [...OBSERVED_KINDS, 'derive', 'percentileRank', 'cumulativeShare', 'from', 'gain', 'over'] as const;
const COMMON = ['doc', 'type', 'signal', 'missing', 'where', 'grace', 'allow'];
const EXTRA: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  latest: [],
  count: ['window'],
  sum: ['window'],
  mean: ['window'],
  min: ['window'],
  max: ['window'],
  rate: ['window', 'per'],
  ratio: ['window', 'prior'],
  quantile: ['window', 'p'],
  ewma: ['halfLife'],
  exposure: ['at', 'q10', 'maxGap'],
  until: ['calendar'],
  since: ['calendar'],
  derive: [],
  percentileRank: ['refresh'],
  cumulativeShare: ['refresh'],
  from: [],
  gain: [],
  over: AGGREGATES,
};

/** Reads attributes of all entity types on demand, for they read each other. */
export class AttributeTable {
  readonly #reader: Reader;
  readonly #entities: ReadonlyMap<string, RawEntity>;
  readonly #done = new Map<string, AttributeModel | undefined>();
  readonly #open: string[] = [];
  /** Entity type → how often its population is counted, ms. */
  readonly #refreshes = new Map<string, number>();
  /** `order.lines` → attributes of the target that are read through it. */
  readonly #linkReads = new Map<string, Set<string>>();

  constructor(reader: Reader, entities: ReadonlyMap<string, RawEntity>) {
    this.#reader = reader;
    this.#entities = entities;
  }

  /** The attribute, or undefined when it does not exist or has problems (which are noted). */
  get(entity: RawEntity, name: string): AttributeModel | undefined {
    const id = `${entity.type}.${name}`;
    if (this.#done.has(id)) return this.#done.get(id);
    const entry = entity.attributes.get(name);
    if (entry === undefined) return undefined;
    if (this.#open.includes(id)) {
      const circle = [...this.#open.slice(this.#open.indexOf(id)), id].join(' → ');
      this.#reader.problems.add(entry.at, `attributes depend on each other in a circle: ${circle}`);
      return undefined;
    }
    this.#open.push(id);
    const attribute = this.#read(entity, entry);
    this.#open.pop();
    this.#done.set(id, attribute);
    return attribute;
  }

  /** Attributes of the target that an entity type reads through a relation, sorted. Complete once all are read. */
  readsThrough(entity: RawEntity, relation: string): string[] {
    return [...(this.#linkReads.get(`${entity.type}.${relation}`) ?? [])].sort();
  }

  #read(entity: RawEntity, entry: Entry): AttributeModel | undefined {
    const reader = this.#reader;
    const what = `attribute ${entry.key}`;
    const keys = reader.entries(entry.node, what).map(({ key }) => key);
    // `over` comes with an aggregate whose name is also a fold, so it is looked for first.
    const kind = keys.includes('over') ? 'over' : KINDS.find((candidate) => keys.includes(candidate));
    if (kind === undefined) {
      const near = keys.map((key) => didYouMean(key, KINDS)).find((hint) => hint !== '') ?? '';
      reader.problems.add(entry.at, `${what} must have one of ${KINDS.join(', ')}${near}`);
      return undefined;
    }
    const fields = reader.fields(entry.node, what, [kind, ...EXTRA[kind], ...COMMON]);
    const read = this.#readFold(entity, kind, fields, what);
    if (read === undefined) return undefined;
    const missing = readMissing(reader, fields.get('missing')?.node, read.type);
    const isObserved = (OBSERVED_KINDS as readonly string[]).includes(kind);
    if (missing.kind === 'leave' && !isObserved)
      reader.problem(
        fields.get('missing')?.node,
        'leave after belongs to the attribute that is observed, not to one that reads it',
      );
    const signalNode = fields.get('signal')?.node;
    const signal = signalNode === undefined ? read.signal : reader.text(signalNode, 'signal');
    if (signal !== 'measured' && signal !== 'stated')
      return reader.problem(signalNode, 'signal must be measured or stated');
    const graceMs = this.#readGrace(fields.get('grace')?.node, isObserved, what);
    const where = isObserved ? readWhere(reader, entity, fields.get('where')?.node) : undefined;
    return {
      name: entry.key,
      type: read.type,
      signal,
      unitVotes: signal === 'measured' && read.unitVotes,
      changesWithTime: read.changesWithTime || missing.kind === 'leave',
      missing,
      graceMs,
      where,
      fold: read.fold,
      identity: identityOf(read, missing, where, entity),
    };
  }

  #readGrace(node: Node | undefined, isObserved: boolean, what: string): number | undefined {
    if (node === undefined) return undefined;
    const reader = this.#reader;
    if (!isObserved)
      return reader.problem(node, 'grace belongs to the attribute that is observed, not to one that reads it');
    const graceMs = reader.duration(node, `grace of ${what}`, true);
    if (graceMs !== undefined && graceMs > reader.graceMs)
      return reader.problem(
        node,
        `grace of ${what} is longer than the model's, ${formatDuration(reader.graceMs)}: what is later than that never reaches it`,
      );
    return graceMs;
  }

  #readFold(
    entity: RawEntity,
    kind: (typeof KINDS)[number],
    fields: Map<string, Entry>,
    what: string,
  ): ReadFold | undefined {
    const node = fields.get(kind)?.node;
    switch (kind) {
      case 'derive':
        return this.#readDerive(entity, node, what);
      case 'percentileRank':
      case 'cumulativeShare':
        return this.#readPopulation(entity, kind, fields, what);
      case 'from':
      case 'gain':
        return this.#readThrough(entity, kind, node, what);
      case 'over':
        return this.#readOver(entity, fields, what);
      default:
        return readObservedFold(this.#reader, entity, kind, fields, what);
    }
  }

  #readDerive(entity: RawEntity, node: Node | undefined, what: string): ReadFold | undefined {
    const names = new Map<string, ValueType>();
    const reads = this.#namesIn(node).flatMap((name) => this.get(entity, name) ?? []);
    for (const attribute of reads) names.set(attribute.name, attribute.type);
    if (!this.#allReadable(entity, node)) return undefined;
    const reader = this.#reader;
    const read = readExpression(reader, node, what, createParser(names, reader.calendars), entity.attributes.keys());
    if (read === undefined || refuseMoving(reader, node, what, read.expression, new Map(reads.map((a) => [a.name, a]))))
      return undefined;
    return {
      fold: { kind: 'derive', expression: read.expression },
      type: read.type,
      ...follow(reads),
      changesWithTime: reads.some((a) => a.changesWithTime),
    };
  }

  /** False when the expression reads an attribute that exists and has a problem of its own: one report is enough. */
  #allReadable(entity: RawEntity, node: Node | undefined): boolean {
    return this.#namesIn(node).every((name) => !entity.attributes.has(name) || this.get(entity, name) !== undefined);
  }

  #readPopulation(
    entity: RawEntity,
    statistic: PopulationStatistic,
    fields: Map<string, Entry>,
    what: string,
  ): ReadFold | undefined {
    const reader = this.#reader;
    const node = fields.get(statistic)?.node;
    const name = String(reader.scalar(node));
    if (!entity.attributes.has(name))
      return reader.problem(
        node,
        `${entity.type} has no attribute ${name}${didYouMean(name, entity.attributes.keys())}`,
      );
    const attribute = this.get(entity, name);
    if (attribute === undefined) return undefined;
    if (attribute.type !== 'number') return reader.problem(node, `${name} is a ${attribute.type}; needed: number`);
    if (reader.scalar(entity.fields.get('transient')?.node) === true)
      return reader.problem(node, `${entity.type} is transient: a population is of what stays`);
    const refresh = fields.get('refresh')?.node;
    const refreshMs = refresh === undefined ? DAY_MS : reader.duration(refresh, `refresh of ${what}`);
    if (refreshMs === undefined) return undefined;
    const first = this.#refreshes.get(entity.type) ?? refreshMs;
    this.#refreshes.set(entity.type, first);
    if (refreshMs < LEAST_REFRESH_MS || refreshMs !== first)
      return reader.problem(
        refresh ?? node,
        `refresh of ${what} must be 1m or longer, and the same for all of ${entity.type} (the first has ${formatDuration(first)})`,
      );
    return {
      fold: { kind: 'population', statistic, attribute: name, refreshMs },
      type: 'number',
      signal: 'measured',
      unitVotes: false,
      changesWithTime: true,
    };
  }

  #readThrough(entity: RawEntity, kind: 'from' | 'gain', node: Node | undefined, what: string): ReadFold | undefined {
    const reader = this.#reader;
    const [relation = '', name = '', more] = String(reader.scalar(node) ?? '').split('.');
    if (name === '' || more !== undefined) return reader.problem(node, `${kind} of ${what} must be <link>.<attribute>`);
    const link = this.#link(entity, relation, node);
    const attribute = link && this.#through(entity, link, name, placeIn(reader, node, relation.length + 1));
    if (attribute === undefined) return undefined;
    if (kind === 'gain' && attribute.type !== 'number')
      return reader.problem(node, `gain of ${what} must read a number: ${relation}.${name} is a ${attribute.type}`);
    return {
      fold: { kind, relation, attribute: name },
      type: attribute.type,
      ...follow([attribute]),
      changesWithTime: false,
    };
  }

  #readOver(entity: RawEntity, fields: Map<string, Entry>, what: string): ReadFold | undefined {
    const reader = this.#reader;
    const over = fields.get('over')?.node;
    const link = this.#link(entity, String(reader.scalar(over)), over);
    if (link === undefined) return undefined;
    const given = AGGREGATES.filter((aggregate) => fields.has(aggregate));
    const aggregate = given[0];
    if (aggregate === undefined || given.length > 1)
      return reader.problem(over, `${what} must have exactly one of ${AGGREGATES.join(', ')}`);
    const valueNode = fields.get(aggregate)?.node;
    const whereNode = fields.get('where')?.node;
    const reads = new Map<string, AttributeModel>();
    const isPlainCount = aggregate === 'count' && reader.scalar(valueNode) === true;
    const truth = aggregate === 'any' || aggregate === 'all' || aggregate === 'count';
    const value = isPlainCount
      ? undefined
      : this.#linkExpression(entity, link, valueNode, `${aggregate} of ${what}`, reads, truth);
    const where =
      whereNode === undefined
        ? undefined
        : this.#linkExpression(entity, link, whereNode, `where of ${what}`, reads, true);
    if ((value === undefined && !isPlainCount) || (where === undefined && whereNode !== undefined)) return undefined;
    const type = aggregate === 'any' || aggregate === 'all' ? 'boolean' : 'number';
    return {
      fold: { kind: 'over', relation: link.relation, aggregate, value, where },
      type,
      ...follow([...reads.values()]),
      changesWithTime: false,
    };
  }

  #linkExpression(
    entity: RawEntity,
    link: RawLink,
    node: Node | undefined,
    what: string,
    reads: Map<string, AttributeModel>,
    truth: boolean,
  ): Expression | undefined {
    const carried = new Map(link.values.map((name) => [name, 'number' as const]));
    const groups = new Map<string, Map<string, ValueType>>();
    for (const group of carriedGroups(link)) groups.set(group, carried);
    const ofTarget = new Map<string, ValueType>();
    const target = this.#entities.get(link.target);
    for (const [name, at] of this.#placesIn(node)) {
      const [group = '', attributeName = ''] = name.split('.');
      if (group !== link.target || target === undefined) continue;
      const place = placeIn(this.#reader, node, at + group.length + 1);
      const attribute = this.#through(entity, link, attributeName, place);
      if (attribute === undefined) return undefined;
      ofTarget.set(attributeName, attribute.type);
      reads.set(attributeName, attribute);
    }
    groups.set(link.target, ofTarget);
    const parse = createParser(
      new Map([...groups].filter(([, fields]) => fields.size > 0)) as Names,
      this.#reader.calendars,
    );
    const known = [...groups.keys(), ...link.values, ...(target?.attributes.keys() ?? [])];
    return readExpression(this.#reader, node, what, parse, known, truth ? 'boolean' : 'number')?.expression;
  }

  #through(entity: RawEntity, link: RawLink, name: string, at: number): AttributeModel | undefined {
    const target = this.#entities.get(link.target);
    if (target === undefined) return undefined;
    if (!target.attributes.has(name))
      return this.#problem(at, `${link.target} has no attribute ${name}${didYouMean(name, target.attributes.keys())}`);
    const attribute = this.get(target, name);
    if (attribute?.changesWithTime)
      return this.#problem(
        at,
        `${link.target}.${name} changes with time alone, so it cannot be read from another entity`,
      );
    if (attribute === undefined) return undefined;
    const id = `${entity.type}.${link.relation}`;
    const names = this.#linkReads.get(id) ?? new Set();
    this.#linkReads.set(id, names.add(name));
    return attribute;
  }

  #link(entity: RawEntity, relation: string, node: Node | undefined): RawLink | undefined {
    const link = entity.links.get(relation);
    if (link !== undefined) return link;
    return this.#reader.problem(
      node,
      `${entity.type} has no link ${relation}${didYouMean(relation, entity.links.keys())}`,
    );
  }

  #problem(at: number, message: string): undefined {
    this.#reader.problems.add(at, message);
    return undefined;
  }

  #namesIn(node: Node | undefined): string[] {
    return this.#placesIn(node).map(([name]) => name);
  }

  /** Names that an expression reads, each with the offset at which it is first read. */
  #placesIn(node: Node | undefined): [name: string, at: number][] {
    try {
      return [...collectPlaces(new Environment().parse(String(this.#reader.scalar(node))).ast, new Map())];
    } catch {
      return []; // A syntax error: reported with its place when the expression itself is read.
    }
  }
}

function follow(reads: readonly AttributeModel[]): { signal: Signal; unitVotes: boolean } {
  const measured = reads.filter(({ signal }) => signal === 'measured');
  return {
    signal: measured.length > 0 ? 'measured' : 'stated',
    unitVotes: measured.length > 0 && measured.every(({ unitVotes }) => unitVotes),
  };
}

/** What the kept words mean: how they are folded, of what type, from what inputs. Not how they are explained or used. */
function identityOf(
  { fold, type }: ReadFold,
  missing: MissingPolicy,
  where: Expression | undefined,
  entity: RawEntity,
): string {
  const inputs = [...entity.inputs].filter(([name]) => mentions(fold, name));
  const withoutTree = (name: string, value: unknown) => (name === 'ast' ? undefined : value);
  return JSON.stringify([fold, type, where, missing.kind === 'leave', inputs], withoutTree);
}

function mentions(fold: Fold, input: string): boolean {
  if (fold.kind === 'ratio') return fold.hits === input || fold.trials === input;
  return 'input' in fold && fold.input === input;
}
