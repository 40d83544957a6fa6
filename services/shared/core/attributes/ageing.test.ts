import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';
import { ageingRate, lostHours, meanKineticTempC } from './ageing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = Date.UTC(2026, 0, 5);
const milk = { referenceC: 4, q10: 4 };

describe('ageing', () => {
  it('goes q10 times as fast for each 10 °C', () => {
    expect([ageingRate(4, milk), ageingRate(14, milk), ageingRate(9, milk), ageingRate(-6, milk)]).toEqual([
      1, 4, 2, 0.25,
    ]);
  });

  it('is exact on a straight line of temperature, and the same in pieces', () => {
    let fine = 0;
    for (let i = 0; i < 10_000; i += 1) fine += (ageingRate(4 + (i + 0.5) / 1000, milk) - 1) * (2 / 10_000);
    expect(lostHours(4, 14, 2, milk)).toBeCloseTo(fine, 6);
    expect(lostHours(4, 9, 1, milk) + lostHours(9, 14, 1, milk)).toBeCloseTo(lostHours(4, 14, 2, milk), 10);
    expect(lostHours(14, 14, 2, milk)).toBe(6);
  });

  it('has a mean kinetic temperature above the plain mean, and equal to it where nothing varies', () => {
    expect(meanKineticTempC([{ tempC: 22, hours: 5 }])).toBeCloseTo(22, 9);
    const days = [
      { tempC: 20, hours: 12 },
      { tempC: 30, hours: 12 },
    ];
    // By hand: 10000/303.15 − ln((1 + e^(10000/303.15 − 10000/293.15)) / 2) = 33.3990, and 10000/33.3990 K are 26.26 °C.
    expect(meanKineticTempC(days)).toBeCloseTo(26.26, 2);
    expect(meanKineticTempC([])).toBeNaN();
  });
});

describe('an exposure', () => {
  const of = (attribute: string) => {
    const subject = new Subject(`    inputs: { tempC: number }
    attributes: { lost: ${attribute} }`);
    return { subject, lost: () => subject.engine.attributeValue(subject.state, 'lost', T0) as number | null };
  };
  const fold = '{ exposure: tempC, at: 4, q10: 4, maxGap: 1h }';

  it('is missing before a reading, and sums what each stretch cost however often was read', () => {
    const coarse = of(fold);
    const fine = of(fold);
    expect(coarse.lost()).toBeNull();
    for (let hour = 0; hour <= 3; hour += 1) coarse.subject.observe(T0 + hour * HOUR, { tempC: 14 });
    for (let minute = 0; minute <= 180; minute += 5) fine.subject.observe(T0 + minute * MINUTE, { tempC: 14 });
    expect(coarse.lost()).toBeCloseTo(9, 9);
    expect(fine.lost()).toBeCloseTo(9, 9);
  });

  it('knows of a gap no more than maxGap: the rest passes as at the reference', () => {
    const { subject, lost } = of(fold);
    subject.observe(T0, { tempC: 14 });
    subject.observe(T0 + 10 * HOUR, { tempC: 14 });
    expect(lost()).toBeCloseTo(3, 9);
  });

  it('takes neither a reading twice nor one that comes late, and survives a restart', () => {
    const { subject, lost } = of(fold);
    subject.observe(T0, { tempC: 14 });
    subject.observe(T0 + HOUR, { tempC: 14 });
    subject.restart();
    subject.observe(T0 + HOUR, { tempC: 30 });
    subject.observe(T0 + HOUR / 2, { tempC: 30 });
    expect(lost()).toBeCloseTo(3, 9);
    subject.observe(T0 + 2 * HOUR, { tempC: 14 });
    expect(lost()).toBeCloseTo(6, 9);
  });

  it('loses little to a spike', () => {
    const { subject, lost } = of(fold);
    for (let i = 0; i < 12; i += 1) subject.observe(T0 + i * 10 * MINUTE, { tempC: i === 6 ? 12 : 4 });
    expect(lost()!).toBeLessThan(0.5);
  });

  it('is made up for by cold, but puts off no date', () => {
    const { subject, lost } = of(fold);
    for (let hour = 0; hour <= 50; hour += 1) subject.observe(T0 + hour * HOUR, { tempC: -6 });
    expect(lost()).toBe(0);
    for (let hour = 51; hour <= 52; hour += 1) subject.observe(T0 + hour * HOUR, { tempC: 14 });
    const warm = lost()!;
    subject.observe(T0 + 53 * HOUR, { tempC: 14 });
    expect(lost()! - warm).toBeCloseTo(3, 9);
    subject.observe(T0 + 54 * HOUR, { tempC: -6 });
    subject.observe(T0 + 55 * HOUR, { tempC: -6 });
    subject.observe(T0 + 56 * HOUR, { tempC: -6 });
    expect(lost()! - warm).toBeLessThan(3);
  });

  it('that is too much bypasses every damping; a spike does not', () => {
    const subject = new Subject(`    inputs: { tempC: number }
    attributes: { lost: { exposure: tempC, at: 4, q10: 4 } }
    dimensions:
      d:
        hysteresis: { enterAfter: 6h, cooldown: 24h, flapBudget: 1 per 1d, quarantine: 1d }
        segments:
          discard: { when: lost > 24, bypass: lost > 24 }
          warm: { when: lost > 1 }
          fine: {}`);
    const read = (minute: number, tempC: number) => subject.observe(T0 + minute * MINUTE, { tempC });
    for (let minute = 0; minute < 240; minute += 10) read(minute, minute === 120 ? 15 : 4);
    expect(subject.changes.map(({ to }) => to)).toEqual(['fine']);
    for (let minute = 240; minute <= 240 + 9 * 60; minute += 10) read(minute, 14);
    const discarded = subject.changes.at(-1)!;
    expect(discarded.to).toBe('discard');
    // Three hours of life for each hour: 24 h are gone after 8 h, less what the way up from 4 °C took.
    expect((discarded.occurredAt - T0) / HOUR).toBeGreaterThan(11.5);
    expect((discarded.occurredAt - T0) / HOUR).toBeLessThan(12.2);
  });

  it.each([
    ['{ exposure: tempC, q10: 4 }', 'at of attribute lost, the °C at which its life was stated'],
    ['{ exposure: tempC, at: 4 }', 'q10 of attribute lost'],
    ['{ exposure: tempC, at: 4, q10: 0.5 }', 'q10 of attribute lost'],
    ['{ exposure: temp, at: 4, q10: 3 }', 'did you mean tempC'],
  ])('is refused as %s', (attribute, problem) => {
    expect(() => of(attribute)).toThrow(problem);
  });
});
