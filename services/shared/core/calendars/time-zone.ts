const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Converts between instants and local time of one time zone, by the time zone data of the runtime. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** Throws a `RangeError` when there is no such zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** How far local time is ahead of UTC at an instant, ms. */
  offsetAt(instant: number): number {
    const second = Math.floor(instant / 1000) * 1000;
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(second)) parts[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, parts['second']) - second;
  }

  /**
   * The instant of a local time, as minutes of a day (days since 1970-01-01). What the clock passes twice, when summer
   * time ends, is the first; what it skips, when summer time begins, is as much later: the rule `compatible` of the
   * Temporal proposal for ECMAScript.
   */
  instantOf(day: number, minutes: number): number {
    const local = day * DAY_MS + minutes * MINUTE_MS;
    const before = this.offsetAt(local - DAY_MS);
    const after = this.offsetAt(local + DAY_MS);
    if (before === after || this.offsetAt(local - before) === before) return local - before;
    return this.offsetAt(local - after) === after ? local - after : local - before;
  }
}
