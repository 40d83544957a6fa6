import type { Readings } from '../conditions/tree.ts';
import { evaluate, last } from './evaluate.ts';
import { EVIDENCE, IN, SIDE } from './layout.ts';
import type { Condition, DimensionProgram } from './program.ts';
import type { Confirm } from './types.ts';
import { priceOfBank } from './vote.ts';

/** Share of its price from which a bank may take over when the current one is left. */
const TAKEOVER = 0.5;

/** Where the banks point: the first one that is in; else, on leaving, the best-evidenced; else the default. */
export function targetOf(program: DimensionProgram, nums: Float64Array, base: number, current: number): number {
  const { segments } = program;
  const fallback = segments.length - 1;
  for (let s = 0; s < fallback; s++) {
    if (nums[base + segments[s]!.bank + SIDE] === IN) return s;
  }
  if (current === fallback) return fallback;
  let best = fallback;
  let share = 0;
  for (let s = 0; s < fallback; s++) {
    const segment = segments[s]!;
    const evidence = nums[base + segment.bank + EVIDENCE]!;
    if (s === current || evidence === 0) continue;
    const mine = evidence / priceOfBank(program, segment, segment.enter!, nums, base);
    if (mine >= TAKEOVER && mine > share) {
      share = mine;
      best = s;
    }
  }
  return best;
}

/** Where the plain conditions of this step point, without hysteresis. */
export function rawTargetOf(program: DimensionProgram): number {
  const { raw } = program.scratch;
  const fallback = program.segments.length - 1;
  for (let s = 0; s < fallback; s++) if (raw[s] === 1) return s;
  return fallback;
}

/**
 * The first segment whose bypass holds and is confirmed, or −1; `last` then tells what decided it.
 * Counts this step where it votes.
 */
export function bypassOf(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  votes: boolean,
): number {
  const { segments } = program;
  let first = -1;
  let decider = 0;
  for (let s = 0; s < segments.length; s++) {
    const { bypass, bypassConfirmed, knobs } = segments[s]!;
    if (!bypass) continue;
    const holds = evaluate(bypass.root, nums, base, readings) >= 0;
    const mine = last.decider;
    if (bypassConfirmed >= 0) {
      const at = base + bypassConfirmed;
      if (votes && concerns(bypass, readings)) nums[at] = pushed(nums[at]!, holds);
      if (!isConfirmed(nums[at]!, knobs.bypassConfirm!)) continue;
    }
    if (holds && first < 0) {
      first = s;
      decider = mine;
    }
  }
  last.decider = decider;
  return first;
}

/** Writes into the histories where this observation points. Only observations that concern a segment count. */
export function countConfirms(
  program: DimensionProgram,
  nums: Float64Array,
  base: number,
  readings: Readings,
  target: number,
): void {
  const { segments } = program;
  for (let s = 0; s < segments.length; s++) {
    const { confirmed, leaveConfirmed, enter, stay } = segments[s]!;
    if (confirmed < 0 && leaveConfirmed < 0) continue;
    const counts = enter
      ? concerns(enter, readings) || (stay !== undefined && concerns(stay, readings))
      : program.readsGates.length > 0 || anyFolded(program.readsClauses, readings);
    if (!counts) continue;
    if (confirmed >= 0) nums[base + confirmed] = pushed(nums[base + confirmed]!, s === target);
    if (leaveConfirmed >= 0) nums[base + leaveConfirmed] = pushed(nums[base + leaveConfirmed]!, s !== target);
  }
}

/** Starts the histories of all segments anew, as a move does. */
export function clearConfirms(program: DimensionProgram, nums: Float64Array, base: number): void {
  if (!program.counts) return;
  for (let s = 0; s < program.segments.length; s++) {
    const { confirmed, leaveConfirmed } = program.segments[s]!;
    if (confirmed >= 0) nums[base + confirmed] = 0;
    if (leaveConfirmed >= 0) nums[base + leaveConfirmed] = 0;
  }
}

/** True when at least n of the last m entries of a history are set. */
export function isConfirmed(history: number, { n, m }: Confirm): boolean {
  let set = 0;
  for (let i = 0; i < m; i++) set += (history >>> i) & 1;
  return set >= n;
}

function concerns(condition: Condition, readings: Readings): boolean {
  // A gate's readings are not told apart, so a condition with one counts every observation of the dimension.
  return condition.gates.length > 0 || anyFolded(condition.clauses, readings);
}

function anyFolded(clauses: readonly number[], readings: Readings): boolean {
  for (let i = 0; i < clauses.length; i++) if (readings.folded[clauses[i]!] === 1) return true;
  return false;
}

function pushed(history: number, bit: boolean): number {
  return ((history << 1) | Number(bit)) & 0x3fffffff;
}
