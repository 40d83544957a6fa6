import type { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { countryCode } from '../countries.ts';
import type { MakeEvent } from '../event-maker.ts';
import type { LineItem } from './row.ts';

const DAY_MS = 86_400_000;
/** Days before the earliest delivery at which an order without a date is taken to have come in. */
const LEAD_DAYS = 90;
/** Days before delivery at which a shipment is taken to be booked; the file does not say. */
const BOOKING_DAYS = 14;
const SITE_ID = 'scms';

/** An order with all its line items, over all its shipments; and when it was placed, epoch ms. */
export function orderEvents(
  items: readonly LineItem[],
  make: MakeEvent,
  tally: InputTally,
): { placedAt: number; events: SourceEvent[] } {
  const first = items[0] as LineItem;
  const { orderId, country, line } = first;
  const earliest = Math.min(...items.map((item) => Math.min(item.scheduledAt, item.deliveredAt)));
  const told = Math.min(...items.map((item) => item.placedAt ?? Number.POSITIVE_INFINITY));
  if (Number.isFinite(told) && told > earliest)
    tally.noted('order dated after its delivery: date not used', `line ${line}`);
  const isTold = told <= earliest;
  if (!isTold) tally.imputed('OrderPlaced.placedAt');
  const placedAt = isTold ? told : earliest - LEAD_DAYS * DAY_MS;
  const code = countryCode(country);
  if (code === undefined) tally.noted(`country "${country}" is not known: ZZ`, `line ${line}`);
  for (const field of ['serviceLevel', 'siteId', 'destination.postcode']) tally.imputed(`OrderPlaced.${field}`);
  const order = make('detent.orders.OrderPlaced', orderId, placedAt, {
    orderId,
    customerId: `project-${first.projectCode}`,
    siteId: SITE_ID,
    lines: items.map(({ rowId, skuId, quantity }) => ({ lineId: rowId, skuId, quantity, uom: 'pack' })),
    placedAt,
    promisedAt: Math.max(...items.map((item) => item.scheduledAt)),
    serviceLevel: 'standard',
    destination: { country: code ?? 'ZZ', postcode: '' },
    version: 1,
  });
  return { placedAt, events: [order] };
}

interface ShipmentContext {
  freight: ReadonlyMap<string, number>;
  /** When its order was placed: it is not booked before. */
  bookedBy: number;
  /** Line items not delivered yet, by order. Shipments come in order of delivery. */
  left: Map<string, number>;
  make: MakeEvent;
  tally: InputTally;
}

/** A shipment: booked, delivered, and the delivery's outcome for each promise in it. */
export function shipmentEvents(items: readonly LineItem[], context: ShipmentContext): SourceEvent[] {
  const { freight, bookedBy, left, make, tally } = context;
  const { shipmentId, orderId, mode, country, deliveredAt } = items[0] as LineItem;
  const carrierId = `scms-${mode.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  const serviceId = `${carrierId}-any`;
  const laneId = `scms-${(countryCode(country) ?? 'zz').toLowerCase()}`;
  if (mode === 'unknown') tally.noted('shipment without a mode: carrier scms-unknown');
  for (const field of ['bookedAt', 'carrierId: by mode', 'laneId: by country']) tally.imputed(`Shipment.${field}`);
  const plannedAt = Math.max(...items.map((item) => item.scheduledAt));
  const bookedAt = Math.max(bookedBy, Math.min(plannedAt, deliveredAt) - BOOKING_DAYS * DAY_MS);
  const weightKg = sumKnown(
    items.map(({ weightKg }) => (weightKg.kind === 'see' ? 0 : weightKg.kind === 'known' ? weightKg.value : undefined)),
  );
  const events: SourceEvent[] = [
    make('detent.shipments.ShipmentBooked', `${shipmentId}-booked`, bookedAt, {
      shipmentId,
      siteId: SITE_ID,
      orderIds: [orderId],
      carrierId,
      serviceId,
      laneId,
      cartons: weightKg === undefined ? [] : [{ handlingUnitId: `${shipmentId}-1`, weightG: weightKg * 1000 }],
      ...costOf(items, freight),
    }),
    make('detent.shipments.ShipmentMilestone', `${shipmentId}-delivered`, deliveredAt, {
      shipmentId,
      carrierId,
      laneId,
      milestone: 'delivered',
      plannedAt,
      actualAt: deliveredAt,
    }),
  ];
  for (const [promisedAt, promised] of Map.groupBy(items, (item) => item.scheduledAt)) {
    const open = (left.get(orderId) as number) - promised.length;
    left.set(orderId, open);
    events.push(
      make('detent.outcomes.DeliveryCompleted', `${shipmentId}-${promisedAt}`, deliveredAt, {
        orderId,
        shipmentId,
        carrierId,
        serviceId,
        laneId,
        deliveredAt,
        promisedAt,
        ...costOf(promised, freight),
        lines: promised.map(({ rowId, skuId, quantity }) => ({ lineId: rowId, skuId, quantity })),
        complete: open === 0,
      }),
    );
  }
  return events;
}

/** Cost of these items together, or nothing when one of them is not known. */
function costOf(
  items: readonly LineItem[],
  freight: ReadonlyMap<string, number>,
): { cost?: number; currency?: string } {
  const cost = sumKnown(items.map((item) => freight.get(item.rowId)));
  return cost === undefined ? {} : { cost: Math.round(cost * 10_000) / 10_000, currency: 'USD' };
}

/** The sum, or undefined when a part of it is. */
function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0);
}
