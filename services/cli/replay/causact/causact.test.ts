import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { csvFile, dataFolder, ofName, realDataTitle, take } from '../testing.ts';
import { causact } from './causact.ts';

const parts = ['partID,productLine,prodCategory', 'p1,line7a,Liquids'];
const header = 'shipID,plannedShipDate,actualShipDate,partID,quantity';

async function importLines(...lines: string[]) {
  const input = causact.open([csvFile([header, ...lines]), csvFile(parts)], {});
  const events = await take(input.events);
  return { events, report: input.report() };
}

describe('causact', () => {
  it('makes an order and a departure of a shipment whose lines lie apart, at the end of their days', async () => {
    const { events, report } = await importLines(
      '1,11/6/2013,11/8/2013,p1,6',
      '2,11/6/2013,11/5/2013,p1,1',
      '1,11/6/2013,11/8/2013,p9,2',
    );
    const [first] = ofName(events, 'detent.orders.OrderPlaced').filter((event) => event.key === 'order-1');
    expect(first?.value.lines.map((line) => [line.skuId, line.quantity])).toEqual([
      ['p1', 6],
      ['p9', 2],
    ]);
    const [late] = ofName(events, 'detent.shipments.ShipmentMilestone').filter((event) => event.key === 'shipment-1');
    expect(late?.value).toMatchObject({
      plannedAt: Date.parse('2013-11-06T23:59:59.999Z'),
      actualAt: Date.parse('2013-11-08T23:59:59.999Z'),
    });
    expect(report.noted['part that the parts file does not have: category unknown']).toBe(1);
    expect(ofName(events, 'detent.inventory.SkuDescribed').map(({ value }) => value.category)).toEqual([
      'Liquids',
      'unknown',
    ]);
  });

  it('does not use a plan that lies a year from the shipping', async () => {
    const { events, report } = await importLines('29524,11/20/2014,11/20/2013,p1,6');
    const [milestone] = ofName(events, 'detent.shipments.ShipmentMilestone');
    expect(milestone?.value.plannedAt).toBeUndefined();
    const [order] = ofName(events, 'detent.orders.OrderPlaced');
    expect(order?.value.promisedAt).toBe(milestone?.value.actualAt);
    expect(Object.keys(report.noted)).toEqual(['planned over 180 days from its shipping: the plan is not used']);
  });

  it('sets rows aside that cannot be read', async () => {
    const { events, report } = await importLines('1,13/45/2013,11/8/2013,p1,6', '2,11/6/2013,11/8/2013,p1,0');
    expect(events).toEqual([]);
    expect(report.setAside).toEqual({ 'an id, a date or a quantity cannot be read': 2 });
  });
});

(dataFolder === undefined ? describe.skip : describe)(realDataTitle('causact, the whole files'), () => {
  it('has the counts of the data set, in order of time', async () => {
    const files = ['warehouse_shipments_causact.csv.gz', 'warehouse_parts_causact.csv.gz'].map((name) =>
      join(dataFolder ?? '', name),
    );
    const input = causact.open(files, {});
    const events = await take(input.events);
    expect(events.every((event, index) => index === 0 || event.eventTime >= (events[index - 1]?.eventTime ?? 0))).toBe(
      true,
    );
    expect(input.report().read).toBe(117_790 + 12_026);
    expect(ofName(events, 'detent.shipments.ShipmentMilestone')).toHaveLength(23_339);
    expect(ofName(events, 'detent.orders.OrderLineStatusChanged')).toHaveLength(117_790);
    expect(input.report().noted['planned over 180 days from its shipping: the plan is not used']).toBe(1);
  }, 60_000);
});
