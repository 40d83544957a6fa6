import { BANK_WORDS, IN, OUT, SIDE, UNKNOWN } from './layout.ts';
import type { DimensionProgram } from './program.ts';

/** Puts a bank on a side with nothing in it. False when it was there already; it then keeps its votes. */
export function setSide(program: DimensionProgram, nums: Float64Array, base: number, s: number, side: number): boolean {
  const bank = base + program.segments[s]!.bank;
  if (nums[bank + SIDE] === side) return false;
  nums.fill(0, bank, bank + BANK_WORDS);
  nums[bank + SIDE] = side;
  return true;
}

/** Whether a bank (its first word, relative to the dimension's slice) is in. */
export function isIn(nums: Float64Array, base: number, bank: number): boolean {
  return nums[base + bank + SIDE] === IN;
}

/** Puts the bank of a segment that is entered in, and the cuts that it implies. The default has none. */
export function enterBank(program: DimensionProgram, nums: Float64Array, base: number, s: number): void {
  const segment = program.segments[s]!;
  if (segment.bank < 0) return;
  setSide(program, nums, base, s, IN);
  for (let i = 0; i < segment.below.length; i++) setSide(program, nums, base, segment.below[i]!, IN);
}

/** Puts every bank where the plain conditions are, with nothing in it. One that was never known stays so. */
export function resetBanksToRaw(program: DimensionProgram, nums: Float64Array, base: number): void {
  const { segments, scratch } = program;
  for (let s = 0; s < segments.length - 1; s++) {
    const bank = base + segments[s]!.bank;
    if (nums[bank + SIDE] === UNKNOWN) continue;
    nums.fill(0, bank, bank + BANK_WORDS);
    nums[bank + SIDE] = scratch.raw[s] === 1 ? IN : OUT;
  }
}
