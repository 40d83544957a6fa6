import type { DimensionModel, EntityModel, SegmentModel } from '../model/types.ts';
import { type Box, boxesOf, comparisonsOf, implies, isInside, meet } from './boxes.ts';
import { atDimension, atSegment, type Draft } from './findings.ts';
import { ALL, type Interval, intersect, isEmpty, isWithin, sayInterval, without } from './interval.ts';
import type { Ranges } from './ranges.ts';

/** A segment with all ways in which its `when` can hold; undefined where there are too many to follow. */
interface Reasoned {
  readonly segment: SegmentModel;
  readonly boxes: readonly Box[] | undefined;
}

/** What can be said of a dimension's conditions by looking at their comparisons. */
export function checkConditions(entity: EntityModel, dimension: DimensionModel, ranges: Ranges): Draft[] {
  const rangeOf = (node: Parameters<Ranges['ofExpression']>[1]) => ranges.ofExpression(entity, node);
  const reasoned = dimension.segments.map((segment) => ({
    segment,
    boxes: segment.when && boxesOf(segment.when.ast, rangeOf),
  }));
  const drafts: Draft[] = [];
  const add = (at: Pick<Draft, 'path' | 'where'>, code: Draft['code'], message: string, todo: string) =>
    drafts.push({ ...at, code, message, todo });
  reasoned.forEach((each, i) => {
    const { segment, boxes } = each;
    const at = atSegment(entity.type, dimension.name, segment.name);
    for (const [name, { ast }] of conditionsOf(segment)) {
      for (const { text, allowed, range } of comparisonsOf(ast, rangeOf)) {
        const never = isEmpty(intersect(allowed, range));
        if (!never && !isWithin(range, allowed)) continue;
        const always = never ? 'never' : 'always';
        add(
          at,
          'threshold-out-of-range',
          `${name}: ${text} is ${always} true, for that value is ${sayInterval(range)}`,
          'set the threshold inside the range, or take the comparison away',
        );
      }
    }
    if (boxes === undefined) return;
    const before = reasoned.slice(0, i).filter(({ boxes: of }) => of !== undefined);
    if (boxes.length === 0) {
      add(
        at,
        'unreachable-segment',
        `${segment.name} can never hold: its comparisons contradict each other`,
        'mend `when`, or take the segment away',
      );
      return;
    }
    const taken = before.flatMap(({ boxes: of }) => of ?? []);
    if (boxes.every((box) => taken.some((other) => isInside(box, other)))) {
      const names = before.map(({ segment: { name } }) => name).join(', ');
      add(
        at,
        'unreachable-segment',
        `${segment.name} cannot be reached: whatever fulfils it is taken by ${names} before it`,
        'put it before them, narrow them, or take it away',
      );
    }
    for (const other of before) checkOverlap(add, at, other, each);
    checkRedundantBounds(add, at, segment.name, boxes, taken);
    checkStay(add, at, segment, boxes, rangeOf);
  });
  drafts.push(...gapsOf(entity, dimension, reasoned, rangeOf));
  return drafts;
}

type Add = (at: Pick<Draft, 'path' | 'where'>, code: Draft['code'], message: string, todo: string) => void;
type RangeOf = Parameters<typeof boxesOf>[1];

function conditionsOf({ when, stay, bypass }: SegmentModel): [string, NonNullable<SegmentModel['when']>][] {
  return Object.entries({ when, stay, bypass }).flatMap(([name, of]) => (of === undefined ? [] : [[name, of]]));
}

/** One within the other is what an order of priority is for; only rules that cross are worth a word. */
function checkOverlap(add: Add, at: Pick<Draft, 'path' | 'where'>, first: Reasoned, second: Reasoned): void {
  const [a, b] = [first.boxes!, second.boxes!];
  if (implies(a, b) || implies(b, a)) return;
  if (!a.some((one) => b.some((other) => meet(one, other) !== undefined))) return;
  const [x, y] = [first.segment.name, second.segment.name];
  add(
    at,
    'overlap',
    `${x} and ${y} can hold together; ${x} comes first and wins`,
    `if that is meant, nothing; else change their order, or add what keeps them apart to ${y}`,
  );
}

/** `b >= 2 && b < 10` after `b >= 10`: the order says `b < 10` already, and hysteresis would measure it a second time. */
function checkRedundantBounds(
  add: Add,
  at: Pick<Draft, 'path' | 'where'>,
  name: string,
  boxes: readonly Box[],
  taken: readonly Box[],
): void {
  for (const box of boxes) {
    for (const [text, interval] of box.numbers) {
      for (const beyond of without(ALL, [interval])) {
        if (beyond.low !== interval.high && beyond.high !== interval.low) continue;
        const outside: Box = { ...box, numbers: new Map([...box.numbers, [text, beyond]]) };
        if (!taken.some((other) => isInside(outside, other))) continue;
        const bound = beyond.low === interval.high ? interval.high : interval.low;
        add(
          at,
          'redundant-bound',
          `${name}: the bound of ${text} at ${bound} is implied by what comes before it`,
          'take the bound away: the order of the segments holds it',
        );
      }
    }
  }
}

function checkStay(
  add: Add,
  at: Pick<Draft, 'path' | 'where'>,
  { name, stay }: SegmentModel,
  boxes: readonly Box[],
  rangeOf: RangeOf,
): void {
  const staying = stay && boxesOf(stay.ast, rangeOf);
  if (staying === undefined || implies(boxes, staying)) return;
  // Where the two read different things, who comes in need not be out again: only a bound that is seen to be tighter counts.
  for (const box of boxes) {
    const tighter = staying.map((other) => tighterBound(box, other));
    if (tighter.some((of) => of === undefined)) continue;
    add(
      at,
      'stay-stricter-than-when',
      `${name} is entered where it cannot stay: ${tighter[0]}`,
      'make `stay` wider than `when`, or take it away',
    );
    return;
  }
}

/** An entry of `stay` that keeps out some of what `when` lets in. */
function tighterBound(when: Box, stay: Box): string | undefined {
  for (const [text, interval] of stay.numbers) {
    const entered = when.numbers.get(text);
    if (entered !== undefined && !isWithin(entered, interval))
      return `${text} enters at ${sayInterval(entered)}, and stays only at ${sayInterval(interval)}`;
  }
  for (const [text, fact] of stay.facts)
    if (when.facts.has(text) && when.facts.get(text) !== fact)
      return `${text} must be ${!fact} to enter and ${fact} to stay`;
  return undefined;
}

/** Cuts of one value: where between two of them none holds, the default reaches in. One region of the default is none. */
function gapsOf(
  entity: EntityModel,
  dimension: DimensionModel,
  reasoned: readonly Reasoned[],
  rangeOf: RangeOf,
): Draft[] {
  const cut = reasoned.filter(({ segment }) => segment.when !== undefined);
  const boxes = cut.flatMap(({ boxes: of }) => of ?? []);
  const side = [...(boxes[0]?.numbers.keys() ?? [])][0];
  if (side === undefined || cut.some(({ boxes: of }) => of === undefined)) return [];
  const isCut = ({ numbers, texts, facts }: Box) =>
    numbers.size === 1 && numbers.has(side) && texts.size + facts.size === 0;
  if (!boxes.every(isCut)) return [];
  const range = entity.attributes.has(side) ? rangeOf({ op: 'id', args: side } as Parameters<RangeOf>[0]) : ALL;
  const left = without(
    range,
    boxes.map(({ numbers }) => numbers.get(side)!),
  );
  const gaps = left.filter((piece) => isGap(piece, range) && (left.length > 1 || piece.low === piece.high));
  const fallback = dimension.segments.at(-1)!.name;
  return gaps.map((piece) => ({
    ...atDimension(entity.type, dimension.name),
    code: 'gap',
    message: `at ${side} ${sayInterval(piece)} no segment holds, so ${fallback} reaches in between two cuts`,
    todo: 'let the cuts meet, or say with allow that this is meant',
  }));
}

function isGap(piece: Interval, range: Interval): boolean {
  return piece.low > range.low && piece.high < range.high;
}
