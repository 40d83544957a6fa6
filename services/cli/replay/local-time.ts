import { DateTime, type TokenParser } from 'luxon';

const DAY_MS = 86_400_000;
const MANY = 10_000;
const LOCALE = 'en-US';

/** Reads local times of one zone. Files say the same times over and over, so what was read is kept. */
export class LocalTime {
  readonly #zone: string;
  readonly #parser: TokenParser;
  readonly #isDate: boolean;
  readonly #known = new Map<string, number | undefined>();

  /** `format` is luxon's, such as `yyyy-MM-dd HH:mm:ss`. Without a time of day in it, a text means the end of its local day. */
  constructor(format: string, zone: string) {
    this.#zone = zone;
    // Fixed, or month names would follow the machine's language.
    this.#parser = DateTime.buildFormatParser(format, { locale: LOCALE });
    this.#isDate = !/[HhTtfF]/.test(format.replace(/'[^']*'/g, ''));
  }

  /** Epoch ms, or undefined when the text does not fit the format. The end of a day is its last millisecond. */
  parse(text: string): number | undefined {
    if (this.#known.has(text)) return this.#known.get(text);
    const time = DateTime.fromFormatParser(text.trim(), this.#parser, { zone: this.#zone, locale: LOCALE });
    const value = time.isValid ? (this.#isDate ? time.endOf('day') : time).toMillis() : undefined;
    if (this.#known.size >= MANY) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}

/** The last millisecond of the local day that lies `days` after an instant. */
export function endOfDay(at: number, zone: string, days = 0): number {
  return DateTime.fromMillis(at, { zone }).plus({ days }).endOf('day').toMillis();
}

/** Whole days between two instants, rounded. */
export function daysBetween(from: number, to: number): number {
  return Math.round((to - from) / DAY_MS);
}
