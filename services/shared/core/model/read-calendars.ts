import type { Node } from 'yaml';
import { TimeZone } from '../calendars/time-zone.ts';
import type { CalendarModel } from '../calendars/types.ts';
import { didYouMean } from './problems.ts';
import type { Entry, Reader } from './reader.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const DAY_MINUTES = 1440;
const DAY_MS = 86_400_000;
const OPENING = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/;

/** Reads the calendars of a model; those with problems are left out, and the problems noted. */
export function readCalendars(reader: Reader, node: Node | undefined): Map<string, CalendarModel> {
  const calendars = new Map<string, CalendarModel>();
  for (const entry of reader.entries(node, 'calendars')) {
    const what = `calendar ${entry.key}`;
    const fields = reader.fields(entry.node, what, ['doc', 'timezone', 'open', 'holidays']);
    const timezone = readTimezone(reader, fields.get('timezone'), entry, what);
    const open = readWeek(reader, fields.get('open'), entry, what);
    const holidays = readHolidays(reader, fields.get('holidays'), what);
    if (timezone !== undefined) calendars.set(entry.key, { name: entry.key, timezone, open, holidays });
  }
  return calendars;
}

function readTimezone(reader: Reader, field: Entry | undefined, calendar: Entry, what: string): string | undefined {
  const name = reader.scalar(field?.node);
  if (typeof name !== 'string') {
    reader.problems.add(field?.at ?? calendar.at, `${what} needs a timezone such as Europe/Berlin`);
    return undefined;
  }
  try {
    new TimeZone(name);
    return name;
  } catch {
    const near = didYouMean(name, Intl.supportedValuesOf('timeZone'));
    return reader.problem(field?.node, `there is no time zone ${name}${near || ', only names such as Europe/Berlin'}`);
  }
}

type Openings = [from: number, to: number][];

function readWeek(reader: Reader, field: Entry | undefined, calendar: Entry, what: string): Openings[] {
  const days = reader.fields(field?.node, `open of ${what}`, WEEKDAYS);
  if (days.size === 0)
    reader.problems.add(field?.at ?? calendar.at, `${what} needs to open: open: { mon: '08:00-18:00' }`);
  const week = WEEKDAYS.map((day) => {
    const node = days.get(day)?.node;
    const nodes = typeof reader.scalar(node) === 'string' ? [node] : reader.items(node, `${day} of ${what}`);
    const openings = nodes.map((each) => readOpening(reader, each)).filter((each) => each !== undefined);
    return openings.sort((a, b) => a[0] - b[0]);
  });
  week.forEach((openings, i) => {
    const tomorrow = week[(i + 1) % WEEKDAYS.length]!;
    openings.forEach(([, to], j) => {
      const next = openings[j + 1]?.[0] ?? (tomorrow[0]?.[0] ?? Infinity) + DAY_MINUTES;
      if (to > next)
        reader.problems.add(days.get(WEEKDAYS[i]!)!.at, `two openings of ${what} overlap on ${WEEKDAYS[i]}`);
    });
  });
  return week;
}

/** `08:00-18:00`; `22:00-06:00` goes on into the next day. */
function readOpening(reader: Reader, node: Node | undefined): Openings[number] | undefined {
  const [, fromHour, fromMinute, toHour, toMinute] = (OPENING.exec(String(reader.scalar(node))) ?? []).map(Number);
  const from = fromHour! * 60 + fromMinute!;
  const to = toHour! * 60 + toMinute!;
  if (!(from < DAY_MINUTES && to <= DAY_MINUTES && fromMinute! < 60 && toMinute! < 60) || from === to)
    return reader.problem(node, "an opening is written '08:00-18:00', to '24:00' at the latest");
  return [from, to > from ? to : to + DAY_MINUTES];
}

function readHolidays(reader: Reader, field: Entry | undefined, what: string): string[] {
  const holidays: string[] = [];
  for (const node of reader.items(field?.node, `holidays of ${what}`)) {
    const date = String(reader.scalar(node));
    const at = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
    // The parser takes 30 February for 2 March.
    if (at % DAY_MS === 0 && new Date(at).toISOString().startsWith(date)) holidays.push(date);
    else reader.problem(node, 'a holiday is a date such as 2026-12-25');
  }
  return holidays.sort();
}
