import { type SourceEvent, toSourceEvent } from '../../../services/cli/inputs/source-event.ts';

/** What the simulator's own warehouse and carriers did with the orders, which here is decided anew. */
const DECIDED_HERE: ReadonlySet<string> = new Set([
  'detent.orders.OrderLineStatusChanged',
  'detent.shipments.ShipmentBooked',
  'detent.shipments.ShipmentLoaded',
  'detent.outcomes.PickChecked',
]);

/**
 * The events of a simulated week without what was done with its orders. Outcomes stay, as those of other orders that went the
 * same ways: what services learn of carriers and goods is the same in every run.
 */
export function* undecided(events: Iterable<SourceEvent>): Generator<SourceEvent> {
  for (const event of events) {
    if (DECIDED_HERE.has(event.name)) continue;
    if (!event.name.startsWith('detent.outcomes.')) {
      yield event;
      continue;
    }
    const value = event.value as { orderId: string };
    yield toSourceEvent(event.name, { ...value, orderId: `other-${value.orderId}` } as never);
  }
}
