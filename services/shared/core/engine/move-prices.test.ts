import { describe, expect, it } from '@jest/globals';
import { mulberry32, normal } from '../hysteresis/experiment/index.ts';
import { Subject } from '../testing/subject.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 0, 5, 8);

function subject(switchCost: string, segments = '{ fast: { when: pace >= 10 }, slow: {} }'): Subject {
  return new Subject(`    inputs: { pace: number, units: number, value: number, ready: boolean, due: time }
    attributes:
      pace: { ewma: pace, halfLife: 1s }
      units: { latest: units }
      value: { latest: value }
      ready: { latest: ready }
      hoursLeft: { until: due }
    dimensions:
      d:
        hysteresis: { switchCost: ${switchCost} }
        segments: ${segments}`);
}
const FACT = '{ fast: { when: ready }, slow: {} }';
const BY_UNITS = '{ money: 10 + units, wrongPerHour: value, otherwise: 5h, horizon: 2d }';
const why = ({ changes }: Subject) => changes.at(-1)!.because.text;
const explained = (of: Subject, at: number) => of.engine.explain(of.state, at).dimensions[0]!;

describe('a move that is priced by the entity', () => {
  it('gathers the evidence that its cost asks for, and says what it costs', () => {
    const delay = (units: number) => {
      const thing = subject(BY_UNITS);
      const random = mulberry32(7);
      thing.observe(T0, { units, value: 2, pace: 8 });
      let t = T0;
      for (let i = 1; thing.changes.length < 2; i++) {
        t = T0 + i * MINUTE;
        thing.observe(t, { pace: (i < 300 ? 8.5 : 11.5) + 2 * normal(random) });
      }
      return { minutes: (t - T0) / MINUTE - 300, text: why(thing) };
    };
    const [few, many] = [delay(2), delay(80)];
    expect(few.text).toMatch(
      /; a move costs 6 h \(\(10 \+ units\) ÷ value: 12 ÷ 2 for an hour in the wrong segment\)$/,
    );
    expect(many.text).toMatch(/; a move costs 1 d 21 h \(/);
    expect(few.minutes).toBeGreaterThan(0);
    expect(many.minutes).toBeGreaterThan(few.minutes);
  });

  it('waits while it cannot earn its cost in the horizon, says so, and goes once it can', () => {
    const thing = subject(BY_UNITS, FACT);
    thing.observe(T0, { units: 90, value: 2, ready: false });
    // 100 ÷ 2 is 50 hours, more than two days.
    thing.observe(T0 + HOUR, { ready: true });
    expect(thing.changes).toHaveLength(1);
    expect(thing.effects.held).toEqual([{ dimension: 'd', reason: 'switchCost', to: 'fast', at: T0 + HOUR }]);
    const held = explained(thing, T0 + 2 * HOUR);
    const text =
      'a move costs 2 d 2 h ((10 + units) ÷ value: 100 ÷ 2 for an hour in the wrong segment), which it cannot earn in 2 d';
    expect(held.why).toBe(`the conditions point to fast; held: ${text}`);
    const [way] = held.next;
    expect(way).toMatchObject({ to: 'fast', waits: [{ knob: 'switchCost', text }] });
    expect(way!.cost).toEqual({ ms: 50 * HOUR, cost: 100, perHour: 2, horizonMs: 2 * DAY, earned: false, text });
    thing.observe(T0 + 3 * HOUR, { units: 70 });
    expect(thing.moves[1]).toBe(`slow → fast @ ${T0 + 3 * HOUR}`);
    expect(why(thing)).toBe(
      'ready true; a move costs 1 d 16 h ((10 + units) ÷ value: 80 ÷ 2 for an hour in the wrong segment); held for 2 h',
    );
    expect(thing.changes[1]!.hysteresis).toMatchObject({ kind: 'dwell', heldFlips: 1 });
    expect(thing.changes[1]!.attributes).toEqual({ ready: true, units: 70, value: 2 });
  });

  it('costs what is said for then while something is missing, and does not keep the entity from being placed', () => {
    const thing = subject(BY_UNITS, FACT);
    thing.observe(T0, { ready: false });
    expect(thing.moves).toEqual([`null → slow @ ${T0}`]);
    thing.observe(T0 + HOUR, { ready: true });
    expect(why(thing)).toBe('ready true; a move is taken to cost 5 h, for (10 + units) ÷ value is not known');
    const dear = subject('{ hours: units, otherwise: 3d, horizon: 2d }', FACT);
    dear.observe(T0, { ready: false });
    dear.observe(T0 + 1, { ready: true });
    expect(dear.changes).toHaveLength(1);
    dear.observe(T0 + 2, { units: 48 });
    expect(why(dear)).toMatch(/^ready true; a move costs 2 d \(units\)/);
  });

  it('never earns its cost where the wrong segment costs nothing, and without a horizon is made all the same', () => {
    for (const [horizon, moves] of [
      [', horizon: 30d', 1],
      ['', 2],
    ] as const) {
      const thing = subject(`{ money: 12, wrongPerHour: value${horizon} }`, FACT);
      thing.observe(T0, { value: 0, ready: false });
      thing.observe(T0 + 1, { ready: true });
      expect(thing.changes).toHaveLength(moves);
    }
  });

  it('is looked at again at the very instant at which time alone lets it be earned', () => {
    const thing = subject('{ hours: hoursLeft, horizon: 10h }', FACT);
    thing.observe(T0, { due: T0 + 30 * HOUR, ready: false });
    thing.observe(T0 + HOUR, { ready: true });
    thing.advance(T0 + 20 * HOUR - 1);
    expect(thing.changes).toHaveLength(1);
    thing.restart();
    thing.advance(T0 + 25 * HOUR);
    expect(thing.moves[1]).toBe(`slow → fast @ ${T0 + 20 * HOUR}`);
  });

  it('is asked for its price by no bypass, and by no pin', () => {
    const thing = subject(BY_UNITS, '{ fast: { when: ready, bypass: value > 90 }, slow: {} }');
    thing.observe(T0, { units: 1e6, value: 2, ready: true });
    thing.observe(T0 + 1, { ready: false });
    expect(thing.changes).toHaveLength(1);
    thing.pin(T0 + 2, { dimension: 'd', segment: 'slow', until: T0 + HOUR });
    expect(thing.moves[1]).toBe(`fast → slow @ ${T0 + 2}`);
    thing.observe(T0 + 3, { value: 91 });
    expect(why(thing)).toBe('bypass: value 91 > 90');
  });

  it('costs upwards what it costs to come in, downwards what it costs to leave', () => {
    const thing = subject('{ enter: 1h, leave: { hours: units, horizon: 10h } }', FACT);
    thing.observe(T0, { units: 11, ready: false });
    thing.observe(T0 + 1, { ready: true });
    expect(thing.moves[1]).toBe(`slow → fast @ ${T0 + 1}`);
    thing.observe(T0 + 2, { ready: false });
    expect(thing.effects.held[0]!.reason).toBe('switchCost');
    thing.observe(T0 + 3, { units: 9 });
    expect(thing.moves[2]).toBe(`fast → slow @ ${T0 + 3}`);
  });
});

it('comes to the same through bytes and back at any observation, on random prices', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const run = (restarts: boolean) => {
      const random = mulberry32(seed);
      const thing = subject(
        '{ enter: { hours: units, horizon: 6h }, leave: { money: 10 + units, wrongPerHour: value, horizon: 9h } }',
      );
      for (let i = 0; i < 800; i++) {
        const level = Math.floor(i / 160) % 2 === 0 ? 8 : 12;
        const dear = random() < 0.5 ? 4 : 40;
        const said = random();
        const values: Record<string, number> =
          said < 0.1 ? { units: dear * random() } : said < 0.15 ? { value: 4 * random() } : {};
        const pace = level + 2 * normal(random);
        const cut = random() < 0.1;
        if (restarts && cut) thing.restart();
        thing.observe(T0 + i * 10 * MINUTE, { ...values, pace });
      }
      return thing.changes;
    };
    const whole = run(false);
    expect(run(true)).toEqual(whole);
    expect(whole.length).toBeGreaterThan(3);
  }
});
