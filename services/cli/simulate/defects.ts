import type { RecordTypes } from '@detent/schemas';
import type { SourceEvent, SourceName } from '../inputs/source-event.ts';
import type { Random } from './random.ts';

type Spoiler = (event: SourceEvent) => SourceEvent | undefined;

/**
 * What producers get wrong, beside the good events, never instead of them. Each kind takes only events that it can spoil.
 * The first two are spoilt as bytes after encoding, the others are valid Avro with values that cannot be.
 */
const SPOILERS: readonly Spoiler[] = [
  (event) => ({ ...event, defect: 'truncated' }),
  (event) => ({ ...event, defect: 'unknown-schema' }),
  (event) =>
    isA(event, 'detent.orders.OrderPlaced')
      ? withValue(event, { lines: event.value.lines.map((line) => ({ ...line, quantity: -line.quantity })) })
      : undefined,
  (event) =>
    isA(event, 'detent.shipments.ShipmentMilestone') ? withValue(event, { occurredAt: 0, actualAt: 0 }) : undefined,
  (event) => (isA(event, 'detent.sensors.SensorRead') ? withValue(event, { value: Number.NaN }) : undefined),
  (event) =>
    isA(event, 'detent.sensors.SensorRead') && event.value.metric === 'tempC'
      ? withValue(event, { value: 0, unit: 'K' })
      : undefined,
  (event) =>
    isA(event, 'detent.warehouse.ZoneOccupied') ? withValue({ ...event, key: '' }, { zoneId: '' }) : undefined,
  (event) => (isA(event, 'detent.inventory.StockChanged') ? { ...event, key: `${event.key}-other` } : undefined),
];

/** Adds malformed events to a stream, as a share of its events. */
export class Defects {
  readonly #share: number;
  readonly #random: Random;
  /** Those whose turn has come and that wait for an event that fits. */
  readonly #due: Spoiler[] = [];
  #turns = 0;

  constructor(share: number, random: Random) {
    this.#share = share;
    this.#random = random;
  }

  /** The event, and now and then a malformed one after it. All kinds take turns, so each is as frequent as the others. */
  *addTo(event: SourceEvent): Generator<SourceEvent> {
    yield event;
    if (this.#random.chance(this.#share)) this.#due.push(SPOILERS[this.#turns++ % SPOILERS.length] as Spoiler);
    for (const [index, spoil] of this.#due.entries()) {
      const spoilt = spoil(event);
      if (spoilt === undefined) continue;
      this.#due.splice(index, 1);
      yield withValue(spoilt, { eventId: `${event.value.eventId}-spoilt` });
      return;
    }
  }
}

function isA<N extends SourceName>(event: SourceEvent, name: N): event is SourceEvent<N> {
  return event.name === name;
}

function withValue<N extends SourceName>(event: SourceEvent<N>, changes: Partial<RecordTypes[N]>): SourceEvent<N> {
  return { ...event, value: { ...event.value, ...changes } };
}
