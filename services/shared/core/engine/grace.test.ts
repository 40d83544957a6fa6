import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5);

describe('grace of an attribute', () => {
  const thing = `    inputs: { x: number }
    attributes:
      strict: { sum: x, window: 24h, grace: 1h }
      lenient: { sum: x, window: 24h }
      none: { mean: x, window: 24h, grace: 0s }`;

  it('folds what is older than the newest within it, in its own time, and counts what is not', () => {
    const subject = new Subject(thing);
    const values = (t: number) =>
      ['strict', 'lenient', 'none'].map((name) => subject.engine.attributeValue(subject.state, name, t));
    subject.observe(T0 + 10 * HOUR, { x: 1 });
    expect(subject.effects.lateFor).toEqual([]);
    expect(subject.observe(T0 + 9 * HOUR, { x: 2 })).toBe('folded');
    expect(subject.effects.lateFor).toEqual(['none']);
    expect(subject.observe(T0 + 9 * HOUR - 1, { x: 4 })).toBe('folded');
    expect(subject.effects.lateFor).toEqual(['strict', 'none']);
    expect(values(T0 + 10 * HOUR)).toEqual([3, 7, 1]);
    // The late one lies in its own tile, and leaves with it.
    expect(values(T0 + 33.5 * HOUR)).toEqual([1, 1, 1]);
  });

  it('leaves the whole observation to the model where that is stricter', () => {
    const subject = new Subject(thing, 'grace: 2h');
    subject.observe(T0 + 10 * HOUR, { x: 1 });
    expect(subject.observe(T0 + 7 * HOUR, { x: 2 })).toBe('late');
    expect(subject.effects.lateFor).toEqual([]);
  });
});
