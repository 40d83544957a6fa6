import { describe, expect, it } from '@jest/globals';
import { simulateEvents } from '../simulate/simulate.ts';
import { nextDaysAfter } from './simulated-days.ts';

const ids = (events: Iterable<{ value: unknown }>) =>
  [...events].map(({ value }) => (value as { eventId: string }).eventId);
const simulation = () => simulateEvents({ seed: 5, scale: 0.2, days: 3 }).events;

describe('the next simulated days', () => {
  it('go on after what was sent without a gap or a repeat, also from the middle of a day', () => {
    const all = ids(simulation());
    const first = nextDaysAfter(simulation(), 0, 1);
    const day1 = ids(first.events);
    const half = Math.floor(day1.length / 2);
    const rest = nextDaysAfter(simulation(), half, 1);
    expect([...day1.slice(0, half), ...ids(rest.events)]).toEqual(day1);
    const day2 = nextDaysAfter(simulation(), day1.length, 1);
    expect([first.firstDay, rest.firstDay, day2.firstDay]).toEqual([1, 1, 2]);
    expect([...day1, ...ids(day2.events)]).toEqual(
      all.slice(0, day1.length + ids(nextDaysAfter(simulation(), day1.length, 1).events).length),
    );
  });
});
