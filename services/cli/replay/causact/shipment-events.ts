import type { OrderLine } from '@detent/schemas';
import type { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import type { MakeEvent } from '../event-maker.ts';

const DAY_MS = 86_400_000;
/** Days before the earlier of plan and shipping at which the order is taken to have come in: the file does not say. */
const LEAD_DAYS = 7;
const SITE_ID = 'causact';
/** The file names neither carriers nor destinations. */
const CARRIER_ID = 'causact-carrier';
const LANE_ID = 'causact-out';

export interface Shipment {
  shipId: string;
  /** End of the planned day; undefined where the plan cannot be true. */
  plannedAt: number | undefined;
  /** End of the day on which it was shipped. */
  actualAt: number;
  lines: OrderLine[];
}

/** What a shipment tells: an order that was placed, booked, and left the house. What came of it is not in the file. */
export function shipmentEvents(shipment: Shipment, make: MakeEvent, tally: InputTally): SourceEvent[] {
  const { shipId, plannedAt, actualAt, lines } = shipment;
  const orderId = `order-${shipId}`;
  const shipmentId = `shipment-${shipId}`;
  const placedAt = Math.min(plannedAt ?? actualAt, actualAt) - LEAD_DAYS * DAY_MS;
  for (const field of ['placedAt', 'promisedAt', 'customerId', 'serviceLevel', 'siteId', 'destination']) {
    tally.imputed(`OrderPlaced.${field}`);
  }
  for (const field of ['carrierId', 'laneId']) tally.imputed(`Shipment.${field}`);
  const events: SourceEvent[] = [
    make('detent.orders.OrderPlaced', orderId, placedAt, {
      orderId,
      customerId: 'causact-customers',
      siteId: SITE_ID,
      lines,
      placedAt,
      // The plan is of the hand-over, so it is all that can be promised.
      promisedAt: plannedAt ?? actualAt,
      ...(plannedAt === undefined ? {} : { shipBy: plannedAt }),
      serviceLevel: 'standard',
      destination: { country: 'ZZ', postcode: '' },
      version: 1,
    }),
    make('detent.shipments.ShipmentBooked', `${shipmentId}-booked`, placedAt, {
      shipmentId,
      siteId: SITE_ID,
      orderIds: [orderId],
      carrierId: CARRIER_ID,
      serviceId: `${CARRIER_ID}-any`,
      laneId: LANE_ID,
      cartons: [],
    }),
    make('detent.shipments.ShipmentMilestone', `${shipmentId}-departed`, actualAt, {
      shipmentId,
      carrierId: CARRIER_ID,
      laneId: LANE_ID,
      milestone: 'departed',
      ...(plannedAt === undefined ? {} : { plannedAt }),
      actualAt,
    }),
  ];
  for (const { lineId, quantity } of lines) {
    events.push(
      make('detent.orders.OrderLineStatusChanged', `${orderId}-${lineId}-shipped`, actualAt, {
        orderId,
        siteId: SITE_ID,
        lineId,
        status: 'shipped',
        quantity,
        shipmentId,
      }),
    );
  }
  return events;
}
