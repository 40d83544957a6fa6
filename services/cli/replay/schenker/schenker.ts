import { InputTally } from '../../inputs/input-report.ts';
import type { SourceEvent } from '../../inputs/source-event.ts';
import { type CsvRow, readCsvRows } from '../csv-rows.ts';
import { byEventTime, eventMaker, type MakeEvent } from '../event-maker.ts';
import type { Importer } from '../importer.ts';
import { LocalTime } from '../local-time.ts';

/** Column, metric, UCUM unit. G-force is in `[g]`, the acceleration: plain `g` in UCUM is the gram. */
const METRICS = [
  ['Temperature', 'tempC', 'Cel'],
  ['Humidity', 'humidityPct', '%'],
  ['GForce', 'shockG', '[g]'],
  ['Light', 'lightLx', 'lx'],
  ['Door', 'doorOpen', '1'],
] as const;
/** Columns that give no reading, and why. */
const UNUSED = [
  ['Tilt', 'Tilt: the file does not tell its unit'],
  ['Latitude', 'position: no record has room for it'],
  ['Motion', 'states of the device (Active, Reverse, Sleep, Mount, Motion): they measure nothing'],
] as const;

/** DB Schenker: sensors in sea containers; rows in blocks by kind of sensor, with repeated stamps and jumps back. */
export const schenker: Importer = {
  title: 'DB Schenker: sensors of nine sea containers',
  files: ['container_sensors_schenker.csv.gz'],
  open([file = '']) {
    const tally = new InputTally();
    return { events: readEvents(file, tally), report: () => tally.report() };
  },
};

async function* readEvents(file: string, tally: InputTally): AsyncGenerator<SourceEvent> {
  const reader = new ReadingReader(tally, eventMaker('schenker', tally));
  const columns = ['SXXJ_number', 'Date', 'Time_UTC', ...METRICS.map(([column]) => column)];
  const events: SourceEvent[] = [];
  for await (const row of readCsvRows(file, columns)) {
    tally.read();
    events.push(...reader.take(row));
  }
  yield* byEventTime(events);
}

class ReadingReader {
  readonly #tally: InputTally;
  readonly #make: MakeEvent;
  readonly #times = new LocalTime('yyyy-MM-dd HH:mm:ss', 'UTC');
  /** Last stamp of each device in the order of the file. */
  readonly #last = new Map<string, number>();
  readonly #stamps = new Set<string>();
  /** How often a reading of this device, stamp and metric was seen, by value. */
  readonly #readings = new Map<string, Set<number>>();

  constructor(tally: InputTally, make: MakeEvent) {
    this.#tally = tally;
    this.#make = make;
  }

  *take({ line, fields }: CsvRow): Generator<SourceEvent> {
    const device = fields['SXXJ_number'] ?? '';
    const at = this.#times.parse(`${fields['Date']} ${fields['Time_UTC']}`);
    if (device === '' || at === undefined) {
      this.#tally.setAside('no device or no readable stamp', `line ${line}`);
      return;
    }
    this.#watchStamps(device, at, line);
    for (const [column, what] of UNUSED) if ((fields[column] ?? '') !== '') this.#tally.noted(`not used: ${what}`);
    let isUsed = false;
    for (const [column, metric, unit] of METRICS) {
      const text = fields[column] ?? '';
      if (text === '') continue;
      isUsed = true;
      yield* this.#reading({ device, at, metric, unit, value: Number(text), line });
    }
    if (!isUsed) this.#tally.setAside('row without a reading that is used');
  }

  /** The same device, stamp, metric and value, told in two blocks, is one reading. Another value is another reading. */
  *#reading(reading: {
    device: string;
    at: number;
    metric: string;
    unit: string;
    value: number;
    line: number;
  }): Generator<SourceEvent> {
    const { device, at, metric, unit, value, line } = reading;
    const key = `${device} ${at} ${metric}`;
    const values = this.#readings.get(key) ?? new Set();
    this.#readings.set(key, values);
    if (values.has(value)) {
      this.#tally.setAside('reading told twice: same device, stamp, metric and value', `line ${line}`);
      return;
    }
    values.add(value);
    if (values.size > 1) this.#tally.noted('several values of one metric at one stamp: all are used');
    yield this.#make('detent.sensors.SensorRead', `${device}-${at}-${metric}-${value}`, at, {
      sensorId: `schenker-${device}`,
      assetType: 'container',
      assetId: `container-${device}`,
      metric,
      value,
      unit,
      observedAt: at,
    });
  }

  #watchStamps(device: string, at: number, line: number): void {
    const stamp = `${device} ${at}`;
    if (this.#stamps.has(stamp)) this.#tally.noted('row repeats an earlier stamp of its device');
    this.#stamps.add(stamp);
    if (at < (this.#last.get(device) ?? at)) this.#tally.noted('stamp jumps back: sorted by time', `line ${line}`);
    this.#last.set(device, at);
  }
}
