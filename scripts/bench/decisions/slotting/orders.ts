import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const DAY_MS = 86_400_000;
/** Names of a column in the two published editions of the series. */
const COLUMNS = {
  invoice: ['InvoiceNo', 'Invoice'],
  code: ['StockCode'],
  quantity: ['Quantity'],
  date: ['InvoiceDate'],
} as const;

/** Picks of a file of order lines: one for each invoice and article. */
export interface PickHistory {
  /** Articles in alphabetical order. */
  skus: string[];
  /** Picks by article, then by day since the file's first. */
  daily: Uint16Array[];
  days: number;
  /** Articles of each order, with its day since the file's first; in the order of the file. */
  orders: { day: number; articles: number[] }[];
}

/**
 * Reads order lines (CSV, plain or gzipped) in the columns of Online Retail. Taken are lines whose invoice is no return
 * (`C…`), with a quantity above 0 and a code that begins with five digits.
 *
 * @throws Error when a column is missing or no line is taken.
 */
export function readPicks(file: string): PickHistory {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.split('\n');
  const header = cells(lines[0] ?? '').map((name) => name.trim().replace(/^\uFEFF/, ''));
  const column = (of: keyof typeof COLUMNS): number => {
    const at = header.findIndex((name) => (COLUMNS[of] as readonly string[]).includes(name));
    if (at < 0) throw new Error(`${file}: no column ${COLUMNS[of].join(' or ')}; the header is ${header.join(',')}`);
    return at;
  };
  const [invoice, code, quantity, date] = [column('invoice'), column('code'), column('quantity'), column('date')];
  const seen = new Set<string>();
  const picks: { sku: string; day: number; number: string }[] = [];
  for (const line of lines.slice(1)) {
    const row = cells(line);
    const sku = (row[code] ?? '').toUpperCase();
    const number = row[invoice] ?? '';
    if (number.startsWith('C') || !(Number(row[quantity]) > 0) || !/^\d{5}/.test(sku)) continue;
    const key = `${number} ${sku}`;
    const day = Math.floor(Date.parse(`${(row[date] ?? '').slice(0, 10)}T00:00:00Z`) / DAY_MS);
    if (seen.has(key) || Number.isNaN(day)) continue;
    seen.add(key);
    picks.push({ sku, day, number });
  }
  if (picks.length === 0) throw new Error(`${file}: no line is a pick; dates must be written 2010-12-01…`);
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { day } of picks) {
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  const skus = [...new Set(picks.map(({ sku }) => sku))].sort();
  const indexOf = new Map(skus.map((sku, index) => [sku, index]));
  const days = last - first + 1;
  const daily = skus.map(() => new Uint16Array(days));
  for (const { sku, day } of picks) daily[indexOf.get(sku)!]![day - first]! += 1;
  const orders = new Map<string, { day: number; articles: number[] }>();
  for (const { sku, day, number } of picks) {
    const order = orders.get(number);
    if (order) order.articles.push(indexOf.get(sku)!);
    else orders.set(number, { day: day - first, articles: [indexOf.get(sku)!] });
  }
  return { skus, daily, days, orders: [...orders.values()] };
}

function cells(line: string): string[] {
  const row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (const char of line) {
    if (char === '"') {
      isQuoted = !isQuoted;
    } else if (char === ',' && !isQuoted) {
      row.push(cell);
      cell = '';
    } else if (char !== '\r') {
      cell += char;
    }
  }
  row.push(cell);
  return row;
}
