import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { csvFile, dataFolder, ofName, realDataTitle, take } from '../testing.ts';
import { toAmount } from './row.ts';
import { scms } from './scms.ts';

const HEADER =
  'ID,Project Code,PO / SO #,ASN/DN #,Country,Shipment Mode,PQ First Sent to Client Date,PO Sent to Vendor Date,Scheduled Delivery Date,Delivered to Client Date,Product Group,Item Description,Line Item Quantity,Line Item Value,Weight (Kilograms),Freight Cost (USD)';

/** A row with what matters to a test; the rest is ordinary. */
function row(
  id: string,
  given: Partial<
    Record<'po' | 'asn' | 'mode' | 'placed' | 'due' | 'done' | 'value' | 'kg' | 'freight' | 'item', string>
  >,
): string {
  const { po = 'PO-1', asn = 'ASN-1', mode = 'Air', placed = '6/13/08', due = '23-Jul-08', done = '22-Jul-08' } = given;
  const { value = '100', kg = '10', freight = '50', item = 'Tablets' } = given;
  return [
    id,
    '107-RW-T01',
    po,
    asn,
    'Rwanda',
    mode,
    'Pre-PQ Process',
    placed,
    due,
    done,
    'ARV',
    item,
    '5',
    value,
    kg,
    freight,
  ].join(',');
}

async function importRows(...rows: string[]) {
  const input = scms.open([csvFile([HEADER, ...rows])], {});
  const events = await take(input.events);
  return { events, report: input.report() };
}

describe('scms', () => {
  it('makes order, booking, milestone and delivery, in that order of time', async () => {
    const { events } = await importRows(row('1', {}));
    expect(events.map((event) => event.name.split('.').at(-1))).toEqual([
      'SkuDescribed',
      'OrderPlaced',
      'ShipmentBooked',
      'ShipmentMilestone',
      'DeliveryCompleted',
    ]);
    expect(ofName(events, 'detent.outcomes.DeliveryCompleted')[0]?.value).toMatchObject({
      carrierId: 'scms-air',
      laneId: 'scms-rw',
      promisedAt: Date.parse('2008-07-23T23:59:59.999Z'),
      deliveredAt: Date.parse('2008-07-22T23:59:59.999Z'),
      cost: 50,
      currency: 'USD',
      complete: true,
    });
  });

  it('shares a cost that is told in another row by the value of the goods', async () => {
    const { events, report } = await importRows(
      row('1', { asn: 'ASN-1', value: '300', freight: '1000' }),
      row('2', { asn: 'ASN-2', value: '100', freight: 'See ASN-1 (ID#:1)' }),
    );
    const costs = ofName(events, 'detent.shipments.ShipmentBooked').map(({ key, value }) => [key, value.cost]);
    expect(Object.fromEntries(costs)).toEqual({ 'ASN-1': 750, 'ASN-2': 250 });
    expect(report.noted['freight told in another row: shared out by value']).toBe(1);
  });

  it.each([
    ['Freight Included in Commodity Cost'],
    ['Invoiced Separately'],
    ['See ASN-1 (ID#:99)'],
    ['See ASN-1 (ID#:1)'],
  ])('leaves the cost out, never 0, where it says "%s"', async (freight) => {
    const { events } = await importRows(row('1', { freight }));
    expect(ofName(events, 'detent.shipments.ShipmentBooked')[0]?.value.cost).toBeUndefined();
    expect(ofName(events, 'detent.outcomes.DeliveryCompleted')[0]?.value.cost).toBeUndefined();
  });

  it('does not tell the cost of a shipment of which a part is not known', async () => {
    const { events } = await importRows(row('1', { freight: '50' }), row('2', { freight: 'Invoiced Separately' }));
    expect(ofName(events, 'detent.shipments.ShipmentBooked')[0]?.value.cost).toBeUndefined();
  });

  it('completes an order with the last of its shipments only', async () => {
    const { events } = await importRows(row('1', { asn: 'ASN-2', done: '30-Jul-08' }), row('2', { asn: 'ASN-1' }));
    expect(ofName(events, 'detent.orders.OrderPlaced')).toHaveLength(1);
    expect(
      ofName(events, 'detent.outcomes.DeliveryCompleted').map(({ value }) => [value.shipmentId, value.complete]),
    ).toEqual([
      ['ASN-1', false],
      ['ASN-2', true],
    ]);
  });

  it('imputes when an order was placed where no date was captured, or one after the delivery', async () => {
    const { events, report } = await importRows(
      row('1', { placed: 'Date Not Captured' }),
      row('2', { po: 'PO-2', asn: 'ASN-2', placed: '9/1/08' }),
    );
    const delivered = Date.parse('2008-07-22T23:59:59.999Z');
    expect(
      ofName(events, 'detent.orders.OrderPlaced').map(({ value }) => (delivered - value.placedAt) / 86_400_000),
    ).toEqual([90, 90]);
    expect(report.imputed['OrderPlaced.placedAt']).toBe(2);
    expect(report.noted['order dated after its delivery: date not used']).toBe(1);
  });

  it.each([
    ['780.34', { kind: 'known', value: 780.34 }],
    ['See DN-304 (ID#:10589)', { kind: 'see', rowId: '10589' }],
    ['', { kind: 'unknown', text: '' }],
  ])('reads the amount "%s"', (text, amount) => {
    expect(toAmount(text)).toEqual(amount);
  });
});

(dataFolder === undefined ? describe.skip : describe)(realDataTitle('scms, the whole file'), () => {
  it('has the counts of the data set: costs, and lateness by mode', async () => {
    const input = scms.open([join(dataFolder ?? '', 'shipments_scms.csv.gz')], {});
    const events = await take(input.events);
    expect(events.every((event, index) => index === 0 || event.eventTime >= (events[index - 1]?.eventTime ?? 0))).toBe(
      true,
    );
    const { read, noted } = input.report();
    expect(read).toBe(10_324);
    expect(noted['freight told']).toBe(6198);
    const told = Object.entries(noted).filter(([name]) => name.startsWith('freight'));
    expect(told.reduce((sum, [, count]) => sum + count, 0)).toBe(10_324);
    const lines = new Map<string, { late: number; all: number }>();
    for (const { value } of ofName(events, 'detent.outcomes.DeliveryCompleted')) {
      const counts = lines.get(value.carrierId) ?? { late: 0, all: 0 };
      counts.all += value.lines.length;
      if (value.deliveredAt > value.promisedAt) counts.late += value.lines.length;
      lines.set(value.carrierId, counts);
    }
    const percent = (carrierId: string) => {
      const { late, all } = lines.get(carrierId) ?? { late: 0, all: 1 };
      return Math.round((1000 * late) / all) / 10;
    };
    expect([percent('scms-air'), percent('scms-truck'), percent('scms-ocean')]).toEqual([9.6, 16.1, 17.5]);
    const costs = ofName(events, 'detent.shipments.ShipmentBooked').map(({ value }) => value.cost);
    expect(costs.filter((cost) => cost === 0)).toEqual([]);
    expect(ofName(events, 'detent.outcomes.DeliveryCompleted').filter(({ value }) => value.complete)).toHaveLength(
      6233,
    );
  }, 60_000);
});
