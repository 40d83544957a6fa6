import { TimeZone } from '@detent/core';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A day of the civil calendar. */
export interface LocalDay {
  year: number;
  month: number;
  day: number;
}

/** A moment on the clock on the wall, with its weekday: 1 (Monday) to 7 (Sunday). */
export interface LocalTime extends LocalDay {
  hour: number;
  minute: number;
  second: number;
  weekday: number;
}

const zones = new Map<string, TimeZone>();

function zoneOf(timezone: string): TimeZone {
  let zone = zones.get(timezone);
  if (zone === undefined) {
    zone = new TimeZone(timezone);
    zones.set(timezone, zone);
  }
  return zone;
}

/** True when the runtime knows this IANA time zone. */
export function isTimezone(timezone: string): boolean {
  try {
    zoneOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** What clocks in the time zone show at `at` (epoch ms). */
export function localTime(at: number, timezone: string): LocalTime {
  const shown = new Date(at + zoneOf(timezone).offsetAt(at));
  const date = { year: shown.getUTCFullYear(), month: shown.getUTCMonth() + 1, day: shown.getUTCDate() };
  const [hour, minute, second] = [shown.getUTCHours(), shown.getUTCMinutes(), shown.getUTCSeconds()];
  return { ...date, hour, minute, second, weekday: weekdayOf(date) };
}

/** 1 (Monday) to 7 (Sunday). */
export function weekdayOf({ year, month, day }: LocalDay): number {
  return ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) + 1;
}

export function addDays({ year, month, day }: LocalDay, days: number): LocalDay {
  const moved = new Date(Date.UTC(year, month - 1, day + days));
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() };
}

/** `YYYY-MM-DD`. */
export function dayText({ year, month, day }: LocalDay): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/**
 * The instant (epoch ms) at which clocks in the time zone show `time` (`HH:mm`) on that day. A time that the clocks
 * skip in spring is taken as much later as they skip; one that comes twice in autumn is the first.
 */
export function instantOf({ year, month, day }: LocalDay, time: string, timezone: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return zoneOf(timezone).instantOf(Date.UTC(year, month - 1, day) / DAY, hour * 60 + minute);
}

/** Days without work, `YYYY-MM-DD`. */
export type Holidays = ReadonlySet<string>;

/** True from Monday to Friday, but for holidays. */
export function isWorkingDay(date: LocalDay, holidays: Holidays): boolean {
  return weekdayOf(date) <= 5 && !(holidays.size > 0 && holidays.has(dayText(date)));
}

/**
 * `hours` after `from`, counting only time on working days (local): 24 working hours from Friday 18:00 end on Monday
 * 18:00. Days are as long as the clocks make them.
 */
export function addBusinessHours(from: number, hours: number, timezone: string, holidays: Holidays): number {
  let at = from;
  let left = hours * HOUR;
  let date: LocalDay = localTime(from, timezone);
  for (;;) {
    const midnight = instantOf(addDays(date, 1), '00:00', timezone);
    if (isWorkingDay(date, holidays)) {
      if (at + left <= midnight) return at + left;
      left -= midnight - at;
    }
    at = midnight;
    date = addDays(date, 1);
  }
}
