import type { CarrierServiceDescribed } from '@detent/schemas';
import { addBusinessHours, addDays, dayText, instantOf, type LocalDay, localTime, weekdayOf } from './calendar.ts';

/** A service as carriers describe it. */
export type Service = Omit<CarrierServiceDescribed, 'eventId' | 'occurredAt'>;
export type ServiceLane = Service['lanes'][number];

/** A departure that goods can make. */
export interface Departure {
  /** Latest hand-over for it, epoch ms. */
  handoverBy: number;
  departAt: number;
  /** Arrival when the lane is clear, epoch ms. */
  arriveAt: number;
  /** Local day of the departure, `YYYY-MM-DD`: the day whose capacity it uses. */
  day: string;
}

const HORIZON_DAYS = 14;

/**
 * The first departure for goods that are ready at `readyAt` (epoch ms): handed over by the cutoff of its day and by
 * the departure itself. Without a timetable a service leaves at its cutoff, Monday to Friday. Undefined when it does
 * not leave within two weeks.
 */
export function nextDeparture(service: Service, lane: ServiceLane, readyAt: number): Departure | undefined {
  const { timezone, cutoffLocal } = service;
  let date: LocalDay = localTime(readyAt, timezone);
  for (let i = 0; i < HORIZON_DAYS; i += 1, date = addDays(date, 1)) {
    const weekday = weekdayOf(date);
    const cutoff = instantOf(date, cutoffLocal, timezone);
    if (cutoff < readyAt) continue;
    if (lane.departures.length === 0) {
      if (weekday <= 5) return departing(cutoff, cutoff, date);
      continue;
    }
    let first: number | undefined;
    for (const { weekday: on, timeLocal } of lane.departures) {
      if (on !== weekday) continue;
      const departAt = instantOf(date, timeLocal, timezone);
      if (departAt >= readyAt && (first === undefined || departAt < first)) first = departAt;
    }
    if (first !== undefined) return departing(Math.min(cutoff, first), first, date);
  }
  return undefined;

  function departing(handoverBy: number, departAt: number, on: LocalDay): Departure {
    const arriveAt =
      lane.transitBasis === 'business'
        ? addBusinessHours(departAt, lane.transitHours, timezone)
        : departAt + lane.transitHours * 3_600_000;
    return { handoverBy, departAt, arriveAt, day: dayText(on) };
  }
}

/** Remembers departures, for the calendar is dear and most goods of an hour make the same one. */
export class Timetable {
  readonly #known = new Map<ServiceLane, { from: number; departure: Departure | undefined }>();

  /** As `nextDeparture`. */
  next(service: Service, lane: ServiceLane, readyAt: number): Departure | undefined {
    const known = this.#known.get(lane);
    if (known?.departure && known.from <= readyAt && readyAt <= known.departure.handoverBy) return known.departure;
    const departure = nextDeparture(service, lane, readyAt);
    this.#known.set(lane, { from: readyAt, departure });
    return departure;
  }

  /** Forgets a lane of a service that was described anew. */
  forget(lane: ServiceLane): void {
    this.#known.delete(lane);
  }
}
