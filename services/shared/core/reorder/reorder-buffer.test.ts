import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../engine/types.ts';
import { ReorderBuffer } from './reorder-buffer.ts';

let offset = 0;
const at = (observedAt: number): Observation => ({
  entityType: 'thing',
  entityId: 't',
  values: {},
  links: [],
  ended: false,
  observedAt,
  source: { topic: 'test.v1', partition: 0, offset: offset++ },
});
const order = (observations: readonly Observation[]) =>
  observations.map(({ observedAt, source }) => `${observedAt}#${source.offset}`);

describe('a reorder buffer', () => {
  it('releases by event time, ties as they came, and only what is old enough', () => {
    offset = 0;
    const buffer = new ReorderBuffer();
    for (const t of [5, 3, 5, 9, 1, 3]) buffer.add(at(t));
    expect(buffer.oldestAt).toBe(1);
    expect(order(buffer.release(5))).toEqual(['1#4', '3#1', '3#5', '5#0', '5#2']);
    expect(buffer.oldestAt).toBe(9);
    expect(order(buffer.release(Infinity))).toEqual(['9#3']);
    expect(buffer.oldestAt).toBeUndefined();
  });

  it('is the same after text and back', () => {
    const buffer = new ReorderBuffer();
    for (const t of [5, 3, 5]) buffer.add(at(t));
    expect(ReorderBuffer.decode(buffer.encode()).release(9)).toEqual(buffer.release(9));
  });
});
