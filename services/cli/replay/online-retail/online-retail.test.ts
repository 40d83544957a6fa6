import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { csvFile, dataFolder, ofName, realDataTitle, take } from '../testing.ts';
import { imputeSku } from './impute-sku.ts';
import { onlineRetail } from './online-retail.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

async function importLines(...lines: string[]) {
  const input = onlineRetail.open([csvFile([HEADER, ...lines])], {});
  const events = await take(input.events);
  return { events, report: input.report() };
}

describe('online-retail', () => {
  it('makes an order of an invoice, with a pick of each line, and describes article and customer first', async () => {
    const { events } = await importLines(
      '1,10A,GLASS VASE,6.0,2011-07-01 08:26:00,2.5,17850.0,United Kingdom',
      '1,11,TOWEL,2.0,2011-07-01 08:26:00,4.0,17850.0,United Kingdom',
    );
    expect(events.map((event) => event.name.split('.').at(-1))).toEqual([
      'SkuDescribed',
      'SkuDescribed',
      'CustomerProfiled',
      'OrderPlaced',
      'StockChanged',
      'StockChanged',
    ]);
    const [order] = ofName(events, 'detent.orders.OrderPlaced');
    // London's clock is an hour ahead of UTC in July.
    expect(order?.eventTime).toBe(Date.parse('2011-07-01T07:26:00Z'));
    expect(order?.value).toMatchObject({ orderId: '1', customerId: 'c-17850', destination: { country: 'GB' } });
    expect(order?.value.lines).toEqual([
      { lineId: '1', skuId: '10A', quantity: 6, uom: 'each' },
      { lineId: '2', skuId: '11', quantity: 2, uom: 'each' },
    ]);
    expect(
      ofName(events, 'detent.inventory.StockChanged').map(({ value }) => [value.skuId, value.delta, value.onHand]),
    ).toEqual([
      ['10A', -6, undefined],
      ['11', -2, undefined],
    ]);
  });

  it('gives an invoice without CustomerID a pseudonym', async () => {
    const { events, report } = await importLines('7,10,VASE,1.0,2011-07-01 08:26:00,2.5,,France');
    expect(ofName(events, 'detent.orders.OrderPlaced')[0]?.value).toMatchObject({
      customerId: 'guest-7',
      destination: { country: 'FR' },
    });
    expect(report.noted['line without CustomerID']).toBe(1);
    expect(report.imputed['Order.customerId: guest-<invoice>']).toBe(1);
  });

  it('finds the order of a return by customer, article and earlier date, the latest first', async () => {
    const { events, report } = await importLines(
      '1,10a,VASE,4.0,2011-01-01 09:00:00,2.5,5.0,United Kingdom',
      '2,10A,VASE,3.0,2011-01-02 09:00:00,2.5,5.0,United Kingdom',
      '3,10A,VASE,9.0,2011-01-02 10:00:00,2.5,6.0,United Kingdom',
      'C4,10A,VASE,-5.0,2011-01-03 09:00:00,2.5,5.0,United Kingdom',
      'C5,10A,VASE,-9.0,2011-01-04 09:00:00,2.5,5.0,United Kingdom',
      'C6,11,TOWEL,-1.0,2011-01-04 09:00:00,2.5,5.0,United Kingdom',
      'C7,10A,VASE,-1.0,2011-01-04 09:00:00,2.5,,United Kingdom',
      '8,11,TOWEL,1.0,2011-01-05 09:00:00,2.5,5.0,United Kingdom',
    );
    expect(
      ofName(events, 'detent.outcomes.ItemReturned').map(({ value }) => [value.orderId, value.lineId, value.quantity]),
    ).toEqual([
      ['2', '1', 3],
      ['1', '1', 2],
      ['1', '1', 2],
    ]);
    expect(report.setAside).toEqual({
      'return of what this customer did not buy before in the file': 1,
      'return without CustomerID: its order cannot be found': 1,
    });
    expect(report.noted).toMatchObject({
      'return of more than was bought: the rest is left out': 1,
      'return matched to its order': 2,
      'article code in lower case': 1,
    });
  });

  it("takes rows that are nobody's and free of charge for stock adjustments, by their words", async () => {
    const { events } = await importLines(
      '1,10,wet damaged,-57.0,2011-01-01 09:00:00,0.0,,United Kingdom',
      '2,10,lost in space,-2.0,2011-01-01 09:00:00,0.0,,United Kingdom',
      '3,10,,-3.0,2011-01-01 09:00:00,0.0,,United Kingdom',
      '4,10,found,8.0,2011-01-01 09:00:00,0.0,,United Kingdom',
    );
    const changes = ofName(events, 'detent.inventory.StockChanged').map(({ value }) => [
      value.delta,
      value.reason,
      value.status,
    ]);
    expect(changes).toEqual([
      [-57, 'damage', 'damaged'],
      [-2, 'loss', 'available'],
      [-3, 'adjustment', 'available'],
      [8, 'adjustment', 'available'],
    ]);
    expect(events).toHaveLength(changes.length);
  });

  it('changes the order when its invoice goes on in a later minute', async () => {
    const { events } = await importLines(
      '1,10,VASE,4.0,2011-01-01 09:00:00,2.5,5.0,United Kingdom',
      '2,10,VASE,1.0,2011-01-01 09:00:00,2.5,6.0,United Kingdom',
      '1,11,TOWEL,3.0,2011-01-01 09:01:00,2.5,5.0,United Kingdom',
    );
    const [change] = ofName(events, 'detent.orders.OrderChanged');
    expect(change?.value).toMatchObject({ orderId: '1', version: 2, placedAt: Date.parse('2011-01-01T09:00:00Z') });
    expect(change?.value.lines.map((line) => line.skuId)).toEqual(['10', '11']);
    expect(ofName(events, 'detent.orders.OrderPlaced').map((event) => event.value.lines.length)).toEqual([1, 1]);
  });

  it('sets postage, bad debt and unreadable rows aside, with where they are', async () => {
    const { events, report } = await importLines(
      '1,POST,POSTAGE,1.0,2011-01-01 09:00:00,18.0,5.0,France',
      'A2,B,Adjust bad debt,1.0,2011-01-01 09:00:00,-11062.06,,United Kingdom',
      '3,10,VASE,many,2011-01-01 09:00:00,2.5,5.0,United Kingdom',
      '4,10,VASE,1.0,2011-31-12 09:00:00,2.5,5.0,United Kingdom',
    );
    expect(events).toEqual([]);
    expect(report.setAside).toEqual({
      'a number or the date cannot be read': 2,
      'bad debt and the like: no order': 1,
      'not goods: postage, discount, fee, sample, voucher': 1,
    });
    expect(report.examples['a number or the date cannot be read']).toEqual(['line 4', 'line 5']);
  });

  it('raises the tier of a customer with what was bought', async () => {
    const { events } = await importLines(
      '1,10,VASE,100.0,2011-01-01 09:00:00,5,5.0,United Kingdom',
      '2,10,VASE,100.0,2011-01-02 09:00:00,6,5.0,United Kingdom',
      '3,10,VASE,1.0,2011-01-03 09:00:00,6,5.0,United Kingdom',
    );
    expect(
      ofName(events, 'detent.customers.CustomerProfiled').map(({ value }) => [value.tier, value.lifetimeValue]),
    ).toEqual([
      ['standard', 500],
      ['silver', 1100],
    ]);
  });

  it.each([
    ['WHITE HANGING HEART T-LIGHT HOLDER', 'candle-holder', true],
    ['GLASS STAR FROSTED T-LIGHT HOLDER', 'glass', true],
    ['HOT WATER BOTTLE TEA AND SYMPATHY', 'textile', false],
    ['SET OF 6 TEA PLATES', 'ceramic', true],
    ['JUMBO BAG RED RETROSPOT', 'textile', false],
  ])('imputes %s as %s', (name, category, isFragile) => {
    const sku = imputeSku(name);
    expect(sku.category).toBe(category);
    expect(sku.fragility >= 0.6).toBe(isFragile);
  });

  it('lets a pack of pieces weigh more than one', () => {
    expect(imputeSku('SET OF 6 GLASS TUMBLERS').weightG).toBeGreaterThan(3 * imputeSku('GLASS TUMBLER').weightG);
  });
});

(dataFolder === undefined ? describe.skip : describe)(realDataTitle('online-retail, the whole file'), () => {
  it('reads all lines in order, with the counts of the data set', async () => {
    const input = onlineRetail.open([join(dataFolder ?? '', 'orders_online_retail.csv.gz')], {});
    const last = new Map<string, number>();
    let back = 0;
    let unitsOrdered = 0;
    for await (const event of input.events) {
      if (event.eventTime < (last.get(event.topic) ?? 0)) back++;
      last.set(event.topic, event.eventTime);
      if (event.name === 'detent.orders.OrderPlaced')
        unitsOrdered += ofName([event], 'detent.orders.OrderPlaced')[0]?.value.lines.length ?? 0;
    }
    const report = input.report();
    expect(back).toBe(0);
    expect(unitsOrdered).toBeGreaterThan(525_000);
    expect(report.read).toBe(541_909);
    expect(report.noted).toMatchObject({
      'line without CustomerID': 135_080,
      'line of a C invoice': 9288,
      'stock damage, units out': 186,
    });
    const negative = ['stock adjustment, units out', 'stock damage, units out', 'stock loss, units out'];
    expect(negative.reduce((sum, name) => sum + (report.noted[name] ?? 0), 0)).toBe(1336);
  }, 300_000);
});
