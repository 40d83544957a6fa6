import { describe, expect, it } from '@jest/globals';
import {
  type Cause,
  type Change,
  causeAfter,
  mayCommand,
  membershipsOf,
  type Standings,
  takeChange,
} from './changes.ts';

const change = (of: Partial<Change>): Change => ({
  ...{ changeId: 'c', entityType: 'order', entityId: 'o', dimension: 'urgency', to: 'late', sequence: 1 },
  ...{ epoch: 'orders.v1-2-10', origin: 'live', because: { text: 'why', clause: '', values: [] } },
  ...of,
});

describe('a change', () => {
  it('is taken once; what was taken before, or comes from an earlier life, is not', () => {
    const standings: Standings = {};
    const take = (of: Partial<Change>) => takeChange(standings, change(of));
    expect(take({ sequence: 2 })).toBe('moved');
    expect(take({ sequence: 2 })).toBe('seen');
    expect(take({ sequence: 1 })).toBe('seen');
    expect(take({ sequence: 9, epoch: 'orders.v1-2-9' })).toBe('seen');
    expect(take({ sequence: 1, epoch: 'orders.v1-2-11', to: 'normal' })).toBe('moved');
    expect(membershipsOf('order', standings)).toEqual({ 'order.urgency': 'normal' });
  });

  it('to no segment ends the entity', () => {
    expect(takeChange({}, change({ to: null }))).toBe('ended');
  });

  it('may command unless it only tells where the entity stands', () => {
    const origins = ['live', 'timer', 'edit', 'reference', 'manual', 'initial', 'replay', 'unknown'];
    expect(origins.filter(mayCommand)).toEqual(['live', 'timer', 'edit', 'reference', 'manual']);
  });

  it('is what an action names, unless it is a first place by default beside one that was decided', () => {
    const standings: Standings = {};
    let cause: Cause | null = null;
    const named = (of: Partial<Change>) => {
      takeChange(standings, change(of));
      cause = causeAfter(cause, change(of), standings);
      return `${cause?.dimension} ${cause?.segment}`;
    };
    const because = { text: 'why', clause: 'hoursLeft <= 6', values: [] };
    expect(named({ dimension: 'climate', to: 'ambient' })).toBe('climate ambient');
    expect(named({ dimension: 'urgency', to: 'same-day', because })).toBe('urgency same-day');
    expect(named({ dimension: 'care', to: 'regular' })).toBe('urgency same-day');
    expect(named({ dimension: 'care', to: 'fragile', sequence: 2, because })).toBe('care fragile');
    expect(named({ dimension: 'care', to: 'regular', sequence: 3, because })).toBe('care regular');
    expect(named({ dimension: 'handling', to: 'standard', origin: 'manual' })).toBe('handling standard');
    expect(named({ dimension: 'transport', to: 'bulky', origin: 'initial', because })).toBe('handling standard');
  });
});
