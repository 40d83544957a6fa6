import { type GainPlan, gainWords } from '../attributes/gain.ts';
import { History } from '../attributes/history.ts';
import { type NumberOf, numberOf } from '../conditions/compile.ts';
import { ConditionTable } from '../conditions/table.ts';
import type { EntityModel, InputType, LinkModel, Model } from '../model/types.ts';
import { AttributeTable, type CompiledAttribute, type Feed, type Refresh, type Standing } from './attribute-table.ts';
import { type DimensionPlan, planDimension } from './dimension-plan.ts';
import { type Layout, LayoutBuilder } from './layout.ts';
import type { EntityState } from './state.ts';

/** What a change of one attribute concerns: dimensions as bits, and the clauses that may vote. */
export interface Concern {
  readonly dimensions: number;
  readonly clauses: readonly number[];
}

export interface InputPlan {
  readonly type: InputType;
  readonly feeds: readonly (Pick<Feed, 'take' | 'where' | 'graceMs' | 'attribute'> & Concern)[];
}

export interface LinkPlan {
  readonly model: LinkModel;
  readonly gains: readonly GainPlan[];
  readonly refreshes: readonly (Pick<Refresh, 'refresh'> & Concern)[];
}

/** An attribute of which others count what it gains while they are linked. */
export interface Remembered {
  readonly history: History;
  readonly value: NumberOf<EntityState>;
  /** By whom: entity type and relation, with a dot between them. */
  readonly by: ReadonlySet<string>;
}

export interface StandingPlan extends Standing, Concern {
  /** Of the attribute whose standing it is. */
  readonly value: NumberOf<EntityState>;
}

/** Everything about one entity type that is worked out once. */
export interface TypePlan {
  readonly entity: EntityModel;
  readonly layout: Layout;
  readonly inputs: ReadonlyMap<string, InputPlan>;
  /** Relations that an attribute follows, in the order of the layout. */
  readonly links: readonly LinkPlan[];
  readonly dimensions: readonly DimensionPlan[];
  readonly conditions: ConditionTable<EntityState>;
  /** Margin of each clause and truth of each gate; −Infinity and 0 once a value is too old (`leave after`). */
  readonly readClause: readonly NumberOf<EntityState>[];
  readonly readGate: readonly NumberOf<EntityState>[];
  readonly attributes: ReadonlyMap<string, CompiledAttribute>;
  readonly standings: readonly StandingPlan[];
  /** Attributes that other entity types read. */
  readonly referenced: readonly CompiledAttribute[];
  /** Those of which others count what they gain: what they were is kept. */
  readonly remembered: ReadonlyMap<string, Remembered>;
}

/** Compiles an entity type of a model that has passed its checks. `retired`: dimensions whose last numbers are kept. */
export function planType(model: Model, entity: EntityModel, retired: readonly string[] = []): TypePlan {
  const layout = new LayoutBuilder();
  // Changed, they move instants that states already hold: those are worked out anew then.
  const { transient, undecidedAfterMs, expireAfterMs, retentionMs } = entity;
  layout.group('times', JSON.stringify([transient, undecidedAfterMs, String(expireAfterMs), retentionMs]), () => {});
  const follows = new Set(
    [...entity.attributes.values()].flatMap(({ fold }) => ('relation' in fold ? [fold.relation] : [])),
  );
  const links = [...entity.links.values()].filter(({ relation }) => follows.has(relation));
  for (const { relation, target, values, reads } of links) {
    const types = reads.map((name) => model.entities.get(target)!.attributes.get(name)!.type);
    const gains = [...entity.attributes.values()].filter(
      ({ fold }) => fold.kind === 'gain' && fold.relation === relation,
    );
    layout.link({
      relation,
      identity: JSON.stringify([target, values, reads, types, ...gains.map(({ identity }) => identity)]),
      values: values.length,
      refs: reads.length,
      ...(gains.length > 0 && { gains: gainWords(gains.length) }),
    });
  }
  const table = new AttributeTable(
    model,
    entity,
    links.map(({ relation }) => relation),
    layout,
  );
  const conditions = new ConditionTable<EntityState>((name) => table.get(name));
  const dimensions = entity.dimensions.map((dimension) =>
    planDimension(dimension, conditions, table, layout, entity.expireAfterMs),
  );
  for (const name of retired) layout.group(`retired:${name}`, 'retired', () => layout.words([0]));
  const remembered = rememberedOf(model, entity, table, layout);
  const concern = concernOf(dimensions, conditions, table);
  const inputs = new Map<string, InputPlan>();
  for (const [name, type] of entity.inputs) {
    const feeds = table.feeds.filter(({ input }) => input === name);
    if (feeds.length === 0) continue;
    inputs.set(name, {
      type,
      feeds: feeds.map(({ take, where, graceMs, attribute }) => ({
        take,
        where,
        graceMs,
        attribute,
        ...concern(attribute),
      })),
    });
  }
  return {
    entity,
    layout: layout.build(),
    inputs,
    links: links.map((link) => ({
      model: link,
      gains: table.gains.filter(({ relation }) => relation === link.relation),
      refreshes: table.refreshes
        .filter(({ relation }) => relation === link.relation)
        .map(({ refresh, attribute }) => ({ refresh, ...concern(attribute) })),
    })),
    dimensions,
    conditions,
    readClause: conditions.clauseLeaves.map(({ margin, names }) => orStale(margin!, names, table, -Infinity)),
    readGate: conditions.gateLeaves.map(({ holds, names }) => orStale(holds, names, table, 0)),
    attributes: new Map([...entity.attributes.keys()].map((name) => [name, table.get(name)])),
    standings: table.standings.map((standing) => ({
      ...standing,
      value: numberOf(table.get(standing.of).value),
      ...concern(standing.attribute),
    })),
    referenced: referencedNames(model, entity.type).map((name) => table.get(name)),
    remembered,
  };
}

function concernOf(
  dimensions: readonly DimensionPlan[],
  conditions: ConditionTable<EntityState>,
  table: AttributeTable,
): (attribute: string) => Concern {
  // Whether a clause was just folded matters to evidence and to `confirm` alone.
  const voting = new Set(
    dimensions.flatMap(({ program }) => (program.statistics.length > 0 || program.counts ? program.readsClauses : [])),
  );
  return (attribute) => ({
    dimensions: dimensions.reduce((bits, { sources }, i) => (sources.has(attribute) ? bits | (1 << i) : bits), 0),
    clauses: conditions.clauseLeaves.flatMap(({ names }, i) =>
      voting.has(i) && names.some((name) => table.get(name).sources.has(attribute)) ? [i] : [],
    ),
  });
}

/** Attributes of a type that any type of the model reads through a link. */
function referencedNames(model: Model, type: string): string[] {
  const names = new Set<string>();
  for (const { links } of model.entities.values()) {
    for (const { target, reads } of links.values()) if (target === type) for (const name of reads) names.add(name);
  }
  return [...names].sort();
}

/** Words for what attributes were, as far back as an observation may come late. */
function rememberedOf(
  model: Model,
  entity: EntityModel,
  table: AttributeTable,
  layout: LayoutBuilder,
): Map<string, Remembered> {
  const readers = new Map<string, Set<string>>();
  for (const { type, links, attributes } of model.entities.values()) {
    for (const { fold } of attributes.values()) {
      if (fold.kind !== 'gain' || links.get(fold.relation)!.target !== entity.type) continue;
      const by = readers.get(fold.attribute) ?? new Set();
      readers.set(fold.attribute, by.add(`${type}.${fold.relation}`));
    }
  }
  const remembered = new Map<string, Remembered>();
  for (const name of [...readers.keys()].sort()) {
    const { identity } = entity.attributes.get(name)!;
    layout.group(`history:${name}`, JSON.stringify([identity, model.graceMs]), () => {
      const history = new History(layout.words(History.defaults), model.graceMs);
      remembered.set(name, { history, value: numberOf(table.get(name).value), by: readers.get(name)! });
    });
  }
  return remembered;
}

function orStale(
  read: NumberOf<EntityState>,
  names: readonly string[],
  table: AttributeTable,
  stale: number,
): NumberOf<EntityState> {
  const sources = new Set(names.flatMap((name) => [...table.get(name).sources]));
  const leaves = [...sources].flatMap((name) => table.get(name).leave ?? []);
  if (leaves.length === 0) return read;
  return (state, now) => {
    for (const { seen, afterMs } of leaves) if (now - state.nums[seen]! >= afterMs) return stale;
    return read(state, now);
  };
}
