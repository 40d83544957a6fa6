import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Series } from '@detent/core/experiment';
import { parse } from 'csv-parse/sync';
import { cutAt } from './generators.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST = 12_000;
/** SKUs by rank of how often they are ordered. */
const RANKS = [0, 10, 50, 150, 300];

/** Real series from the public data sets in `folder`, as far as they lie there. Times in samples. */
export function realSeries(folder: string): { signals: Series[]; counts: Series[] } {
  const read = (file: string): Record<string, string>[] => {
    const path = join(folder, file);
    if (!existsSync(path)) return [];
    return parse(gunzipSync(readFileSync(path)), { columns: true, relax_column_count: true });
  };
  const hourly = (name: string, rows: Record<string, string>[], t: string, x: string, cuts: readonly number[]) => {
    const points = new Map<number, number>();
    for (const row of rows) points.set(Date.parse(`${row[t]!.replace(' ', 'T')}Z`) / HOUR_MS, Number(row[x]));
    return cutAll(name, [...points].sort((a, b) => a[0] - b[0]).slice(0, MOST), cuts);
  };
  const traffic = read('traffic_weather_i94.csv.gz');
  return {
    signals: [
      ...hourly('office', read('nab_ambient_temperature_system_failure.csv.gz'), 'timestamp', 'value', [0.2, 0.5, 0.8]),
      ...hourly('traffic', traffic, 'date_time', 'traffic_volume', [0.3, 0.5, 0.8]),
      ...hourly('weather', traffic, 'date_time', 'temp', [0.2, 0.5, 0.7]),
      ...containers(read('container_sensors_schenker.csv.gz')),
    ],
    counts: orders(read('orders_online_retail.csv.gz')),
  };
}

/** Temperature of each container with enough readings, at the stamps that it has. */
function containers(rows: Record<string, string>[]): Series[] {
  const byDevice = new Map<string, Map<number, number>>();
  for (const row of rows) {
    if (!row['Temperature']) continue;
    const device = row['SXXJ_number']!;
    const points = byDevice.get(device) ?? new Map<number, number>();
    byDevice.set(device, points.set(Date.parse(`${row['Date']}T${row['Time_UTC']}Z`), Number(row['Temperature'])));
  }
  return [...byDevice].flatMap(([device, points]) => {
    const sorted = [...points].filter(([t]) => t > 0).sort((a, b) => a[0] - b[0]);
    if (sorted.length < 400) return [];
    const gaps = sorted.slice(1).map(([t], i) => t - sorted[i]![0]);
    const gap = gaps.sort((a, b) => a - b)[gaps.length >> 1]!;
    const samples = sorted.map(([t, x]): [number, number] => [t / gap, x]);
    return cutAll(`container${device}`, samples, [0.3, 0.7]);
  });
}

/** Order lines of a SKU per day. */
function orders(rows: Record<string, string>[]): Series[] {
  const bySku = new Map<string, Map<number, number>>();
  let first = Infinity;
  let last = -Infinity;
  for (const row of rows) {
    if (!(Number(row['Quantity']) > 0)) continue;
    const day = Date.parse(`${row['InvoiceDate']!.slice(0, 10)}T00:00Z`) / DAY_MS;
    const days = bySku.get(row['StockCode']!) ?? new Map<number, number>();
    bySku.set(row['StockCode']!, days.set(day, (days.get(day) ?? 0) + 1));
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  const total = (days: Map<number, number>) => [...days.values()].reduce((sum, count) => sum + count, 0);
  const ranked = [...bySku].sort((a, b) => total(b[1]) - total(a[1]));
  return RANKS.flatMap((rank) => {
    const days = ranked[rank]?.[1];
    if (days === undefined) return [];
    const points = Array.from({ length: last - first + 1 }, (_, i): [number, number] => [i, days.get(first + i) ?? 0]);
    return cutAll(`sku${rank}`, points, [0.6]);
  });
}

function cutAll(name: string, points: readonly [number, number][], cuts: readonly number[]): Series[] {
  if (points.length === 0) return [];
  const times = Float64Array.from(points, ([t]) => t);
  const values = Float64Array.from(points, ([, x]) => x);
  return cuts.map((cut) => cutAt(name, times, values, cut));
}
