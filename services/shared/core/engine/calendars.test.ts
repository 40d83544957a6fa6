import { describe, expect, it } from '@jest/globals';
import { Subject } from '../testing/subject.ts';

const CALENDARS = `calendars:
  warehouse:
    timezone: Europe/Berlin
    open: { mon: '08:00-18:00', tue: '08:00-18:00', wed: '08:00-18:00', thu: '08:00-18:00', fri: '08:00-18:00' }
    holidays: [2026-04-03, 2026-04-06]
`;
const at = (text: string) => Date.parse(text);

describe('a dimension over hours of a calendar', () => {
  const entity = `    inputs: { shipBy: time }
    attributes: { openHoursLeft: { until: shipBy, calendar: warehouse } }
    dimensions:
      urgency:
        segments:
          overdue: { when: openHoursLeft < 0 }
          today: { when: openHoursLeft <= 4 }
          later: {}`;

  it('moves at the very instant, over a night, a weekend, holidays and the change of the clock', () => {
    const subject = new Subject(entity, CALENDARS);
    // Due on Tuesday after Easter at 10: four open hours before that is Thursday at 16, for Friday and Monday are holidays.
    subject.observe(at('2026-03-27T12:00+01:00'), { shipBy: at('2026-04-07T10:00+02:00') });
    subject.restart();
    subject.advance(at('2026-04-20T00:00Z'));
    expect(
      subject.changes.map(({ to, occurredAt, origin }) => [to, new Date(occurredAt).toISOString(), origin]),
    ).toEqual([
      ['later', '2026-03-27T11:00:00.000Z', 'initial'],
      ['today', '2026-04-02T14:00:00.000Z', 'timer'],
      ['overdue', '2026-04-07T08:00:00.001Z', 'timer'],
    ]);
  });

  it('keeps nothing of a calendar that changes but the segment', () => {
    const layout = (calendars: string) => new Subject(entity, calendars).engine.layoutOf('thing').fingerprint;
    expect(layout(CALENDARS)).toBe(layout(CALENDARS));
    expect(layout(CALENDARS.replace('2026-04-03, ', ''))).not.toBe(layout(CALENDARS));
  });
});

describe('business hours between two instants', () => {
  it('are counted by the calendar that is named', () => {
    const subject = new Subject(
      `    inputs: { placedAt: time, promisedAt: time }
    attributes:
      placed: { latest: placedAt }
      promised: { latest: promisedAt }
      room: { derive: "businessHours(placed, promised, 'warehouse')" }
    dimensions:
      pace:
        segments:
          rush: { when: 'businessHours(placed, promised) < hours("90m") * 2' }
          calm: {}`,
      CALENDARS,
    );
    const from = at('2026-01-09T16:00+01:00');
    subject.observe(from, { placedAt: from, promisedAt: at('2026-01-12T09:00+01:00') });
    expect(subject.engine.attributeValue(subject.state, 'room', from)).toBe(3);
    subject.observe(from + 1, { promisedAt: at('2026-01-12T08:59+01:00') });
    expect(subject.changes.map(({ to }) => to)).toEqual(['calm', 'rush']);
    expect(subject.changes[1]!.because.text).toContain('businessHours(placed, promised)');
  });
});
