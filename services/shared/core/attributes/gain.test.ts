import { describe, expect, it } from '@jest/globals';
import type { LinkTarget } from '../engine/state.ts';
import { seeded } from '../testing/seeded.ts';
import { newGains, takeGain } from './gain.ts';

const plan = { ref: 0, at: 0 };
const linked = (since: number): LinkTarget => ({
  ...{ entityId: 's', refVersion: 1, targetSequence: 0, values: [], refs: [] },
  gains: newGains(1, since),
});
/** What comes of answers (instant, total) of one target that is linked since 100. */
function gained(...answers: readonly (readonly [at: number, total: number | null])[]): number {
  const nums = Float64Array.of(NaN);
  const target = linked(100);
  for (const [at, value] of answers) takeGain(nums, { plan, nth: 0, target, value, at });
  return nums[0]!;
}

describe('what a running total gains while it is linked', () => {
  it('leaves out what it had before', () => {
    expect(gained([100, 30])).toBe(0);
    expect(gained([100, 30], [110, 32], [120, 37])).toBe(7);
  });

  it('is put right by what is heard late of the time before', () => {
    expect(gained([100, 30], [90, 34], [100, 35], [110, 37])).toBe(2);
  });

  it('is missing while nothing is known, and all of a total that begins later', () => {
    expect(gained([100, null])).toBeNaN();
    expect(gained([100, null], [110, 0], [120, 4])).toBe(4);
  });

  it('stays when the target ends, and goes on with the total of its next life', () => {
    expect(gained([100, 30], [110, 35], [120, null])).toBe(5);
    expect(gained([100, 30], [110, 35], [120, null], [130, 2])).toBe(7);
  });

  it('falls with the total, but not below 0', () => {
    expect(gained([100, 30], [110, 35], [120, 33])).toBe(3);
    expect(gained([100, 30], [110, 25], [120, 26])).toBe(1);
  });

  it('of several is at least what each gained between two of its answers, and at most all together', () => {
    const random = seeded(5);
    for (let round = 0; round < 200; round += 1) {
      const nums = Float64Array.of(NaN);
      const sensors = Array.from({ length: 1 + (round % 4) }, () => {
        const total = 100 * random();
        const target = linked(0);
        takeGain(nums, { plan, nth: 0, target, value: total, at: 0 });
        return { target, total, sumThen: 0 };
      });
      let all = 0;
      for (let at = 1; at <= 60; at += 1) {
        const sensor = sensors[Math.floor(random() * sensors.length)]!;
        const gain = random() < 0.3 ? 0.01 : random();
        sensor.total += gain;
        all += gain;
        takeGain(nums, { plan, nth: 0, target: sensor.target, value: sensor.total, at });
        expect(nums[0]! - sensor.sumThen).toBeGreaterThanOrEqual(gain - 1e-9);
        expect(nums[0]).toBeLessThanOrEqual(all + 1e-9);
        sensor.sumThen = nums[0]!;
      }
      if (sensors.length === 1) expect(nums[0]).toBeCloseTo(all, 9);
    }
  });
});
