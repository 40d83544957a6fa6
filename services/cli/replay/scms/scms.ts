import { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { readCsvRows } from '../csv-rows.ts';
import { byEventTime, eventMaker } from '../event-maker.ts';
import type { Importer } from '../importer.ts';
import { allocateFreight } from './freight.ts';
import { orderEvents, shipmentEvents } from './order-events.ts';
import { COLUMNS, createItemReader, type LineItem } from './row.ts';

/** USAID SCMS: health commodities to 43 countries; a row is a line item, an ASN or DN number is a shipment. */
export const scms: Importer = {
  title: 'USAID SCMS: shipments of health commodities, with mode, cost and delivery',
  files: ['shipments_scms.csv.gz'],
  open([file = '']) {
    const tally = new InputTally();
    return { events: readEvents(file, tally), report: () => tally.report() };
  },
};

async function* readEvents(file: string, tally: InputTally): AsyncGenerator<SourceEvent> {
  const items = await readItems(file, tally);
  const freight = allocateFreight(items);
  countCosts(items, freight, tally);
  const make = eventMaker('scms', tally);
  const events: SourceEvent[] = [];
  const orders = Map.groupBy(items, (item) => item.orderId);
  const placed = new Map<string, number>();
  for (const order of orders.values()) {
    const { placedAt, events: told } = orderEvents(order, make, tally);
    placed.set((order[0] as LineItem).orderId, placedAt);
    events.push(...told);
  }
  const left = new Map([...orders].map(([orderId, order]) => [orderId, order.length]));
  const shipments = [...Map.groupBy(items, (item) => item.shipmentId).values()];
  shipments.sort((a, b) => (a[0] as LineItem).deliveredAt - (b[0] as LineItem).deliveredAt);
  for (const shipment of shipments) {
    const first = shipment[0] as LineItem;
    const bookedBy = placed.get(first.orderId) as number;
    events.push(...shipmentEvents(shipment, { freight, bookedBy, left, make, tally }));
  }
  const described = new Set<string>();
  for (const event of byEventTime(events)) {
    for (const item of event.name === 'detent.orders.OrderPlaced' ? (orders.get(event.key) ?? []) : []) {
      if (described.has(item.skuId)) continue;
      described.add(item.skuId);
      const { skuId, name, category } = item;
      yield make('detent.inventory.SkuDescribed', skuId, event.eventTime, {
        skuId,
        name,
        category,
        baseUom: 'pack',
        packagings: [],
      });
    }
    yield event;
  }
}

async function readItems(file: string, tally: InputTally): Promise<LineItem[]> {
  const readItem = createItemReader();
  const items: LineItem[] = [];
  for await (const row of readCsvRows(file, COLUMNS)) {
    tally.read();
    const item = readItem(row);
    if (item === undefined) tally.setAside('an id, a date or a quantity cannot be read', `line ${row.line}`);
    else items.push(item);
  }
  return items;
}

function countCosts(items: readonly LineItem[], freight: ReadonlyMap<string, number>, tally: InputTally): void {
  for (const { freightUsd, rowId, line } of items) {
    if (freightUsd.kind === 'known') tally.noted('freight told');
    else if (freightUsd.kind === 'unknown') tally.noted(`freight unknown: ${freightUsd.text}`);
    else if (freight.has(rowId)) tally.noted('freight told in another row: shared out by value');
    else tally.noted('freight unknown: the row referred to has none', `line ${line}`);
  }
}
