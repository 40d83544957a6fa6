import { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { type CsvRow, readCsvRows } from '../csv-rows.ts';
import { eventMaker, type MakeEvent } from '../event-maker.ts';
import type { Importer } from '../importer.ts';
import { LocalTime } from '../local-time.ts';
import { weatherSeverity } from './severity.ts';

const LANE_ID = 'i94-west';
const REGION_ID = 'us-mn';
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const ZERO_C_IN_K = 273.15;
const COLUMNS = ['temp', 'rain_1h', 'snow_1h', 'weather_main', 'weather_description', 'date_time', 'traffic_volume'];

/**
 * UCI Metro Interstate: hourly traffic and weather on one road. Values that cannot be (0 K, 9,831 mm of rain) go through
 * as they stand: whether a value is possible is ingest's to judge, and there they become dead letters that can be seen.
 */
export const i94: Importer = {
  title: 'UCI Metro Interstate I-94: hourly traffic volume and weather',
  files: ['traffic_weather_i94.csv.gz'],
  open([file = '']) {
    const tally = new InputTally();
    return { events: readEvents(file, tally), report: () => tally.report() };
  },
};

async function* readEvents(file: string, tally: InputTally): AsyncGenerator<SourceEvent> {
  const make = eventMaker('i94', tally);
  const times = new LocalTime('yyyy-MM-dd HH:mm:ss', 'America/Chicago');
  let hour: CsvRow[] = [];
  let hourAt: number | undefined;
  for await (const row of readCsvRows(file, COLUMNS)) {
    tally.read();
    const at = times.parse(row.fields['date_time'] ?? '');
    if (at === undefined || !Number.isFinite(Number(row.fields['traffic_volume'] || Number.NaN))) {
      tally.setAside('stamp or volume cannot be read', `line ${row.line}`);
      continue;
    }
    if (hourAt === undefined) yield describeLane(make, tally, at);
    else if (at !== hourAt) {
      yield* hourEvents(hour, hourAt, make, tally);
      if (at - hourAt > DAY_MS) tally.noted(`gap of ${Math.floor((at - hourAt) / DAY_MS)} days`, `line ${row.line}`);
      // Clocks went back: the local hour stands twice in the year, and the second one is not told apart.
      if (at < hourAt) tally.noted('stamp earlier than the one before', `line ${row.line}`);
      hour = [];
    }
    hourAt = at;
    hour.push(row);
  }
  if (hourAt !== undefined) yield* hourEvents(hour, hourAt, make, tally);
}

/** The lane with its region, so that the weather finds it. */
function describeLane(make: MakeEvent, tally: InputTally, at: number): SourceEvent {
  tally.imputed('LaneDescribed: origin, distance');
  return make('detent.sites.LaneDescribed', LANE_ID, at, {
    originSiteId: 'minneapolis',
    laneId: LANE_ID,
    destinationCountry: 'US',
    postcodePrefixes: [],
    regionIds: [REGION_ID],
    distanceKm: 18,
  });
}

/** One hour: its traffic once, and its weather as the worst of its labels; their other values are the first row's. */
function* hourEvents(rows: readonly CsvRow[], at: number, make: MakeEvent, tally: InputTally): Generator<SourceEvent> {
  const first = rows[0];
  if (first === undefined) return;
  const number = (row: CsvRow, column: string) => Number(row.fields[column]);
  for (const row of rows.slice(1)) {
    const where = `line ${row.line}`;
    tally.noted('another weather label of the same hour: merged', where);
    if (number(row, 'temp') !== number(first, 'temp'))
      tally.noted('merged rows differ in temperature: the first counts', where);
    if (number(row, 'traffic_volume') !== number(first, 'traffic_volume')) {
      tally.noted('merged rows differ in volume: the first counts', where);
    }
  }
  const span = { issuedAt: at, validFrom: at, validTo: at + HOUR_MS };
  yield make('detent.external.TrafficReported', `traffic-${at}`, at, {
    laneId: LANE_ID,
    volume: number(first, 'traffic_volume'),
    ...span,
  });
  const tempK = number(first, 'temp');
  const rainMm = Math.max(...rows.map((row) => number(row, 'rain_1h')));
  const snowMm = Math.max(...rows.map((row) => number(row, 'snow_1h')));
  if (tempK <= 0) tally.noted('0 K: passed on, for ingest to refuse', `line ${first.line}`);
  if (rainMm > 500)
    tally.noted(`${rainMm} mm of rain in an hour: passed on, for ingest to refuse`, `line ${first.line}`);
  tally.imputed('WeatherReported.severity');
  yield make('detent.external.WeatherReported', `weather-${at}`, at, {
    regionId: REGION_ID,
    tempC: Math.round((tempK - ZERO_C_IN_K) * 100) / 100,
    precipitationMm: Math.round((rainMm + snowMm) * 100) / 100,
    severity: Math.max(
      ...rows.map(({ fields }) => weatherSeverity(fields['weather_main'] ?? '', fields['weather_description'] ?? '')),
    ),
    ...span,
  });
}
