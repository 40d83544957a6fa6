import { BusinessCalendar } from '../calendars/business-calendar.ts';
import type { CalendarModel } from '../calendars/types.ts';
import type { Compiled } from '../conditions/compile.ts';
import type { Slope } from '../conditions/slope.ts';
import type { EntityState } from '../engine/state.ts';
import type { Value } from '../engine/types.ts';
import type { AttributeModel, Fold, ValueType } from '../model/types.ts';
import { lostHours } from './ageing.ts';
import { QuantileWindow } from './quantile-window.ts';
import { type Combine, Window } from './window.ts';

const HOUR_MS = 3_600_000;

/** Where an attribute gets its words from. */
export interface Allocator {
  words(defaults: readonly number[]): number;
  text(): number;
}

/** Takes one observed value, of the input's type, at `t` (epoch ms, possibly older than what was taken before). */
export type Take = (state: EntityState, value: Value, t: number) => void;

/** An attribute folded from observations. */
export interface FoldedAttribute {
  readonly value: Compiled<EntityState>;
  readonly feeds: readonly { readonly input: string; readonly take: Take }[];
  /** Hours that the value changes by per hour, as from an instant; 0 for all but `until` and `since`. */
  readonly slope: Slope<EntityState>;
  /** The next instant at which the slope may change. */
  readonly nextBend?: (now: number) => number;
  /** When the value next changes by itself (epoch ms). */
  readonly nextChange?: (state: EntityState) => number;
  /** Given where the value is a whole number that by itself only falls, and is 0 after so long (ms) without an observation. */
  readonly fallsWithinMs?: number;
  /** When it was last observed, epoch ms: exact, or the begin of the window's tile; NaN never. Absent where nothing tells. */
  readonly seenAt?: (state: EntityState) => number;
}

/** Folds that observations feed; `derive`, `from`, `over` and what a population tells are made elsewhere. */
export type ObservedFold = Exclude<Fold, { kind: 'derive' | 'population' | 'from' | 'gain' | 'over' }>;

const add: Combine = (a, b) => a + b;

/** Compiles the fold of an attribute into closures over its words. */
export function compileFold(attribute: AttributeModel, fold: ObservedFold, allocate: Allocator): FoldedAttribute {
  switch (fold.kind) {
    case 'latest':
      return latest(fold.input, attribute.type, allocate);
    case 'until':
      return instant(fold.input, -1, fold.calendar, allocate);
    case 'since':
      return fold.occurrence
        ? lastOccurrence(fold.input, fold.calendar, allocate)
        : instant(fold.input, 1, fold.calendar, allocate);
    case 'ewma':
      return ewma(fold.input, fold.halfLifeMs, allocate);
    case 'exposure':
      return exposure(fold, allocate);
    case 'count':
      return { ...total(fold.input, fold.windowMs, add, isTrue, 1, allocate), fallsWithinMs: 2 * fold.windowMs };
    case 'sum':
      return total(fold.input, fold.windowMs, add, identity, 1, allocate);
    case 'rate':
      return total(fold.input, fold.windowMs, add, identity, fold.perMs / fold.windowMs, allocate);
    case 'min':
      return extreme(fold.input, fold.windowMs, Math.min, allocate);
    case 'max':
      return extreme(fold.input, fold.windowMs, Math.max, allocate);
    case 'mean':
      return pair([fold.input, fold.input], [identity, one], fold.windowMs, allocate, (sum, n) => sum / n);
    case 'quantile':
      return quantile(fold.input, fold.windowMs, fold.p, allocate);
    case 'ratio': {
      const { hits, trials } = fold.prior;
      const quotient = (h: number, t: number) =>
        t + trials > 0 ? ((Number.isNaN(h) ? 0 : h) + hits) / (t + trials) : NaN;
      return pair([fold.hits, fold.trials], [identity, identity], fold.windowMs, allocate, quotient);
    }
  }
}

const word =
  (at: number) =>
  ({ nums }: EntityState) =>
    nums[at]!;
const identity = (value: Value) => value as number;
const one = () => 1;
/** Whether an occurrence was seen: `late: 0` is none. */
const isTrue = (value: Value) => (value === false || value === 0 || value === '' ? 0 : 1);

function latest(input: string, type: ValueType, allocate: Allocator): FoldedAttribute {
  const seen = allocate.words([NaN]);
  if (type === 'string') {
    const at = allocate.text();
    const take: Take = ({ nums, texts }, value, t) => {
      if (t < nums[seen]!) return;
      nums[seen] = t;
      texts[at] = value as string;
    };
    return { value: { type, text: ({ texts }) => texts[at] }, feeds: [{ input, take }], slope: 0, seenAt: word(seen) };
  }
  const at = allocate.words([NaN]);
  const take: Take = ({ nums }, value, t) => {
    if (t < nums[seen]!) return;
    nums[seen] = t;
    nums[at] = Number(value);
  };
  return { value: { type, num: word(at) }, feeds: [{ input, take }], slope: 0, seenAt: word(seen) };
}

/** Hours until (−1) or since (1) the instant that was last named. */
function instant(
  input: string,
  direction: -1 | 1,
  calendar: CalendarModel | undefined,
  allocate: Allocator,
): FoldedAttribute {
  const seen = allocate.words([NaN, NaN]);
  const at = seen + 1;
  const take: Take = ({ nums }, value, t) => {
    if (t < nums[seen]!) return;
    nums[seen] = t;
    nums[at] = value as number;
  };
  return { ...hoursFrom(at, direction, calendar), feeds: [{ input, take }], seenAt: word(seen) };
}

/** Hours since the instant in a word, or until it: all of them, or those of a calendar. */
function hoursFrom(
  at: number,
  direction: -1 | 1,
  model: CalendarModel | undefined,
): Pick<FoldedAttribute, 'value' | 'slope' | 'nextBend'> {
  if (model === undefined) {
    const num = ({ nums }: EntityState, now: number) => (direction * (now - nums[at]!)) / HOUR_MS;
    return { value: { type: 'number', num }, slope: () => direction };
  }
  const calendar = new BusinessCalendar(model);
  const num = ({ nums }: EntityState, now: number) => direction * calendar.hours(nums[at]!, now);
  const slope = (_: EntityState, now: number) => (calendar.isOpen(now) ? direction : 0);
  return { value: { type: 'number', num }, slope, nextBend: (now) => calendar.nextEdge(now) };
}

function lastOccurrence(input: string, calendar: CalendarModel | undefined, allocate: Allocator): FoldedAttribute {
  const at = allocate.words([NaN]);
  const take: Take = ({ nums }, value, t) => {
    if (isTrue(value) === 1 && !(t <= nums[at]!)) nums[at] = t;
  };
  return { ...hoursFrom(at, 1, calendar), feeds: [{ input, take }], seenAt: word(at) };
}

/** Time-weighted: after a gap of one half-life the old value weighs as much as the new one. Late values weigh nothing. */
function ewma(input: string, halfLifeMs: number, allocate: Allocator): FoldedAttribute {
  const at = allocate.words([NaN, NaN]);
  const take: Take = ({ nums }, value, t) => {
    const before = nums[at + 1]!;
    if (Number.isNaN(before)) {
      nums[at] = value as number;
      nums[at + 1] = t;
    } else if (t > before) {
      nums[at] = nums[at]! + (1 - 2 ** ((before - t) / halfLifeMs)) * ((value as number) - nums[at]!);
      nums[at + 1] = t;
    }
  };
  return { value: { type: 'number', num: word(at) }, feeds: [{ input, take }], slope: 0, seenAt: word(at + 1) };
}

/**
 * Sums what each stretch between two readings cost. Cold makes up for warmth before it, but puts off no date: never below
 * 0. A late reading is left out: its stretch was counted already.
 */
function exposure(
  { input, referenceC, q10, maxGapMs }: Fold & { kind: 'exposure' },
  allocate: Allocator,
): FoldedAttribute {
  const at = allocate.words([NaN, NaN, NaN]);
  const take: Take = ({ nums }, value, t) => {
    const before = nums[at + 2]!;
    if (t <= before) return;
    if (Number.isNaN(before)) nums[at] = 0;
    else {
      const hours = Math.min(t - before, maxGapMs) / HOUR_MS;
      const lost = lostHours(nums[at + 1]!, value as number, hours, { referenceC, q10 });
      nums[at] = Math.max(0, nums[at]! + lost);
    }
    nums[at + 1] = value as number;
    nums[at + 2] = t;
  };
  return { value: { type: 'number', num: word(at) }, feeds: [{ input, take }], slope: 0, seenAt: word(at + 2) };
}

/** A sum over the window, times a factor. Once anything was seen, an empty window is 0, not missing. */
function total(
  input: string,
  windowMs: number,
  combine: Combine,
  of: (value: Value) => number,
  factor: number,
  allocate: Allocator,
): FoldedAttribute {
  if (windowMs === Infinity) {
    const at = allocate.words([NaN]);
    const take: Take = ({ nums }, value) => {
      nums[at] = Number.isNaN(nums[at]!) ? of(value) : combine(nums[at]!, of(value));
    };
    return { value: { type: 'number', num: ({ nums }) => nums[at]! }, feeds: [{ input, take }], slope: 0 };
  }
  const window = new Window(allocate.words(Window.defaults(windowMs, 1)), windowMs, 1, combine);
  const take: Take = ({ nums }, value, t) => window.add(nums, t, 0, of(value));
  const num = ({ nums }: EntityState, now: number) => {
    if (!window.isSeen(nums)) return NaN;
    const sum = window.total(nums, now, 0);
    return Number.isNaN(sum) ? 0 : sum * factor;
  };
  return windowed(num, [{ input, take }], window);
}

function extreme(input: string, windowMs: number, combine: Combine, allocate: Allocator): FoldedAttribute {
  if (windowMs === Infinity) return total(input, windowMs, combine, identity, 1, allocate);
  const window = new Window(allocate.words(Window.defaults(windowMs, 1)), windowMs, 1, combine);
  const take: Take = ({ nums }, value, t) => window.add(nums, t, 0, value as number);
  return windowed(({ nums }, now) => window.total(nums, now, 0), [{ input, take }], window);
}

function quantile(input: string, windowMs: number, p: number, allocate: Allocator): FoldedAttribute {
  const window = new QuantileWindow(allocate.words(QuantileWindow.defaults(windowMs)), windowMs, p);
  const take: Take = ({ nums }, value, t) => window.add(nums, t, value as number);
  const num = ({ nums }: EntityState, now: number) => window.value(nums, now);
  const nextChange = ({ nums }: EntityState) => window.expiresAt(nums);
  return { value: { type: 'number', num }, feeds: [{ input, take }], slope: 0, nextChange };
}

/** Two sums over the same window and what they make together; missing while the second one has nothing. */
function pair(
  inputs: readonly [string, string],
  of: readonly [(value: Value) => number, (value: Value) => number],
  windowMs: number,
  allocate: Allocator,
  together: (first: number, second: number) => number,
): FoldedAttribute {
  if (windowMs === Infinity) {
    const at = allocate.words([NaN, NaN]);
    const feeds = inputs.map((input, i) => {
      const take: Take = ({ nums }, value) => {
        nums[at + i] = Number.isNaN(nums[at + i]!) ? of[i]!(value) : nums[at + i]! + of[i]!(value);
      };
      return { input, take };
    });
    const num = ({ nums }: EntityState) => (Number.isNaN(nums[at + 1]!) ? NaN : together(nums[at]!, nums[at + 1]!));
    return { value: { type: 'number', num }, feeds, slope: 0 };
  }
  const window = new Window(allocate.words(Window.defaults(windowMs, 2)), windowMs, 2, add);
  const feeds = inputs.map((input, i) => {
    const take: Take = ({ nums }, value, t) => window.add(nums, t, i, of[i]!(value));
    return { input, take };
  });
  const num = ({ nums }: EntityState, now: number) => {
    const second = window.total(nums, now, 1);
    return Number.isNaN(second) ? NaN : together(window.total(nums, now, 0), second);
  };
  return windowed(num, feeds, window);
}

function windowed(
  num: (state: EntityState, now: number) => number,
  feeds: FoldedAttribute['feeds'],
  window: Window,
): FoldedAttribute {
  const nextChange = ({ nums }: EntityState) => window.expiresAt(nums);
  const seenAt = ({ nums }: EntityState) => window.newestAt(nums);
  return { value: { type: 'number', num }, feeds, slope: 0, nextChange, seenAt };
}
