import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 2, 2, 8);

function subject(segments: string, hysteresis = '{ switchCost: 30m }'): Subject {
  return new Subject(`    inputs: { temp: number, count: number, kind: string, due: time }
    attributes:
      temp: { ewma: temp, halfLife: 1m }
      count: { latest: count }
      kind: { latest: kind, missing: default plain }
      hoursLeft: { until: due }
    dimensions:
      state:
        hysteresis: ${hysteresis}
        segments:
${segments}`);
}
const HOT = `          hot: { when: temp >= 30 && count >= 2, stay: temp >= 25, bypass: temp >= 60 }
          cool: {}`;
const of = (of: Subject, at: number) => of.engine.explain(of.state, at).dimensions[0]!;

describe('an explanation', () => {
  it('counts votes, and names how many observations are wanted at least', () => {
    const thing = subject(HOT);
    for (let i = 0; i < 20; i++) thing.observe(T0 + i * MINUTE, { temp: 20 + (i % 3), count: 3 });
    let now = T0 + 20 * MINUTE;
    for (; thing.changes.length < 2; now += MINUTE) {
      const { segment, plain, next, segments, why } = of(thing, now);
      expect(segment).toBe('cool');
      const way = next.find(({ kind }) => kind === 'enter')!;
      if (plain === 'hot') {
        // The values are there already: only votes are missing, never fewer observations than really come.
        expect(way.needs).toEqual([]);
        expect(way.evidence!.votes).toBeLessThan(way.evidence!.price);
        expect(why).toMatch(/^hysteresis keeps it: the conditions point to hot, \d/);
        expect(segments[0]!.evidence).toMatchObject({ towards: 'in', votes: way.evidence!.votes });
        const stopped = thing.engine.decode('thing', 't1', thing.engine.encode(thing.state))!;
        for (let i = 1; i < way.evidence!.fewestObservations; i++) {
          const more = { entityType: 'thing', entityId: 't1', values: { temp: 34 }, links: [], ended: false };
          const source = { topic: 't', partition: 0, offset: 1000 + i };
          thing.effects.clear();
          thing.engine.observe(stopped, { ...more, observedAt: now + i * 1000, source }, thing.effects);
          expect(thing.effects.changes).toEqual([]);
        }
      }
      thing.observe(now, { temp: 34 });
    }
    expect(of(thing, now)).toMatchObject({ segment: 'hot', plain: 'hot' });
  });

  it('tells the way past evidence, and what fails first of a segment that it is not in', () => {
    const thing = subject(HOT);
    thing.observe(T0, { temp: 20, count: 1 });
    const { next, segments } = of(thing, T0);
    expect(next.map(({ kind, to }) => [kind, to])).toEqual([
      ['enter', 'hot'],
      ['bypass', 'hot'],
    ]);
    expect(next[0]!.needs.map(({ attribute, moveAt, distance }) => [attribute, moveAt, distance])).toEqual([
      ['temp', 30, 10],
      ['count', 2, 1],
    ]);
    expect(next[1]).toMatchObject({
      needs: [{ attribute: 'temp', moveAt: 60, distance: 40 }],
      evidence: null,
      checked: true,
    });
    expect(segments[0]!.failsFirst).toMatchObject({ clause: 'temp >= 30', value: 20, threshold: 30, distance: 10 });
    thing.observe(T0 + 1000, { temp: 1e9 });
    expect(thing.moves.at(-1)).toContain('cool → hot');
    // Inside, what would let it go: the exit of its band, not the entry.
    expect(of(thing, T0 + 1000).segments[0]).toMatchObject({
      standing: 'current',
      condition: 'stay',
      text: 'temp >= 25',
    });
  });

  it('names a wait that runs, and when it ends', () => {
    const thing = subject(
      '          many: { when: count > 5 }\n          few: {}',
      '{ enterAfter: 10m, cooldown: 1h }',
    );
    thing.observe(T0, { count: 1 });
    expect(of(thing, T0).next[0]!.waits.map(({ knob, text }) => [knob, text])).toEqual([
      ['enterAfter', 'after 10 min'],
    ]);
    thing.observe(T0 + MINUTE, { count: 9 });
    const { pending, byTime, why } = of(thing, T0 + MINUTE);
    expect(pending).toEqual({ to: 'many', until: T0 + 11 * MINUTE });
    expect(byTime).toMatchObject({ at: T0 + 11 * MINUTE, to: 'many' });
    expect(why).toBe('the conditions point to many; it waits until 08:11');
    thing.advance(T0 + 11 * MINUTE);
    expect(thing.moves.at(-1)).toBe(`few → many @ ${T0 + 11 * MINUTE}`);
    expect(of(thing, T0 + 12 * MINUTE).next[0]!.waits.map(({ knob, until }) => [knob, until])).toEqual([
      ['enterAfter', null],
      ['cooldown', T0 + 71 * MINUTE],
    ]);
  });

  it('says what an undecided one waits for, and until when', () => {
    const thing = subject('          urgent: { when: hoursLeft <= 2 && count > 1 }\n          calm: {}');
    thing.observe(T0, { count: 4 });
    expect(of(thing, T0)).toMatchObject({
      segment: null,
      undecided: { missing: ['hoursLeft'], until: T0 + 60 * MINUTE },
      next: [],
    });
  });

  it('tells a band that keeps it from evidence that is still missing', () => {
    const thing = subject(
      '          A: { when: temp >= 30, stay: temp >= 25 }\n          B: { when: temp >= 10, stay: temp >= 8 }\n          C: {}',
    );
    let now = T0;
    const feed = (temp: number, times: number) => {
      for (let i = 0; i < times; i++, now += MINUTE) thing.observe(now, { temp: temp + (i % 2) * 0.2 });
    };
    feed(15, 20);
    // Up into A there are votes to come; that it could stay where it is says nothing of that.
    feed(40, 2);
    expect(of(thing, now)).toMatchObject({ segment: 'B', plain: 'A' });
    expect(of(thing, now).why).toMatch(/^hysteresis keeps it: the conditions point to A, \d/);
    feed(40, 20);
    feed(26, 20);
    expect(of(thing, now)).toMatchObject({ segment: 'A', plain: 'B' });
    expect(of(thing, now).why).toBe('temp 26.1 ≥ 25 (to stay; to come in it would not be enough)');
  });

  it('looks for facts that are no numbers', () => {
    const thing = subject("          odd: { when: kind == 'odd' }\n          even: {}");
    thing.observe(T0, { count: 1, kind: 'even' });
    expect(of(thing, T0).next).toMatchObject([
      { to: 'odd', needs: [{ attribute: 'kind', value: 'even', moveAt: 'odd', distance: null }] },
    ]);
  });

  it('speaks of now, and never of a time before the newest that was evaluated', () => {
    const thing = subject(HOT);
    thing.observe(T0, { temp: 20, count: 1 });
    expect(thing.engine.explain(thing.state, T0 - MINUTE).asOf).toBe(T0);
    const { attributes, asOf } = thing.engine.explain(thing.state, T0 + MINUTE);
    expect(asOf).toBe(T0 + MINUTE);
    expect(attributes.map(({ name, value, ageMs }) => [name, value, ageMs])).toEqual([
      ['temp', 20, MINUTE],
      ['count', 1, MINUTE],
      ['kind', 'plain', null],
      ['hoursLeft', null, null],
    ]);
    expect(() => thing.engine.explain(thing.state, T0, { dimension: 'size' })).toThrow(
      'thing has no dimension size; it has state',
    );
  });
});
