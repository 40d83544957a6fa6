import type { StockChanged } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { type OnHand, takeStockChange, unitsOf } from './on-hand.ts';

function after(...changes: Partial<StockChanged>[]): OnHand {
  const onHand: OnHand = {};
  for (const of of changes) takeStockChange(onHand, of as StockChanged);
  return onHand;
}

describe('stock at a location', () => {
  it.each<[string, Partial<StockChanged>[], number]>([
    ['adds changes up', [{ delta: 5 }, { delta: -2 }], 3],
    ['takes a count over a change', [{ delta: 5 }, { delta: -1, onHand: 9 }], 9],
    [
      'adds lots up',
      [
        { lotId: 'a', delta: 5 },
        { lotId: 'b', onHand: 2 },
      ],
      7,
    ],
    [
      'takes a count of the lot for the lot',
      [
        { lotId: 'a', delta: 5 },
        { lotId: 'b', delta: 2 },
        { lotId: 'a', onHand: 1 },
      ],
      3,
    ],
    ['takes a count of all for all', [{ lotId: 'a', delta: 5 }, { onHand: 4 }], 4],
    ['keeps a shortfall against the lots', [{ delta: -2 }, { lotId: 'a', delta: 5 }], 3],
    ['takes of what was counted without lots what leaves of a lot', [{ onHand: 9 }, { lotId: 'a', delta: -2 }], 7],
    ['takes no more of it than there is', [{ onHand: 1 }, { lotId: 'b', onHand: 4 }, { lotId: 'a', delta: -2 }], 4],
    ['is never less than nothing', [{ delta: -2 }], 0],
  ])('%s', (_what, changes, units) => {
    expect(unitsOf(after(...changes))).toBe(units);
  });

  it('forgets lots that are used up', () => {
    expect(after({ lotId: 'a', delta: 5 }, { lotId: 'a', delta: -5 })).toEqual({});
  });
});
