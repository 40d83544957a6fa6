import { TimeZone } from './time-zone.ts';
import type { CalendarModel } from './types.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday; Sunday is 0. */
const FIRST_WEEKDAY = 4;
/** Local dates differ from those of UTC by one at most, and what opened the day before may still be open. */
const AROUND_DAYS = 2;
/** Longer spans are taken for mistakes of the data. */
const MOST_DAYS = 36_600;
/** Days that are kept worked out. */
const MOST_KEPT = 4000;
/** Where nothing has opened for so long, nothing is going to. */
const SILENT_DAYS = 400;

/** Opening times of one local day, as instants: from, to, from, to, … */
type Openings = readonly number[];

/** Counts hours by a business calendar. What it keeps is worked out from the calendar alone. */
export class BusinessCalendar {
  readonly #zone: TimeZone;
  readonly #open: CalendarModel['open'];
  readonly #holidays: ReadonlySet<number>;
  readonly #days = new Map<number, Openings>();

  /** The calendar must have passed the checks of the model. */
  constructor({ timezone, open, holidays }: CalendarModel) {
    this.#zone = new TimeZone(timezone);
    this.#open = open;
    this.#holidays = new Set(holidays.map((date) => Date.parse(`${date}T00:00:00Z`) / DAY_MS));
  }

  /**
   * Open hours from one instant to another (epoch ms), negative when `to` is before `from`. NaN when either is missing,
   * or when they lie a hundred years apart.
   */
  hours(from: number, to: number): number {
    if (to < from) return -this.hours(to, from);
    const first = Math.floor(from / DAY_MS) - AROUND_DAYS;
    const last = Math.floor(to / DAY_MS) + AROUND_DAYS;
    if (!(last - first <= MOST_DAYS)) return NaN;
    let open = 0;
    for (let day = first; day <= last; day++) {
      const openings = this.#openings(day);
      for (let i = 0; i < openings.length; i += 2) {
        const start = Math.max(openings[i]!, from);
        const end = Math.min(openings[i + 1]!, to);
        if (end > start) open += end - start;
      }
    }
    return open / HOUR_MS;
  }

  /** Whether it is open at an instant; at the end of an opening no longer. */
  isOpen(at: number): boolean {
    const today = Math.floor(at / DAY_MS);
    for (let day = today - AROUND_DAYS; day <= today + 1; day++) {
      const openings = this.#openings(day);
      for (let i = 0; i < openings.length; i += 2) if (at >= openings[i]! && at < openings[i + 1]!) return true;
    }
    return false;
  }

  /** The first instant after this one at which it opens or closes; Infinity when it never does. */
  nextEdge(after: number): number {
    const today = Math.floor(after / DAY_MS);
    if (!Number.isFinite(today)) return Infinity;
    let next = Infinity;
    for (let day = today - AROUND_DAYS; day <= today + SILENT_DAYS; day++) {
      for (const edge of this.#openings(day)) if (edge > after && edge < next) next = edge;
      // Days later on begin after what was found.
      if (next < Infinity && day >= Math.floor(next / DAY_MS) + AROUND_DAYS) break;
    }
    return next;
  }

  /** By local day, as days since 1970-01-01. */
  #openings(day: number): Openings {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const openings: number[] = [];
    if (!this.#holidays.has(day)) {
      const weekday = (((day + FIRST_WEEKDAY) % 7) + 7) % 7;
      for (const [from, to] of this.#open[weekday]!)
        openings.push(this.#zone.instantOf(day, from), this.#zone.instantOf(day, to));
    }
    if (this.#days.size >= MOST_KEPT) this.#days.clear();
    this.#days.set(day, openings);
    return openings;
  }
}
