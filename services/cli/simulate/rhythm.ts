import { DateTime } from 'luxon';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Share of a day's orders by local hour: a small top at lunch, the large one in the evening, next to nothing at night. */
const ORDER_PROFILE = [8, 4, 2, 2, 3, 8, 16, 26, 36, 42, 46, 50, 56, 48, 44, 46, 52, 62, 78, 98, 104, 84, 52, 24];

/** Orders of a weekday beside the mean day, Monday first. */
const WEEK_PROFILE = [1.12, 1.05, 1, 1, 0.98, 0.82, 1.03];

/** Local hours in which people work on the floor. */
export const SHIFT = { fromHour: 6, toHour: 22 } as const;

const PROFILE_SUM = ORDER_PROFILE.reduce((sum, share) => sum + share, 0);
const HIGHEST = Math.max(...ORDER_PROFILE);

/** Local clock of a place, cheap to ask: the offset from UTC is looked up once an hour of event time. */
export class LocalClock {
  readonly #timezone: string;
  #hour = Number.NaN;
  #offsetMs = 0;

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  /** Milliseconds to add to UTC to get the local wall time. */
  offsetMs(at: number): number {
    const hour = Math.floor(at / HOUR_MS);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#offsetMs = DateTime.fromMillis(at, { zone: this.#timezone }).offset * MINUTE_MS;
    }
    return this.#offsetMs;
  }

  /** Local hour with its fraction, 0 to 24. */
  hour(at: number): number {
    return ((((at + this.offsetMs(at)) % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS;
  }

  /** 0 is Monday. */
  weekday(at: number): number {
    return (Math.floor((at + this.offsetMs(at)) / DAY_MS) + 3) % 7;
  }

  /** The instant of a local hour, `days` after the local day of `at`. */
  atHour(at: number, hour: number, days = 0): number {
    const midnight = Math.floor((at + this.offsetMs(at)) / DAY_MS) * DAY_MS;
    const local = midnight + days * DAY_MS + Math.round(hour * HOUR_MS);
    return local - this.offsetMs(local - this.offsetMs(at));
  }

  /** The first of these local times of day (HH:mm, ascending) that is not before `at`, on a working day. */
  nextOf(at: number, times: readonly string[]): number {
    for (let days = 0; ; days++) {
      for (const time of times) {
        const instant = this.atHour(at, toHours(time), days);
        if (instant >= at && this.weekday(instant) !== 6) return instant;
      }
    }
  }

  /** `at` itself within the shift, else the start of the next one. Sundays have none. */
  nextInShift(at: number): number {
    const hour = this.hour(at);
    const isSunday = this.weekday(at) === 6;
    if (!isSunday && hour >= SHIFT.fromHour && hour < SHIFT.toHour) return at;
    const today = this.atHour(at, SHIFT.fromHour);
    const next = !isSunday && hour < SHIFT.fromHour ? today : this.atHour(at, SHIFT.fromHour, 1);
    return this.weekday(next) === 6 ? this.atHour(next, SHIFT.fromHour, 1) : next;
  }
}

/** Orders an hour at this local hour and weekday, when `perDay` is the mean of a day. */
export function orderRate(perDay: number, hour: number, weekday: number): number {
  const share = (ORDER_PROFILE[Math.floor(hour)] as number) / PROFILE_SUM;
  return perDay * share * (WEEK_PROFILE[weekday] as number);
}

/** The highest rate that `orderRate` can give, for thinning. */
export function highestOrderRate(perDay: number): number {
  return (perDay * HIGHEST * Math.max(...WEEK_PROFILE)) / PROFILE_SUM;
}

/** `'17:30'` is 17.5. */
export function toHours(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours + minutes / 60;
}
