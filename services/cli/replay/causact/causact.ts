import { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { readCsvRows } from '../csv-rows.ts';
import { byEventTime, eventMaker } from '../event-maker.ts';
import type { Importer } from '../importer.ts';
import { daysBetween, LocalTime } from '../local-time.ts';
import { type Shipment, shipmentEvents } from './shipment-events.ts';

/** A plan further than this from the shipping is a slip of the pen, not a plan. */
const FARTHEST_PLAN_DAYS = 180;

/** Causact: a real warehouse's shipments with planned and actual dates, and its parts; two files. */
export const causact: Importer = {
  title: 'Causact: orders of a warehouse and their shipping milestones, planned and actual',
  files: ['warehouse_shipments_causact.csv.gz', 'warehouse_parts_causact.csv.gz'],
  open([shipmentsFile = '', partsFile = '']) {
    const tally = new InputTally();
    return { events: readEvents(shipmentsFile, partsFile, tally), report: () => tally.report() };
  },
};

async function* readEvents(shipmentsFile: string, partsFile: string, tally: InputTally): AsyncGenerator<SourceEvent> {
  const categories = await readCategories(partsFile, tally);
  const shipments = await readShipments(shipmentsFile, tally);
  const make = eventMaker('causact', tally);
  const events = shipments.flatMap((shipment) => shipmentEvents(shipment, make, tally));
  const described = new Set<string>();
  for (const event of byEventTime(events)) {
    for (const partId of event.name === 'detent.orders.OrderPlaced' ? partsOf(event) : []) {
      if (described.has(partId)) continue;
      described.add(partId);
      const part = categories.get(partId);
      if (part === undefined) tally.noted('part that the parts file does not have: category unknown');
      yield make('detent.inventory.SkuDescribed', partId, event.eventTime, {
        skuId: partId,
        name: part === undefined ? partId : `${partId} (${part.line})`,
        category: part?.category ?? 'unknown',
        baseUom: 'each',
        packagings: [],
      });
    }
    yield event;
  }
}

function partsOf(event: SourceEvent): string[] {
  return (event as SourceEvent<'detent.orders.OrderPlaced'>).value.lines.map((line) => line.skuId);
}

async function readCategories(
  file: string,
  tally: InputTally,
): Promise<Map<string, { category: string; line: string }>> {
  const categories = new Map<string, { category: string; line: string }>();
  for await (const { line, fields } of readCsvRows(file, ['partID', 'productLine', 'prodCategory'])) {
    tally.read();
    const partId = fields['partID'] ?? '';
    if (partId === '') tally.setAside('part without id', `${file}:${line}`);
    else categories.set(partId, { category: fields['prodCategory'] || 'unknown', line: fields['productLine'] ?? '' });
  }
  return categories;
}

/** Shipments with all their lines: the file has them in several places. */
async function readShipments(file: string, tally: InputTally): Promise<Shipment[]> {
  const dates = [new LocalTime('M/d/yyyy', 'UTC'), new LocalTime('M/d/yyyy', 'UTC')] as const;
  const shipments = new Map<string, Shipment>();
  const columns = ['shipID', 'plannedShipDate', 'actualShipDate', 'partID', 'quantity'];
  for await (const { line, fields } of readCsvRows(file, columns)) {
    tally.read();
    const planned = dates[0].parse(fields['plannedShipDate'] ?? '');
    const actualAt = dates[1].parse(fields['actualShipDate'] ?? '');
    const quantity = Number(fields['quantity']);
    const { shipID: shipId = '', partID: skuId = '' } = fields;
    const where = `${file}:${line}`;
    if (actualAt === undefined || planned === undefined || !(quantity > 0) || shipId === '' || skuId === '') {
      tally.setAside('an id, a date or a quantity cannot be read', where);
      continue;
    }
    let shipment = shipments.get(shipId);
    if (shipment === undefined) {
      const isPlanned = Math.abs(daysBetween(planned, actualAt)) <= FARTHEST_PLAN_DAYS;
      if (!isPlanned)
        tally.noted(`planned over ${FARTHEST_PLAN_DAYS} days from its shipping: the plan is not used`, where);
      shipment = { shipId, plannedAt: isPlanned ? planned : undefined, actualAt, lines: [] };
      shipments.set(shipId, shipment);
    }
    if (shipment.lines.some((known) => known.skuId === skuId))
      tally.noted('part named twice in a shipment: a line each');
    shipment.lines.push({ lineId: String(shipment.lines.length + 1), skuId, quantity, uom: 'each' });
  }
  return [...shipments.values()];
}
