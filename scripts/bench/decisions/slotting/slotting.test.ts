import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPicks } from './orders.ts';
import { meanByClass, ours, stay } from './policies.ts';
import { LEARN_DAYS, type Policy, run, warehouseOf } from './warehouse.ts';

const DATA = join(import.meta.dirname, '../../../../../shared/data/orders_online_retail.csv.gz');

function read(lines: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'slotting-'));
  try {
    writeFileSync(join(folder, 'orders.csv'), lines.join('\n'));
    return readPicks(join(folder, 'orders.csv'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('picks of a file of orders', () => {
  it('are one for each invoice and article, without returns, corrections and other codes', () => {
    const line = (invoice: string, code: string, quantity: string, day: string) =>
      `${invoice},${code},"A, B",${quantity},2010-12-${day} 08:26:00`;
    const { skus, daily, days } = read([
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate',
      line('1', '10000a', '2.0', '01'),
      line('1', '10000A', '1.0', '01'),
      line('2', '10000A', '1.0', '03'),
      ...[line('C3', '10001', '1.0', '01'), line('4', '10001', '-1.0', '01'), line('5', 'POST', '1.0', '01')],
    ]);
    expect({ skus, days, daily: daily.map((picks) => [...picks]) }).toEqual({
      ...{ skus: ['10000A'], days: 3, daily: [[1, 0, 1]] },
    });
  });

  it('need their columns', () => {
    expect(() => read(['InvoiceNo,StockCode,InvoiceDate', '1,10000,2010-12-01'])).toThrow('no column Quantity');
  });
});

const isThere = existsSync(DATA);
(isThere ? describe : describe.skip)(`March of Online Retail${isThere ? '' : ': ../shared/data is not there'}`, () => {
  // A skipped block is read all the same.
  const warehouse = isThere
    ? warehouseOf(readPicks(DATA), 121)
    : warehouseOf({ skus: [], daily: [], days: 0, orders: [] }, 121);
  it('agrees with the published figures of what does not move', () => {
    expect(meanByClass(warehouse, LEARN_DAYS)).toBeCloseTo(104.9, 1);
    expect(Math.abs(run(warehouse, stay).metresPerPick - 94.6)).toBeLessThan(0.5);
  });

  it.each([
    [100, 86],
    [220, 84.5],
  ])('is picked in less than the goal with at most %i moves a week, none of them more', (budget, goal) => {
    let last: Int32Array | undefined;
    const policy: Policy = ours(warehouse, budget);
    const { metresPerPick } = run(warehouse, (day, places) => {
      last = places.slice();
      policy(day, places);
      expect(places.filter((place, article) => place !== last![article]).length).toBeLessThanOrEqual(budget);
    });
    expect(metresPerPick).toBeLessThanOrEqual(goal);
  });
});
