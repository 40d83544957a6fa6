import type { Readings } from '../conditions/tree.ts';
import { readCosts } from './costs.ts';
import { evaluate, last } from './evaluate.ts';
import {
  CURRENT,
  EVIDENCE,
  EVIDENCE_SINCE,
  HELD_FLIPS,
  IN,
  PINNED,
  PINNED_UNTIL,
  RAW,
  SIDE,
  SINCE,
  TARGET,
  UNKNOWN,
} from './layout.ts';
import type { DimensionProgram } from './program.ts';
import { noiseOf } from './statistics.ts';
import { priceOfBank } from './vote.ts';

/** Words that the dimension's state takes per entity. */
export function dimensionStateSize(program: DimensionProgram): number {
  return program.size;
}

/** Undecided, with nothing seen: all words 0. */
export function initDimensionState(program: DimensionProgram, nums: Float64Array, base: number): void {
  nums.fill(0, base, base + program.size);
}

/** Where an entity stands on a dimension. Segments by index, −1 for none. */
export interface DimensionPosition {
  segment: number;
  /** When it was entered, epoch ms. */
  since: number;
  /** Flips held since. */
  heldFlips: number;
  /** Where a wait of a knob leads, −1 when none waits. */
  pending: number;
  /** Where a person has pinned it, −1 for nowhere, and until when (epoch ms, 0 without). */
  pinned: number;
  pinnedUntil: number;
  /** Where the plain conditions pointed when last looked at, without any hysteresis. */
  raw: number;
}

/** Reads where the entity stands into `out`. */
export function readPosition(nums: Float64Array, base: number, out: DimensionPosition): void {
  out.segment = nums[base + CURRENT]! - 1;
  out.since = nums[base + SINCE]!;
  out.heldFlips = nums[base + HELD_FLIPS]!;
  out.pending = nums[base + TARGET]! - 1;
  out.pinned = nums[base + PINNED]! - 1;
  out.pinnedUntil = nums[base + PINNED_UNTIL]!;
  out.raw = nums[base + RAW]! - 1;
}

/** How one segment's bank stands. */
export interface BankReport {
  /** Undefined while something missing has left it unknown. */
  inside: boolean | undefined;
  /** Votes gathered for a flip, since when (epoch ms, 0 when none), and what a flip costs (0 while nothing can be priced). */
  evidence: number;
  since: number;
  price: number;
  /** Signed distance of the condition in force in units of noise, ±Infinity when stated, NaN when missing. */
  distance: number;
  /** The clause or gate that decides it, −1 for none; and one unit of the clause's noise, 0 where none is kept. */
  clause: number;
  gate: number;
  noise: number;
}

/** Reads how the bank of a segment (not the default) stands under these readings into `out`. Changes nothing. */
export function readBank(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  segment: number,
  out: BankReport,
): void {
  const { enter, stay, bank, knobs } = program.segments[segment]!;
  const side = nums[base + bank + SIDE]!;
  const condition = side === IN && stay ? stay : enter!;
  readCosts(program, readings);
  out.inside = side === UNKNOWN ? undefined : side === IN;
  out.evidence = nums[base + bank + EVIDENCE]!;
  out.since = nums[base + bank + EVIDENCE_SINCE]!;
  out.price = knobs.evidence ? priceOfBank(program, program.segments[segment]!, condition, nums, base) : 0;
  out.distance = evaluate(condition.root, nums, base, readings);
  out.clause = last.decider > 0 ? last.decider - 1 : -1;
  out.gate = last.decider < 0 ? -last.decider - 1 : -1;
  out.noise = last.at < 0 ? 0 : noiseOf(nums, base + last.at);
}
