import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 0, 5);

/** A thing with one attribute `a` and a dimension that names it, so that a change tells its value. */
function withAttribute(attribute: string): { subject: Subject; at: (t: number) => unknown } {
  const subject = new Subject(`    inputs: { x: number, y: number, name: string, flag: boolean, at: time }
    attributes: { a: ${attribute} }`);
  const compiled = () => subject.engine.attributeValue(subject.state, 'a', 0);
  expect(compiled()).toBeNull();
  return { subject, at: (t) => subject.engine.attributeValue(subject.state, 'a', t) };
}

describe('latest', () => {
  it('keeps the newest by event time, of any type', () => {
    const { subject, at } = withAttribute('{ latest: name }');
    subject.observe(T0, { name: 'new' });
    subject.observe(T0 - 1, { name: 'late' });
    expect(at(T0)).toBe('new');
  });

  it('knows false from missing', () => {
    const { subject, at } = withAttribute('{ latest: flag }');
    subject.observe(T0, { flag: false });
    expect(at(T0)).toBe(false);
  });
});

describe('until and since', () => {
  it('count hours to and from an instant', () => {
    const left = withAttribute('{ until: at }');
    left.subject.observe(T0, { at: T0 + 3 * HOUR });
    expect([left.at(T0), left.at(T0 + 4 * HOUR)]).toEqual([3, -1]);
    const gone = withAttribute('{ since: at }');
    gone.subject.observe(T0, { at: T0 - HOUR });
    expect(gone.at(T0 + HOUR)).toBe(2);
  });

  it('count hours since something was last true', () => {
    const { subject, at } = withAttribute('{ since: x }');
    subject.observe(T0, { x: 1 });
    subject.observe(T0 + HOUR, { x: 0 });
    expect(at(T0 + 2 * HOUR)).toBe(2);
  });
});

describe('an ewma', () => {
  it('moves half-way in one half-life, however many observations that takes', () => {
    const { subject, at } = withAttribute('{ ewma: x, halfLife: 1h }');
    subject.observe(T0, { x: 10 });
    subject.observe(T0 + HOUR, { x: 20 });
    expect(at(T0 + HOUR)).toBe(15);
    const fine = withAttribute('{ ewma: x, halfLife: 1h }');
    fine.subject.observe(T0, { x: 10 });
    for (let i = 1; i <= 60; i++) fine.subject.observe(T0 + i * 60_000, { x: 20 });
    expect(fine.at(T0 + HOUR)).toBeCloseTo(15, 10);
  });
});

describe('windows', () => {
  it('count what is true, sum, and give a rate per unit of time', () => {
    const count = withAttribute('{ count: x, window: 24h }');
    const rate = withAttribute('{ rate: x, window: 2d, per: 1d }');
    for (const [i, x] of [3, 0, 5].entries()) {
      count.subject.observe(T0 + i * HOUR, { x });
      rate.subject.observe(T0 + i * HOUR, { x });
    }
    expect(count.at(T0 + 2 * HOUR)).toBe(2);
    expect(rate.at(T0 + 2 * HOUR)).toBe(4);
  });

  it('run empty: nothing seen lately is 0, nothing ever seen is missing', () => {
    const { subject, at } = withAttribute('{ sum: x, window: 24h }');
    subject.observe(T0, { x: 3 });
    expect([at(T0 + 23 * HOUR), at(T0 + 24 * HOUR), at(T0 + 9 * DAY)]).toEqual([3, 0, 0]);
    const highest = withAttribute('{ max: x, window: 24h }');
    highest.subject.observe(T0, { x: 3 });
    expect([highest.at(T0 + HOUR), highest.at(T0 + 2 * DAY)]).toEqual([3, null]);
  });

  it('take a late value into its own tile', () => {
    const { subject, at } = withAttribute('{ sum: x, window: 24h }');
    subject.observe(T0 + 20 * HOUR, { x: 1 });
    subject.observe(T0 + HOUR, { x: 2 });
    expect([at(T0 + 20 * HOUR), at(T0 + 25 * HOUR)]).toEqual([3, 1]);
  });

  it('have a mean of what was seen', () => {
    const { subject, at } = withAttribute('{ mean: x, window: 24h }');
    for (const [i, x] of [1, 2, 6].entries()) subject.observe(T0 + i, { x });
    expect(at(T0 + 3)).toBe(3);
  });
});

describe('a ratio', () => {
  it('is pulled towards its prior while there are few trials, and missing while there are none', () => {
    const { subject, at } = withAttribute(
      '{ ratio: { hits: x, trials: y }, window: 30d, prior: { hits: 1, trials: 50 } }',
    );
    subject.observe(T0, { x: 1 });
    expect(at(T0)).toBeNull();
    subject.observe(T0 + 1, { y: 10 });
    expect(at(T0 + 1)).toBe(2 / 60);
    expect(at(T0 + 40 * DAY)).toBeNull();
  });
});

describe('where', () => {
  it('takes only the observations of which it is true', () => {
    const { subject, at } = withAttribute("{ sum: x, where: name == 'pick' && y > 0 }");
    subject.observe(T0, { x: 1, name: 'pick', y: 1 });
    subject.observe(T0 + 1, { x: 10, name: 'count', y: 1 });
    subject.observe(T0 + 2, { x: 100, name: 'pick' });
    expect(at(T0 + 2)).toBe(1);
  });
});

describe('missing', () => {
  it('can be a value of its own', () => {
    const subject = new Subject(`    inputs: { x: number }
    attributes: { a: { latest: x, missing: default 7 }, b: { derive: a * 2 } }`);
    expect(subject.engine.attributeValue(subject.state, 'b', T0)).toBe(14);
  });

  it('sets in again when nothing has come for so long', () => {
    const { subject, at } = withAttribute('{ latest: x, missing: leave after 2h }');
    subject.observe(T0, { x: 5 });
    expect([at(T0 + 2 * HOUR - 1), at(T0 + 2 * HOUR)]).toEqual([5, null]);
  });
});
