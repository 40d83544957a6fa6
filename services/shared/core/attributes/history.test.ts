import { describe, expect, it } from '@jest/globals';
import { seeded } from '../testing/seeded.ts';
import { History } from './history.ts';

const SPAN = 31_000;
const begun = () => Float64Array.from([7, ...History.defaults, 7]);
const history = new History(1, SPAN);

describe('the history of a number', () => {
  it('is exact at its points, and goes in straight lines between them', () => {
    const nums = begun();
    expect(history.valueAt(nums, 5)).toBeNaN();
    for (const [t, value] of [
      [1000, 2],
      [4000, 8],
      [6000, 8],
    ] as const)
      history.note(nums, t, value);
    const asked = [0, 1000, 2500, 4000, 5999, 6000, 9000];
    expect(asked.map((t) => history.valueAt(nums, t))).toEqual([2, 2, 5, 8, 8, 8, 8]);
  });

  it('takes a value that comes late as one of now', () => {
    const nums = begun();
    history.note(nums, 1000, 2);
    history.note(nums, 3000, 4);
    history.note(nums, 2000, 5);
    expect([1000, 2000, 3000].map((t) => history.valueAt(nums, t))).toEqual([2, 3.5, 5]);
  });

  it('lies, over its span and at any pace, no farther off than what the number did within a 31st of it and a step', () => {
    const random = seeded(3);
    for (let round = 0; round < 60; round += 1) {
      const nums = begun();
      const log: { t: number; value: number }[] = [];
      let [t, value] = [0, 0];
      const paceMs = round % 2 === 0 ? 300 : 3000;
      for (let n = 0; n < 400; n += 1) {
        t += 1 + Math.floor(random() * paceMs);
        value += random() * 10;
        log.push({ t, value });
        history.note(nums, t, value);
      }
      expect([nums[0], nums.at(-1)]).toEqual([7, 7]);
      for (let n = 0; n < 50; n += 1) {
        const at = t - random() * SPAN;
        const before = log.findLast((point) => point.t <= at - 1000 - paceMs)?.value ?? 0;
        const after = log.find((point) => point.t >= at + 1000 + paceMs)?.value ?? value;
        const was = history.valueAt(nums, at);
        expect(was).toBeGreaterThanOrEqual(before - 1e-9);
        expect(was).toBeLessThanOrEqual(after + 1e-9);
      }
    }
  });
});
