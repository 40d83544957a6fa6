import type { CarrierServiceDescribed } from '@detent/schemas';
import {
  addBusinessHours,
  addDays,
  dayText,
  type Holidays,
  instantOf,
  isWorkingDay,
  type LocalDay,
  localTime,
  weekdayOf,
} from './calendar.ts';

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
/** Departures remembered for a lane of a service. */
const REMEMBERED = 8;
const NONE: Holidays = new Set();

/**
 * The first departure for goods that are ready at `readyAt` (epoch ms): handed over by the cutoff of its day and by
 * the departure itself. Without a timetable a service leaves at its cutoff, Monday to Friday. Nothing leaves on a holiday.
 * Undefined when it does not leave within two weeks.
 */
export function nextDeparture(
  service: Service,
  lane: ServiceLane,
  readyAt: number,
  holidays: Holidays = NONE,
): Departure | undefined {
  const { timezone, cutoffLocal } = service;
  let date: LocalDay = localTime(readyAt, timezone);
  for (let i = 0; i < HORIZON_DAYS; i += 1, date = addDays(date, 1)) {
    const weekday = weekdayOf(date);
    const cutoff = instantOf(date, cutoffLocal, timezone);
    if (cutoff < readyAt || holidays.has(dayText(date))) continue;
    if (lane.departures.length === 0) {
      if (isWorkingDay(date, holidays)) return departing(cutoff, cutoff, date);
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
        ? addBusinessHours(departAt, lane.transitHours, timezone, holidays)
        : departAt + lane.transitHours * 3_600_000;
    return { handoverBy, departAt, arriveAt, day: dayText(on) };
  }
}

/** Remembers departures, for the calendar is dear and most goods of an hour make the same few. */
export class Timetable {
  readonly #holidays: ReadonlyMap<string, Holidays>;
  readonly #known = new Map<ServiceLane, { from: number; departure: Departure }[]>();

  /** `calendars`: days without work, `YYYY-MM-DD`, by the `calendarId` of services. */
  constructor(calendars: Readonly<Record<string, readonly string[]>>) {
    this.#holidays = new Map(Object.entries(calendars).map(([id, days]) => [id, new Set(days)]));
  }

  /** As `nextDeparture`, with the holidays of the service's calendar. */
  next(service: Service, lane: ServiceLane, readyAt: number): Departure | undefined {
    let known = this.#known.get(lane);
    const found = known?.find(({ from, departure }) => from <= readyAt && readyAt <= departure.handoverBy);
    if (found) return found.departure;
    const departure = nextDeparture(service, lane, readyAt, this.#holidays.get(service.calendarId));
    if (departure === undefined) return undefined;
    if (known === undefined) {
      known = [];
      this.#known.set(lane, known);
    }
    const same = known.find((one) => one.departure.handoverBy === departure.handoverBy);
    // The first departure for whoever is ready at two instants is that for all who are ready between them.
    if (same) same.from = Math.min(same.from, readyAt);
    else if (known.push({ from: readyAt, departure }) > REMEMBERED) known.shift();
    return departure;
  }

  /** Forgets a lane of a service that was described anew. */
  forget(lane: ServiceLane): void {
    this.#known.delete(lane);
  }
}
