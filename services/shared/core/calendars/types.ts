/** When a business is open, as its model says it. Plain data. */
export interface CalendarModel {
  readonly name: string;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
  /**
   * By weekday, Sunday first: from and to in minutes of the local day, the end not included. Beyond 1440 it is open past
   * midnight, on into the next day.
   */
  readonly open: readonly (readonly (readonly [from: number, to: number])[])[];
  /** Local dates, `2026-12-25`, on which nothing opens. */
  readonly holidays: readonly string[];
}

/** Calendars of a model by name. */
export type Calendars = ReadonlyMap<string, CalendarModel>;
