import type { RecordTypes } from '@detent/schemas';
import { InputError } from '../../inputs/input-error.ts';
import { InputTally } from '../../inputs/input-report.ts';
import { type SourceEvent, toSourceEvent } from '../../inputs/source-event.ts';
import { type CsvRow, readCsvRows } from '../csv-rows.ts';
import { byEventTime } from '../event-maker.ts';
import type { Importer } from '../importer.ts';
import { type CsvMap, type RecordPlan, readCsvMap } from './read-map.ts';

/** Anyone's own export: a map says which column each field of a record is from. Events are sorted in memory. */
export const csv: Importer = {
  title: 'any CSV file, by a column map (--map)',
  files: ['export.csv'],
  open([file = ''], { map }) {
    if (map === undefined) {
      throw new InputError(
        'DETENT_INPUT_OPTIONS',
        'replay csv: --map map.yaml is needed; examples/csv/map.yaml shows one',
      );
    }
    const tally = new InputTally();
    return { events: readEvents(file, readCsvMap(map), tally), report: () => tally.report() };
  },
};

async function* readEvents(file: string, map: CsvMap, tally: InputTally): AsyncGenerator<SourceEvent> {
  const groups = map.records.map(() => new Map<string, CsvRow[]>());
  for await (const row of readCsvRows(file, map.columns, map.delimiter)) {
    tally.read();
    let isUsed = false;
    map.records.forEach((plan, index) => {
      if (plan.where !== undefined && row.fields[plan.where.column] !== plan.where.is) return;
      isUsed = true;
      const key =
        plan.groupBy.length === 0 ? String(row.line) : JSON.stringify(plan.groupBy.map((column) => row.fields[column]));
      const group = groups[index]?.get(key);
      if (group === undefined) groups[index]?.set(key, [row]);
      else group.push(row);
    });
    if (!isUsed) tally.setAside('row that no "where" of the map takes', `${file}:${row.line}`);
  }
  const events = map.records.flatMap((plan, index) =>
    [...(groups[index]?.values() ?? [])].flatMap((rows) => toEvent(file, map.source, plan, rows, tally) ?? []),
  );
  for (const event of byEventTime(events)) {
    tally.produced(event);
    yield event;
  }
}

/** The record of a group of rows; undefined, with the reason counted, when a cell of them cannot be used. */
function toEvent(
  file: string,
  source: string,
  plan: RecordPlan,
  rows: readonly CsvRow[],
  tally: InputTally,
): SourceEvent | undefined {
  const first = rows[0] as CsvRow;
  // Without an id of its own, the line where it begins: the same file read again gives the same ids.
  const record: Record<string, unknown> = {
    eventId: `${source}-${plan.record.slice(plan.record.lastIndexOf('.') + 1)}-${first.line}`,
  };
  for (const { path, read } of plan.fields) {
    for (const [index, row] of (path.list === undefined ? [first] : rows).entries()) {
      const cell = read(row.fields);
      if (!cell.ok) {
        tally.setAside(`${plan.record}: ${cell.fault}`, `${file}:${row.line}`);
        return undefined;
      }
      if (cell.value === undefined) continue;
      put(record, path.list === undefined ? path.names : [path.list, index, ...path.names], cell.value);
    }
  }
  return toSourceEvent(plan.record, record as unknown as RecordTypes[typeof plan.record]);
}

/** Sets a value at a path, making objects and lists on the way. */
function put(record: Record<string, unknown>, path: readonly (string | number)[], value: unknown): void {
  let at = record as Record<string | number, unknown>;
  path.forEach((name, index) => {
    if (index === path.length - 1) {
      at[name] = value;
      return;
    }
    at[name] ??= typeof path[index + 1] === 'number' ? [] : {};
    at = at[name] as Record<string | number, unknown>;
  });
}
