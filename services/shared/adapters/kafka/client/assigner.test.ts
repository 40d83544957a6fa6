import { describe, expect, it } from '@jest/globals';
import { shareTasks } from './assigner.ts';

const share = (owned: Record<string, number[]>, count: number) =>
  Object.fromEntries(
    shareTasks(
      Object.entries(owned).map(([memberId, tasks]) => ({ memberId, owned: tasks })),
      Array.from({ length: count }, (_, i) => i),
    ),
  );

describe('sharing tasks among members', () => {
  it('leaves everything where it is when that is even', () => {
    expect(share({ a: [1, 3], b: [0, 2] }, 4)).toEqual({ a: [1, 3], b: [0, 2] });
    expect(share({ a: [3], b: [0, 2] }, 3)).toEqual({ a: [3].filter((t) => t < 3).concat(1), b: [0, 2] });
  });

  it("moves no more than it must to a member that joins, and gives a leaver's tasks to those who have least", () => {
    const joined = share({ a: [0, 1, 2, 3], b: [] }, 4);
    expect(joined['a']).toEqual([0, 1]);
    expect(joined['b']).toEqual([2, 3]);
    expect(share({ a: [0, 1], b: [2] }, 6)).toEqual({ a: [0, 1, 4], b: [2, 3, 5] });
  });

  it('gives every task to exactly one member, within one of each other, whatever is claimed', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const members = 1 + (seed % 5);
      const count = seed % 13;
      const owned: Record<string, number[]> = {};
      for (let m = 0; m < members; m += 1)
        owned[`m${m}`] = Array.from({ length: (seed * (m + 3)) % 7 }, (_, i) => (seed * 31 + m * 17 + i * 5) % 15);
      const shares = Object.values(share(owned, count));
      expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      const sizes = shares.map((tasks) => tasks.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('lets one member have a single task while the others stand by', () => {
    expect(share({ b: [0], a: [] }, 1)).toEqual({ a: [], b: [0] });
  });
});
