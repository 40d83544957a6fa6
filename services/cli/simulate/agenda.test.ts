import { describe, expect, it } from '@jest/globals';
import { Agenda } from './agenda.ts';
import { Random, Weighted } from './random.ts';

describe('Agenda', () => {
  it('runs in order of time, and equals in the order in which they were put', () => {
    const random = new Random(3);
    const agenda = new Agenda();
    const ran: [number, number][] = [];
    for (let i = 0; i < 2000; i++) {
      const at = random.whole(0, 50);
      agenda.at(at, () => ran.push([at, i]));
    }
    while (agenda.runNext() !== undefined);
    expect(ran).toHaveLength(2000);
    expect(ran).toEqual([...ran].sort(([a, i], [b, j]) => a - b || i - j));
  });

  it('takes what is put in while it runs, and repeats', () => {
    const agenda = new Agenda();
    const ran: number[] = [];
    agenda.every(10, 10, (at) => ran.push(at));
    agenda.at(15, (at) => agenda.at(at + 1, (later) => ran.push(later)));
    while ((agenda.nextAt ?? 0) < 35) agenda.runNext();
    expect(ran).toEqual([10, 16, 20, 30]);
  });
});

describe('Random', () => {
  it('gives a fork the same numbers however many its parent has drawn', () => {
    const fresh = new Random(5).fork('stock').next();
    const used = new Random(5);
    used.next();
    expect(used.fork('stock').next()).toBe(fresh);
    expect(used.fork('other').next()).not.toBe(fresh);
  });

  it('spreads evenly, and normally where asked', () => {
    const random = new Random(9);
    const draws = Array.from({ length: 20_000 }, () => random.next());
    expect(draws.reduce((sum, x) => sum + x, 0) / draws.length).toBeCloseTo(0.5, 2);
    const normals = Array.from({ length: 20_000 }, () => random.normal());
    expect(Math.abs(normals.reduce((sum, x) => sum + x, 0) / normals.length)).toBeLessThan(0.03);
    expect(normals.reduce((sum, x) => sum + x * x, 0) / normals.length).toBeCloseTo(1, 1);
  });

  it('draws by weight, never what weighs nothing', () => {
    const random = new Random(1);
    const drawn = new Map<string, number>();
    const weighted = new Weighted(['a', 'b', 'c'], (item) => ({ a: 3, b: 0, c: 1 })[item] ?? 0);
    for (let i = 0; i < 8000; i++) {
      const item = weighted.pick(random);
      drawn.set(item, (drawn.get(item) ?? 0) + 1);
    }
    expect(drawn.has('b')).toBe(false);
    expect((drawn.get('a') ?? 0) / (drawn.get('c') ?? 1)).toBeCloseTo(3, 0);
  });
});
