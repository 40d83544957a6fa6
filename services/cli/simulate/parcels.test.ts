import { describe, expect, it } from '@jest/globals';
import type { Customer } from './customers.ts';
import { parcelsOf } from './parcels.ts';
import { simulatedWorld } from './simulate.ts';
import type { StockPlace } from './stock-book.ts';

const { services, stock } = simulatedWorld({ seed: 1, start: Date.UTC(2026, 2, 2), scale: 0.2 });

/** An order of `units` of an article of this weight, climate and length. */
function order(...of: [units: number, weightG: number, climate?: 'ambient' | 'chilled', lengthMm?: number][]) {
  const [place] = stock.places;
  return {
    customer: { site: place!.site } as Customer,
    lines: of.map(([quantity, weightG, climate = 'ambient', lengthMm = 300], n) => {
      const sku = { ...place!.sku, weightG, climate, lengthMm, widthMm: 200, heightMm: 200 };
      return { lineId: `${n + 1}`, quantity, place: { ...place, sku } as StockPlace };
    }),
  };
}
const shown = (...of: Parameters<typeof order>) =>
  parcelsOf(order(...of), services).map(({ isBulky, climate, lines }) => [
    isBulky ? 'bulky' : climate,
    lines.map(({ lineId, quantity }) => `${quantity} of ${lineId}`),
  ]);

describe('parcels of an order', () => {
  it('travel apart by climate, and go with what is too large for a parcel', () => {
    const small = [2, 500] as [number, number];
    expect(shown(small, [1, 800, 'chilled'])).toEqual([
      ['ambient', ['2 of 1']],
      ['chilled', ['1 of 2']],
    ]);
    expect(shown(small, [1, 800, 'chilled'], [1, 40_000, 'ambient', 1400])).toEqual([
      ['bulky', ['2 of 1', '1 of 3']],
      ['chilled', ['1 of 2']],
    ]);
  });

  it('are as many as it takes for no service to carry more than it can, and hold every unit once', () => {
    expect(shown([7, 168_000, 'ambient', 1386], [1, 300_000])).toEqual([
      ['bulky', ['5 of 1']],
      ['bulky', ['2 of 1', '1 of 2']],
    ]);
    expect(shown([30, 9000, 'chilled'])).toEqual([
      ['chilled', ['26 of 1']],
      ['chilled', ['4 of 1']],
    ]);
    for (const { weightG } of parcelsOf(order([30, 9000, 'chilled']), services))
      expect(weightG).toBeLessThanOrEqual(250_000);
  });
});
