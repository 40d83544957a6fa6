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

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timezone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timezone, formatter);
  }
  return formatter;
}

/** True when the runtime knows this IANA time zone. */
export function isTimezone(timezone: string): boolean {
  try {
    formatterOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** What clocks in the time zone show at `at` (epoch ms). */
export function localTime(at: number, timezone: string): LocalTime {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(timezone).formatToParts(at)) {
    if (type !== 'literal') parts[type] = Number(value);
  }
  const { year, month, day, hour, minute, second } = parts as unknown as Omit<LocalTime, 'weekday'>;
  return { year, month, day, hour, minute, second, weekday: weekdayOf({ year, month, day }) };
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
export function instantOf(date: LocalDay, time: string, timezone: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const wall = Date.UTC(date.year, date.month - 1, date.day, hour, minute);
  // Offsets a day before and after are those on either side of any change of clocks near the time.
  const before = wall - offsetAt(wall - DAY, timezone);
  if (before + offsetAt(before, timezone) === wall) return before;
  const after = wall - offsetAt(wall + DAY, timezone);
  return after + offsetAt(after, timezone) === wall ? after : before;
}

/** How far the time zone is ahead of UTC at `at`, ms. */
function offsetAt(at: number, timezone: string): number {
  const { year, month, day, hour, minute, second } = localTime(at, timezone);
  const whole = Math.floor(at / 1000) * 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

/**
 * `hours` after `from`, counting only time on working days (Monday to Friday, local): 24 working hours from Friday
 * 18:00 end on Monday 18:00. Days are as long as the clocks make them.
 */
export function addBusinessHours(from: number, hours: number, timezone: string): number {
  let at = from;
  let left = hours * HOUR;
  let date: LocalDay = localTime(from, timezone);
  for (;;) {
    const midnight = instantOf(addDays(date, 1), '00:00', timezone);
    if (weekdayOf(date) <= 5) {
      if (at + left <= midnight) return at + left;
      left -= midnight - at;
    }
    at = midnight;
    date = addDays(date, 1);
  }
}
