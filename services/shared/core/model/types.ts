import type { ASTNode } from '@marcbachmann/cel-js';
import type { CalendarModel, Calendars } from '../calendars/types.ts';
import type { Commands } from '../playbooks/vocabulary.ts';

export type ValueType = 'number' | 'string' | 'boolean';
/** A `time` is a number: epoch milliseconds. */
export type InputType = ValueType | 'time';
/** `measured` values are noisy and need evidence; `stated` ones are facts and move at once. */
export type Signal = 'measured' | 'stated';

/** A CEL expression that passed the type check. */
export interface Expression {
  readonly text: string;
  readonly ast: ASTNode;
  /** What its meaning hangs on besides its text: the calendars that it counts by. Absent when nothing. */
  readonly basis?: string;
}

/** What a missing value means: keep the last (`hold`), out of every segment once so old (`leave`), or a value of its own. */
export type MissingPolicy =
  | { readonly kind: 'hold' }
  | { readonly kind: 'leave'; readonly afterMs: number }
  | { readonly kind: 'default'; readonly value: number | string | boolean };

export type Aggregate = 'sum' | 'max' | 'min' | 'mean' | 'count' | 'any' | 'all';

/** `percentileRank`: share of the population that is smaller. `cumulativeShare`: share of the sum that lies with the larger. */
export type PopulationStatistic = 'percentileRank' | 'cumulativeShare';

/** How an attribute comes by its value. Inputs are names of observed values. */
export type Fold =
  | { readonly kind: 'latest'; readonly input: string }
  | { readonly kind: 'count' | 'sum' | 'mean' | 'min' | 'max'; readonly input: string; readonly windowMs: number }
  | { readonly kind: 'rate'; readonly input: string; readonly windowMs: number; readonly perMs: number }
  | {
      readonly kind: 'ratio';
      readonly hits: string;
      readonly trials: string;
      readonly windowMs: number;
      readonly prior: { readonly hits: number; readonly trials: number };
    }
  /** The value that a share `p` of the observed ones does not exceed. */
  | { readonly kind: 'quantile'; readonly input: string; readonly p: number; readonly windowMs: number }
  | { readonly kind: 'ewma'; readonly input: string; readonly halfLifeMs: number }
  /** Hours of life lost beyond the clock's own; q10 of 3: three times as fast at 10 °C above `referenceC`. */
  | {
      readonly kind: 'exposure';
      readonly input: string;
      readonly referenceC: number;
      readonly q10: number;
      readonly maxGapMs: number;
    }
  /** With a calendar, only its open hours count. */
  | { readonly kind: 'until'; readonly input: string; readonly calendar?: CalendarModel }
  /** `occurrence`: since the value was last seen true; else since the instant that the value names. */
  | { readonly kind: 'since'; readonly input: string; readonly occurrence: boolean; readonly calendar?: CalendarModel }
  | { readonly kind: 'derive'; readonly expression: Expression }
  /** Where another attribute of the entity stands among those of its type; visited once in `refreshMs`. */
  | {
      readonly kind: 'population';
      readonly statistic: PopulationStatistic;
      readonly attribute: string;
      readonly refreshMs: number;
    }
  | { readonly kind: 'from'; readonly relation: string; readonly attribute: string }
  /** What a running total of the targets has gained while they were linked. */
  | { readonly kind: 'gain'; readonly relation: string; readonly attribute: string }
  | {
      readonly kind: 'over';
      readonly relation: string;
      readonly aggregate: Aggregate;
      /** What is aggregated, of one link; undefined for a plain count. */
      readonly value: Expression | undefined;
      readonly where: Expression | undefined;
    };

export interface AttributeModel {
  readonly name: string;
  readonly type: ValueType;
  readonly signal: Signal;
  /** A measured value that moves in steps of one: it votes ±1 without a distance. */
  readonly unitVotes: boolean;
  /** Its value may change though nothing is observed. */
  readonly changesWithTime: boolean;
  readonly missing: MissingPolicy;
  /** What comes so far behind the entity's newest observation is not folded into it, ms; undefined: as the model's. */
  readonly graceMs: number | undefined;
  /** Over the values of one observation: fold it only when true. */
  readonly where: Expression | undefined;
  readonly fold: Fold;
  /** Text that is equal when, and only when, kept state means the same. */
  readonly identity: string;
}

export interface LinkModel {
  readonly relation: string;
  readonly target: string;
  /** Numeric values that a link carries, by name. */
  readonly values: readonly string[];
  /** Attributes of the target that this type's attributes read through the relation. */
  readonly reads: readonly string[];
}

/** What may differ between coming into a segment and leaving it. */
export interface Directed<T> {
  readonly enter: T;
  readonly leave: T;
}

/** What a move costs by the attributes of the entity that makes it. */
export interface PricedMove {
  /** In money, or in hours where there is no `perHour`. */
  readonly cost: Expression;
  /** What an hour in the wrong segment costs, in the same money. */
  readonly perHour: Expression | undefined;
  /** A move must earn its cost within so long. */
  readonly horizonMs: number | undefined;
  /** Whether it does, as a condition; undefined without a horizon. */
  readonly earns: Expression | undefined;
}

/** What a move costs as a time, ms. `ms` is what holds where `priced` says nothing. */
export interface SwitchCostModel {
  readonly ms: number;
  readonly priced?: PricedMove;
}

/** Knobs of hysteresis as written; durations in ms. Undefined: as the dimension, then as the default. */
export interface HysteresisSettings {
  readonly switchCost?: Directed<SwitchCostModel>;
  readonly patience?: Directed<number>;
  readonly enterAfterMs?: number;
  readonly leaveAfterMs?: number;
  readonly evidence?: boolean;
  readonly confirm?: { readonly n: number; readonly m: number };
  readonly leaveConfirm?: { readonly n: number; readonly m: number };
  readonly cooldownMs?: number;
  readonly bypassConfirm?: { readonly n: number; readonly m: number };
}

export interface SegmentModel {
  readonly name: string;
  readonly when: Expression | undefined;
  readonly stay: Expression | undefined;
  readonly bypass: Expression | undefined;
  readonly hysteresis: HysteresisSettings;
  readonly sop: string | undefined;
  readonly doc: string | undefined;
}

export interface DimensionModel {
  readonly name: string;
  readonly doc: string | undefined;
  /** In priority order; the last is the default and has no condition. */
  readonly segments: readonly SegmentModel[];
  readonly flapBudget: FlapBudget | undefined;
}

/** How often an entity may move on a dimension: `moves` within `perMs`, then it stays until calm for `quarantineMs`. */
export interface FlapBudget {
  readonly moves: number;
  readonly perMs: number;
  readonly quarantineMs: number;
}

/** Both ends included; they may be infinite. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface EntityModel {
  readonly type: string;
  /** Lives and ends, so that its first placement is worth acting on. */
  readonly transient: boolean;
  readonly undecidedAfterMs: number;
  /** It ends by itself when so long nothing was observed of it and it did not move; Infinity: never. */
  readonly expireAfterMs: number;
  /** How long its state is kept after its end. */
  readonly retentionMs: number;
  /** Names of observed values that a model may read, with their types. */
  readonly inputs: ReadonlyMap<string, InputType>;
  /** The numbers that an input can be, where that is known. Not enforced: the linter holds thresholds against it. */
  readonly inputRanges: ReadonlyMap<string, Range>;
  readonly attributes: ReadonlyMap<string, AttributeModel>;
  readonly links: ReadonlyMap<string, LinkModel>;
  readonly dimensions: readonly DimensionModel[];
}

/** What a playbook is for; the order decides between two that are equally specific. */
export const AIMS = ['safety', 'temperature', 'promise', 'handling', 'cost'] as const;
export type Aim = (typeof AIMS)[number];

/** What is done for entities in a pattern of segments. */
export interface Playbook {
  readonly name: string;
  /** `order.urgency` → `same-day`. */
  readonly match: ReadonlyMap<string, string>;
  readonly aim: Aim;
  readonly do: Commands;
  readonly sop: string | undefined;
}

export interface Model {
  readonly name: string;
  readonly version: number;
  /** How much older than an entity's newest observation another may be, ms. */
  readonly graceMs: number;
  /** Observations are put into event-time order within this time, ms; undefined: taken as they come. */
  readonly reorderMs: number | undefined;
  readonly calendars: Calendars;
  readonly entities: ReadonlyMap<string, EntityModel>;
  readonly playbooks: readonly Playbook[];
}
