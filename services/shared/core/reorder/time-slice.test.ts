import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../engine/types.ts';
import { sliceMs, TimeSlice } from './time-slice.ts';

const at = (observedAt: number, offset: number, entityId = 't', topic = 'a.v1'): Observation => ({
  entityType: 'thing',
  entityId,
  values: {},
  links: [],
  ended: false,
  observedAt,
  source: { topic, partition: 0, offset },
});
const log = [at(5, 3), at(3, 9), at(5, 2), at(5, 1, 't', 'b.v1'), at(3, 9, 's')];
const sorted = (observations: readonly Observation[]) => {
  const slice = new TimeSlice();
  for (const observation of observations) slice.add(observation);
  return TimeSlice.decode(slice.encode()).sorted();
};

describe('a slice of waiting observations', () => {
  it('gives them by event time, ties by place, in whatever order they came', () => {
    const expected = [log[4], log[1], log[2], log[0], log[3]];
    expect(sorted(log)).toEqual(expected);
    expect(sorted(log.toReversed())).toEqual(expected);
  });

  it('is an eighth of the grace, and never nothing', () => {
    expect([sliceMs(2000), sliceMs(1), sliceMs(0)]).toEqual([250, 1, 1]);
  });
});
