import type { Readings } from '../conditions/tree.ts';
import { costOfMove, readCosts } from './costs.ts';
import { evaluate, last } from './evaluate.ts';
import { noteFlipped, noteMoved } from './flaps.ts';
import { clearPending, holdingKnob, track, waitEnd } from './knobs.ts';
import {
  CAUSE_DECIDER,
  CAUSE_EVIDENCE,
  CAUSE_KIND,
  CAUSE_NOISE,
  CAUSE_PRICE,
  CAUSE_SEGMENT,
  CAUSE_SINCE,
  COOLDOWN_UNTIL,
  CURRENT,
  HELD_FLIPS,
  IN,
  OUT,
  RAW,
  SIDE,
  SINCE,
  TARGET,
  TARGET_SINCE,
} from './layout.ts';
import { pinnedTo, releaseAt } from './pin.ts';
import type { DimensionProgram } from './program.ts';
import { isQuiet } from './quiet.ts';
import { enterBank, resetBanksToRaw } from './sides.ts';
import { noiseOf } from './statistics.ts';
import { bypassOf, clearConfirms, countConfirms, rawTargetOf, targetOf } from './targets.ts';
import type { HeldReason, MoveKind, StepOutcome } from './types.ts';
import { foldReadings, voteBanks } from './vote.ts';

/** By flip: 0 none, then as in the layout. */
const KIND_OF_FLIP: readonly MoveKind[] = ['band', 'gate', 'band', 'evidence', 'missing'];

/**
 * Steps one dimension of one entity: what `readings` say at `t` (epoch ms, never less than in the step before), into the
 * state at `base`, and what came of it into `out`. An observation passes `votes` true and marks the clauses that it
 * folded; timers and late observations pass false and so never vote. While undecided, the first step in which nothing is
 * missing places the entity where the plain conditions point, or where it is pinned.
 */
export function stepDimension(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
  votes: boolean,
  out: StepOutcome,
): void {
  const current = nums[base + CURRENT]! - 1;
  if (program.plain && current >= 0 && isQuiet(program, nums, base, readings)) {
    out.moved = false;
    out.from = current;
    out.to = current;
    out.held = undefined;
    out.heldTo = -1;
    return;
  }
  stepFully(program, nums, base, readings, t, votes, out);
}

/** The step as it is worked out where it may change something; `stepDimension` comes to the same. */
export function stepFully(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
  votes: boolean,
  out: StepOutcome,
): void {
  const current = nums[base + CURRENT]! - 1;
  begin(out, current);
  if (program.readsCosts.length > 0) readCosts(program, readings);
  if (program.statistics.length > 0) foldReadings(program, nums, base, readings, t, votes);
  const released = releaseAt(nums, base, t);
  const pinned = pinnedTo(nums, base);
  if (current < 0) {
    if (pinned >= 0) place(program, nums, base, readings, t, votes, 'pinned', out);
    else if (isKnown(program, readings)) place(program, nums, base, readings, t, votes, 'initial', out);
    return;
  }
  voteBanks(program, nums, base, readings, t);

  let target = targetOf(program, nums, base, current);
  const bypass = program.bypasses ? bypassOf(program, nums, base, readings, votes) : -1;
  const bypassDecider = last.decider;
  // Left now, it would be entered again at once: a bypass that still holds keeps its segment.
  const kept = bypass === current && target > current;
  if (kept) target = current;
  if (votes && program.counts) countConfirms(program, nums, base, readings, target);

  if (pinned >= 0 || released) {
    obey(program, nums, base, pinned, bypass, bypassDecider, target, t, out);
    countHeld(program, nums, base, t, target, kept, out);
    return;
  }
  const waited = nums[base + TARGET] === target + 1;
  track(program, nums, base, current, target, t);
  const passes = target !== current && t >= waitEnd(program, nums, base);
  if (bypass >= 0 && bypass < current && !(passes && target <= bypass)) {
    moveByBypass(program, nums, base, bypass, bypassDecider, t, out);
    // A higher one that is plainly in has to pass its knobs from here.
    program.scratch.flip.fill(0);
    target = targetOf(program, nums, base, bypass);
    track(program, nums, base, bypass, target, t);
  } else if (passes) {
    const flip = nums[base + CAUSE_KIND]!;
    out.kind = waited ? 'dwell' : KIND_OF_FLIP[flip]!;
    out.segment = nums[base + CAUSE_SEGMENT]! - 1;
    decide(out, nums[base + CAUSE_DECIDER]!);
    out.evidence = nums[base + CAUSE_EVIDENCE]!;
    out.price = nums[base + CAUSE_PRICE]!;
    out.since = nums[base + CAUSE_SINCE]!;
    out.noise = nums[base + CAUSE_NOISE]!;
    out.waitedMs = t - nums[base + TARGET_SINCE]!;
    out.switchCost = program.scratch.cost[costOfMove(program, current, target)]!;
    move(program, nums, base, target, t, out);
  }
  countHeld(program, nums, base, t, target, kept, out);
}

/**
 * Decides a dimension that is still undecided with what is known: a condition with something missing counts as outside.
 * Does nothing where it is decided. For the end of the time that an entity may stay undecided.
 */
export function decideMissing(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
  out: StepOutcome,
): void {
  const current = nums[base + CURRENT]! - 1;
  begin(out, current);
  if (current < 0) place(program, nums, base, readings, t, false, 'missing', out);
}

/** True when every clause and gate that the dimension reads has a value. */
function isKnown(program: DimensionProgram, readings: Readings): boolean {
  const { readsClauses, readsGates } = program;
  for (let i = 0; i < readsClauses.length; i++) if (Number.isNaN(readings.margins[readsClauses[i]!]!)) return false;
  for (let i = 0; i < readsGates.length; i++) if (Number.isNaN(readings.gates[readsGates[i]!]!)) return false;
  return true;
}

/**
 * Does what a person said: to the pinned segment, unless a bypass leads above it; on release (`pinned` is −1) to where
 * the banks, which went on voting, point. No knob damps either.
 */
function obey(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  pinned: number,
  bypass: number,
  bypassDecider: number,
  target: number,
  t: number,
  out: StepOutcome,
): void {
  const wanted = pinned >= 0 ? pinned : target;
  clearPending(nums, base);
  if (bypass >= 0 && bypass < wanted) {
    if (bypass !== out.from) moveByBypass(program, nums, base, bypass, bypassDecider, t, out);
    return;
  }
  if (wanted === out.from) return;
  stand(nums, base, wanted, t, out);
  clearConfirms(program, nums, base);
  // A pin is no evidence, so it leaves the banks alone.
  if (pinned < 0) enterBank(program, nums, base, wanted);
  out.kind = pinned >= 0 ? 'pinned' : 'released';
  out.segment = wanted;
  out.since = t;
}

function moveByBypass(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  bypass: number,
  decider: number,
  t: number,
  out: StepOutcome,
): void {
  resetBanksToRaw(program, nums, base);
  clearPending(nums, base);
  move(program, nums, base, bypass, t, out);
  out.kind = 'bypass';
  out.segment = bypass;
  decide(out, decider);
  out.since = t;
}

function place(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  t: number,
  votes: boolean,
  kind: 'initial' | 'missing' | 'pinned',
  out: StepOutcome,
): void {
  const { segments, scratch } = program;
  const fallback = segments.length - 1;
  let to = fallback;
  for (let s = fallback - 1; s >= 0; s--) {
    const segment = segments[s]!;
    const result = evaluate(segment.enter!.root, nums, base, readings);
    scratch.raw[s] = Number(result >= 0);
    // One with something missing stays unknown: its first value will place it.
    if (Number.isNaN(result)) continue;
    nums[base + segment.bank + SIDE] = result >= 0 ? IN : OUT;
    if (result >= 0) {
      to = s;
      out.segment = s;
      decide(out, last.decider);
      out.noise = last.at < 0 ? 0 : noiseOf(nums, base + last.at);
    }
  }
  nums[base + RAW] = to + 1;
  const bypass = program.bypasses ? bypassOf(program, nums, base, readings, votes) : -1;
  if (bypass >= 0 && bypass < to) {
    to = bypass;
    out.segment = bypass;
    decide(out, last.decider);
    out.noise = 0;
    enterBank(program, nums, base, bypass);
  }
  const pinned = pinnedTo(nums, base);
  if (pinned >= 0 && !(bypass >= 0 && bypass < pinned)) {
    to = pinned;
    out.segment = pinned;
    decide(out, 0);
    out.noise = 0;
  }
  nums[base + CURRENT] = to + 1;
  nums[base + SINCE] = t;
  out.moved = true;
  out.to = to;
  out.kind = to === pinned ? 'pinned' : kind === 'pinned' ? 'initial' : kind;
  out.since = t;
}

function move(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  to: number,
  t: number,
  out: StepOutcome,
): void {
  stand(nums, base, to, t, out);
  clearPending(nums, base);
  clearConfirms(program, nums, base);
  enterBank(program, nums, base, to);
  const { cooldownMs } = program.segments[to]!.knobs;
  nums[base + COOLDOWN_UNTIL] = cooldownMs > 0 ? t + cooldownMs : 0;
  noteMoved(program, nums, base, t);
}

function stand(nums: Float64Array, base: number, to: number, t: number, out: StepOutcome): void {
  out.moved = true;
  out.to = to;
  out.heldFlips = nums[base + HELD_FLIPS]!;
  nums[base + CURRENT] = to + 1;
  nums[base + SINCE] = t;
  nums[base + HELD_FLIPS] = 0;
}

/** Counts a flip of the plain conditions to a segment where the entity now is not, and says what held it. */
function countHeld(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  t: number,
  target: number,
  kept: boolean,
  out: StepOutcome,
): void {
  const raw = rawTargetOf(program);
  if (nums[base + RAW] === raw + 1) return;
  nums[base + RAW] = raw + 1;
  noteFlipped(program, nums, base, t);
  if (raw === out.to) return;
  nums[base + HELD_FLIPS] = nums[base + HELD_FLIPS]! + 1;
  out.heldTo = raw;
  if (pinnedTo(nums, base) >= 0) out.held = 'pinned';
  else if (target === raw) out.held = holdingKnob(program, nums, base, t);
  else out.held = kept ? 'bypass' : holdingBank(program, nums, base, raw);
}

/** Why the banks do not point where the plain conditions do. */
function holdingBank(program: DimensionProgram, nums: Float64Array, base: number, raw: number): HeldReason {
  const { segments, scratch } = program;
  const bank = segments[raw]!.bank;
  // Either the bank of that segment is not in yet, or a higher one is still in though its condition no longer holds.
  let s = raw;
  if (bank < 0 || nums[base + bank + SIDE] === IN) {
    s = 0;
    while (s < raw && !stillIn(program, nums, base, s)) s++;
    if (s === raw) return 'evidence';
  }
  const result = scratch.result[s]!;
  if (Number.isNaN(result)) return 'missing';
  return !segments[s]!.knobs.evidence || (s !== raw && result >= 0) ? 'band' : 'evidence';
}

function stillIn(program: DimensionProgram, nums: Float64Array, base: number, s: number): boolean {
  const { bank } = program.segments[s]!;
  return bank >= 0 && program.scratch.raw[s] === 0 && nums[base + bank + SIDE] === IN;
}

function begin(out: StepOutcome, current: number): void {
  out.moved = false;
  out.from = current;
  out.to = current;
  out.kind = 'initial';
  out.segment = -1;
  out.clause = -1;
  out.gate = -1;
  out.evidence = 0;
  out.price = 0;
  out.since = 0;
  out.noise = 0;
  out.switchCost = 0;
  out.waitedMs = 0;
  out.heldFlips = 0;
  out.held = undefined;
  out.heldTo = -1;
}

function decide(out: StepOutcome, decider: number): void {
  out.clause = decider > 0 ? decider - 1 : -1;
  out.gate = decider < 0 ? -decider - 1 : -1;
}
