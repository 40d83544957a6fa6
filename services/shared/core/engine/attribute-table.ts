import type { ASTNode } from '@marcbachmann/cel-js';
import { compileFold, type Take } from '../attributes/folds.ts';
import type { GainPlan } from '../attributes/gain.ts';
import { compileOver } from '../attributes/over.ts';
import { type Compiled, compileExpression, type NumberOf, numberOf } from '../conditions/compile.ts';
import { type Slope, slopeOf } from '../conditions/slope.ts';
import type { NameInfo } from '../conditions/table.ts';
import type { AttributeModel, EntityModel, Fold, Model, PopulationStatistic } from '../model/types.ts';
import type { LayoutBuilder } from './layout.ts';
import type { EntityState } from './state.ts';
import type { Value } from './types.ts';

/** One way in which an observed value changes an attribute. */
export interface Feed {
  readonly input: string;
  readonly attribute: string;
  readonly take: Take;
  /** Over the values of the observation: take only where 1. */
  readonly where: NumberOf<Readonly<Record<string, Value>>> | undefined;
  /** What comes so far behind the entity's newest observation is not taken, ms. */
  readonly graceMs: number;
}

/** An attribute that must be made anew when the targets of a relation, or their answers, change. */
export interface Refresh {
  readonly attribute: string;
  readonly relation: string;
  readonly refresh: (state: EntityState) => void;
}

/** An attribute that says where another one stands in the population; kept in the word `at`. */
export interface Standing {
  readonly attribute: string;
  readonly of: string;
  readonly statistic: PopulationStatistic;
  readonly at: number;
}

/** An attribute ready to run. */
export interface CompiledAttribute extends NameInfo<EntityState> {
  readonly model: AttributeModel;
  /** Attributes that it is made of, itself included: those that hold words. */
  readonly sources: ReadonlySet<string>;
  readonly nextChange: ((state: EntityState) => number) | undefined;
  /** See `FoldedAttribute`. */
  readonly fallsWithinMs: number | undefined;
  /** When it was last observed, epoch ms; absent where nothing tells. */
  readonly seenAt?: ((state: EntityState) => number) | undefined;
  /** `missing: leave after`: the word that says when it was last observed. */
  readonly leave: { readonly seen: number; readonly afterMs: number } | undefined;
}

/** All attributes of an entity type, compiled, with what feeds them. */
export class AttributeTable {
  readonly feeds: Feed[] = [];
  readonly refreshes: Refresh[] = [];
  readonly gains: (GainPlan & { readonly relation: string })[] = [];
  readonly standings: Standing[] = [];
  readonly #compiled = new Map<string, CompiledAttribute>();
  readonly #entity: EntityModel;
  readonly #model: Model;
  readonly #relations: readonly string[];

  /** `relations`: in the order of the layout. */
  constructor(model: Model, entity: EntityModel, relations: readonly string[], layout: LayoutBuilder) {
    this.#model = model;
    this.#entity = entity;
    this.#relations = relations;
    for (const attribute of entity.attributes.values())
      layout.group(`attribute:${attribute.name}`, attribute.identity, () => this.#compileKept(attribute, layout));
  }

  get(name: string): CompiledAttribute {
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const compiled = this.#derive(this.#entity.attributes.get(name)!);
    this.#compiled.set(name, compiled);
    return compiled;
  }

  /** Compiles an attribute that keeps words; a derived one is compiled when it is first asked for. */
  #compileKept(attribute: AttributeModel, layout: LayoutBuilder): void {
    const { fold, name } = attribute;
    if (fold.kind === 'derive') return;
    const base = {
      model: attribute,
      sources: new Set([name]),
      measured: attribute.signal === 'measured',
      unitVotes: attribute.unitVotes,
    };
    if (fold.kind === 'population' || 'relation' in fold) {
      const told = fold.kind === 'population' ? this.#stand(name, fold, layout) : this.#follow(attribute, layout);
      this.#compiled.set(name, {
        ...base,
        value: withMissing(attribute, told),
        slope: 0,
        nextBend: undefined,
        nextChange: undefined,
        fallsWithinMs: undefined,
        leave: undefined,
      });
      return;
    }
    const folded = compileFold(attribute, fold, layout);
    const { missing } = attribute;
    const leave = missing.kind === 'leave' ? { seen: layout.words([NaN]), afterMs: missing.afterMs } : undefined;
    const where = attribute.where && compileWhere(attribute.where.ast, this.#entity.inputs);
    for (const { input, take } of folded.feeds)
      this.feeds.push({
        input,
        attribute: name,
        take: leave ? noting(take, leave.seen) : take,
        where,
        graceMs: attribute.graceMs ?? Infinity,
      });
    this.#compiled.set(name, {
      ...base,
      value: leave ? withLeave(folded.value, leave) : withMissing(attribute, folded.value),
      slope: folded.slope,
      nextBend: folded.nextBend,
      nextChange: folded.nextChange,
      fallsWithinMs: folded.fallsWithinMs,
      seenAt: folded.seenAt,
      leave,
    });
  }

  /** What visits of the population keep: where the entity stands in it. */
  #stand(
    attribute: string,
    { attribute: of, statistic }: Extract<Fold, { kind: 'population' }>,
    layout: LayoutBuilder,
  ): Compiled<EntityState> {
    const at = layout.words([NaN]);
    this.standings.push({ attribute, of, statistic, at });
    return { type: 'number', num: ({ nums }) => nums[at]! };
  }

  #derive(attribute: AttributeModel): CompiledAttribute {
    if (attribute.fold.kind !== 'derive') throw new Error(`attribute ${attribute.name} was not compiled`);
    const { ast } = attribute.fold.expression;
    const reads: CompiledAttribute[] = [];
    const value = compileExpression(ast, (name) => {
      const read = this.get(name);
      reads.push(read);
      return read.value;
    });
    const slope: Slope<EntityState> = slopeOf(
      ast,
      (name) => this.get(name).value,
      (name) => this.get(name).slope,
    );
    return {
      model: attribute,
      sources: new Set([attribute.name, ...reads.flatMap(({ sources }) => [...sources])]),
      value: withMissing(attribute, value),
      slope,
      nextBend: earliest(reads.flatMap(({ nextBend }) => nextBend ?? [])),
      measured: attribute.signal === 'measured',
      unitVotes: attribute.unitVotes,
      nextChange: undefined,
      fallsWithinMs: undefined,
      leave: undefined,
    };
  }

  /** `from` and `over` keep their value in a word or text, made anew when links or answers change; `gain` takes each answer. */
  #follow(attribute: AttributeModel, layout: LayoutBuilder): Compiled<EntityState> {
    const { fold, name } = attribute;
    if (!('relation' in fold)) throw new Error(`attribute ${name} follows no link`);
    const link = this.#entity.links.get(fold.relation)!;
    const relation = this.#relations.indexOf(fold.relation);
    const push = (refresh: (state: EntityState) => void) =>
      this.refreshes.push({ attribute: name, relation: fold.relation, refresh });
    if (fold.kind === 'over') {
      const at = layout.words([NaN]);
      const over = compileOver(fold, link, this.#model.entities.get(link.target)!.attributes);
      push(({ nums, links }) => {
        const targets = links[relation];
        nums[at] = targets === undefined ? NaN : over(targets);
      });
      return { type: attribute.type === 'boolean' ? 'boolean' : 'number', num: ({ nums }) => nums[at]! };
    }
    const ref = link.reads.indexOf(fold.attribute);
    if (fold.kind === 'gain') {
      const at = layout.words([NaN]);
      this.gains.push({ relation: fold.relation, ref, at });
      push(() => {});
      return { type: 'number', num: ({ nums }) => nums[at]! };
    }
    if (attribute.type === 'string') {
      const at = layout.text();
      push(({ texts, links }) => {
        const value = links[relation]?.[0]?.refs[ref];
        texts[at] = typeof value === 'string' ? value : undefined;
      });
      return { type: 'string', text: ({ texts }) => texts[at] };
    }
    const at = layout.words([NaN]);
    push(({ nums, links }) => {
      const value = links[relation]?.[0]?.refs[ref];
      nums[at] = typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN;
    });
    return { type: attribute.type, num: ({ nums }) => nums[at]! };
  }
}

function earliest(instants: readonly ((now: number) => number)[]): ((now: number) => number) | undefined {
  if (instants.length <= 1) return instants[0];
  return (now) => Math.min(...instants.map((next) => next(now)));
}

type Values = Readonly<Record<string, Value>>;

function compileWhere(ast: ASTNode, inputs: EntityModel['inputs']): NumberOf<Values> {
  const resolve = (name: string): Compiled<Values> => {
    const type = inputs.get(name);
    if (type === 'string') return { type, text: (values) => values[name] as string | undefined };
    // Number(undefined) is NaN: not observed.
    return { type: type === 'boolean' ? type : 'number', num: (values) => Number(values[name]) };
  };
  return numberOf(compileExpression(ast, resolve));
}

function noting(take: Take, seen: number): Take {
  return (state, value, t) => {
    take(state, value, t);
    if (!(t <= state.nums[seen]!)) state.nums[seen] = t;
  };
}

function withLeave(
  value: Compiled<EntityState>,
  { seen, afterMs }: { seen: number; afterMs: number },
): Compiled<EntityState> {
  const isStale = ({ nums }: EntityState, now: number) => now - nums[seen]! >= afterMs;
  if (value.type === 'string') {
    const { text } = value;
    return { type: 'string', text: (s, now) => (isStale(s, now) ? undefined : text(s, now)) };
  }
  const { num } = value;
  return { type: value.type, num: (s, now) => (isStale(s, now) ? NaN : num(s, now)) };
}

function withMissing(attribute: AttributeModel, value: Compiled<EntityState>): Compiled<EntityState> {
  if (attribute.missing.kind !== 'default') return value;
  const fallback = attribute.missing.value;
  if (value.type === 'string') {
    const { text } = value;
    return { type: 'string', text: (s, now) => text(s, now) ?? String(fallback) };
  }
  const { num } = value;
  const instead = Number(fallback);
  return {
    type: value.type,
    num: (s, now) => {
      const known = num(s, now);
      return Number.isNaN(known) ? instead : known;
    },
  };
}
