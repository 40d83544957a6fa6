import { describe, expect, it } from '@jest/globals';
import { Random } from '../../../cli/simulate/random.ts';
import { BufferPool } from './buffer-pool.ts';

describe('buffers that are used again', () => {
  it('have the length that was asked for, and come again once they were given back', () => {
    const pool = new BufferPool();
    const first = pool.take(100_000);
    expect(first).toHaveLength(100_000);
    const second = pool.take(100_000);
    expect(second.buffer).not.toBe(first.buffer);
    pool.give(first);
    const third = pool.take(120_000);
    expect(third).toHaveLength(120_000);
    expect(third.buffer).toBe(first.buffer);
  });

  it('never overlap while they are out, whatever is taken and given (model, 5 seeds)', () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = new Random(seed);
      const pool = new BufferPool();
      const out: { buffer: Buffer; mark: number }[] = [];
      for (let step = 1; step <= 400; step += 1) {
        if (out.length < 5 || random.chance(0.5)) {
          const buffer = pool.take(random.whole(1, random.chance(0.2) ? 3_000_000 : 40_000));
          const mark = step % 251;
          buffer.fill(mark);
          out.push({ buffer, mark });
        } else {
          const [{ buffer, mark }] = out.splice(random.whole(0, out.length - 1), 1) as [
            { buffer: Buffer; mark: number },
          ];
          expect(buffer.equals(Buffer.alloc(buffer.length, mark))).toBe(true);
          pool.give(buffer);
        }
      }
    }
  });

  it('keeps some, not all that it ever lent', () => {
    const pool = new BufferPool();
    const lent = Array.from({ length: 100 }, () => pool.take(1024 * 1024));
    for (const buffer of lent) pool.give(buffer);
    const known = new Set(lent.map(({ buffer }) => buffer));
    const again = Array.from({ length: 100 }, () => pool.take(1024 * 1024).buffer);
    const kept = again.filter((memory) => known.has(memory)).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(8);
  });
});
