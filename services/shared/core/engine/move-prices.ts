import { sayNumber, valueAt } from '../changes/wording.ts';
import type { NumberOf } from '../conditions/compile.ts';
import type { ConditionTable, Leaf } from '../conditions/table.ts';
import { writeExpression } from '../conditions/write.ts';
import type { SwitchCost } from '../hysteresis/index.ts';
import { formatDuration } from '../model/duration.ts';
import type { Expression, SwitchCostModel } from '../model/types.ts';
import type { EntityState } from './state.ts';

const HOUR_MS = 3_600_000;

/** What a move costs by the attributes of the entity, ready to be read. */
export interface MovePrice {
  /** In ms; Infinity where the move does not earn it within its horizon, NaN where something is missing. */
  readonly read: NumberOf<EntityState>;
  readonly cost: NumberOf<EntityState>;
  /** Undefined where the cost is in hours. */
  readonly perHour: NumberOf<EntityState> | undefined;
  readonly text: string;
  /** What holds while something is missing, and within what a move must earn its cost, ms. */
  readonly otherwiseMs: number;
  readonly horizonMs: number | undefined;
  /** Whether it earns it, as a leaf whose instants can be foreseen; undefined without a horizon. */
  readonly earns: Leaf<EntityState> | undefined;
  readonly names: readonly string[];
}

/** What a move costs at an instant, for people and programs. */
export interface PricedCost {
  /** As a time, ms; of something missing what is said for then. Null: nothing is lost in the wrong segment. */
  readonly ms: number | null;
  /** In money, or hours where `perHour` is null; null where it is not known. */
  readonly cost: number | null;
  readonly perHour: number | null;
  readonly horizonMs: number | null;
  /** False: it cannot earn its cost within the horizon. */
  readonly earned: boolean;
  readonly text: string;
}

/** Collects the prices of a dimension's moves, and turns what the model says into what hysteresis runs. */
export class MovePrices {
  readonly all: MovePrice[] = [];
  readonly #table: ConditionTable<EntityState>;

  constructor(table: ConditionTable<EntityState>) {
    this.#table = table;
  }

  /** A cost of the model for hysteresis; the same expressions are read once. */
  add({ ms, priced }: SwitchCostModel): SwitchCost {
    if (priced === undefined) return { ms };
    const { cost, perHour, horizonMs, earns } = priced;
    const text = [cost, ...(perHour ? [perHour] : [])].map(sayExpression).join(' ÷ ');
    const horizon = horizonMs === undefined ? {} : { horizonMs };
    const known = this.all.findIndex(
      (each) => each.text === text && each.horizonMs === horizonMs && each.otherwiseMs === ms,
    );
    if (known >= 0) return { ms, reading: known, ...horizon };
    const money = this.#table.number(cost);
    const rate = perHour && this.#table.number(perHour);
    const leaf = earns && this.#table.watch(earns);
    const asTime: NumberOf<EntityState> = rate
      ? (s, now) => (money(s, now) / Math.max(rate(s, now), 0)) * HOUR_MS
      : (s, now) => money(s, now) * HOUR_MS;
    const read: NumberOf<EntityState> = leaf
      ? (s, now) => {
          const earned = leaf.holds(s, now);
          return earned === 0 ? Infinity : Number.isNaN(earned) ? NaN : Math.min(asTime(s, now), horizonMs!);
        }
      : asTime;
    const names = new Set([cost, perHour].flatMap((each) => (each ? this.#table.namesIn(each) : [])));
    this.all.push({
      ...{ read, cost: money, perHour: rate, text, otherwiseMs: ms, horizonMs, earns: leaf },
      names: [...names],
    });
    return { ms, reading: this.all.length - 1, ...horizon };
  }
}

/** What a move costs now. */
export function priceAt(price: MovePrice, state: EntityState, now: number): PricedCost {
  const { horizonMs = null, otherwiseMs, text } = price;
  const of = (num: NumberOf<EntityState> | undefined) => {
    const value = num === undefined ? null : valueAt({ type: 'number', num }, state, now);
    return typeof value === 'number' ? value : null;
  };
  const [cost, perHour] = [of(price.cost), of(price.perHour)];
  const asTime = price.perHour === undefined ? cost : cost === null || perHour === null ? null : cost / perHour;
  const read = price.read(state, now);
  const isKnown = !Number.isNaN(read);
  const earned = isKnown ? read < Infinity || horizonMs === null : horizonMs === null || otherwiseMs <= horizonMs;
  const ms = !isKnown ? otherwiseMs : asTime !== null && asTime >= 0 && asTime < Infinity ? asTime * HOUR_MS : null;
  const figures =
    price.perHour === undefined ? '' : `: ${say(cost)} ÷ ${say(perHour)} for an hour in the wrong segment`;
  const most = horizonMs === null ? '' : formatDuration(horizonMs);
  const said = isKnown
    ? `a move costs ${ms === null ? 'more than it can ever earn' : formatDuration(ms)} (${text}${figures})`
    : `a move is taken to cost ${formatDuration(otherwiseMs)}, for ${text} is not known`;
  return {
    ...{ ms, cost, perHour, horizonMs, earned },
    text: earned ? said : `${said}, which it cannot earn in ${most}`,
  };
}

function say(value: number | null): string {
  return value === null ? 'missing' : sayNumber(value);
}

function sayExpression({ ast }: Expression): string {
  const text = writeExpression(ast);
  return /^[\w.]+$/.test(text) ? text : `(${text})`;
}
