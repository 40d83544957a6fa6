import type { RunReport, Scenario } from './scenario.ts';

/** A fault over all its runs. */
export interface FaultRow {
  fault: string;
  what: string;
  seeds: number[];
  runs: number;
  kills: number;
  /** Source records. */
  events: number;
  expected: number;
  missing: number;
  doubled: number;
  /** There, but not saying what they should; out of sequence; not so in Redis. */
  wrong: number;
  /** The longest of the runs, s. */
  recoverSeconds: number;
  ok: boolean;
}

/** One row a fault, in the order of `faults`. */
export function rowsOf(reports: readonly RunReport[], faults: readonly Pick<Scenario, 'name' | 'what'>[]): FaultRow[] {
  return faults.flatMap(({ name, what }) => {
    const of = reports.filter(({ fault }) => fault === name);
    if (of.length === 0) return [];
    const sum = (value: (report: RunReport) => number) => of.reduce((total, report) => total + value(report), 0);
    const slowest = Math.max(...of.map(({ recoveredMs }) => recoveredMs));
    return {
      fault: name,
      what,
      seeds: of.map(({ seed }) => seed),
      runs: of.length,
      kills: sum(({ kills }) => kills),
      events: sum(({ events }) => events),
      expected: sum(({ expected }) => expected),
      missing: sum(({ missing }) => missing),
      doubled: sum(({ doubled }) => doubled),
      wrong: sum(({ differing, sequenceFaults, redisFaults }) => differing + sequenceFaults + redisFaults),
      recoverSeconds: Math.round(slowest / 100) / 10,
      ok: of.every(({ ok }) => ok),
    };
  });
}

const columns = ['fault', 'runs', 'kills', 'events', 'expected', 'missing', 'doubled', 'wrong', 'recoverSeconds', 'ok'];

/** For people: one line a fault. */
export function table(rows: readonly FaultRow[]): string {
  const cells = [
    ['fault', 'runs', 'kills', 'events', 'changes', 'missing', 'doubled', 'wrong', 'recover s', ''],
    ...rows.map((row) =>
      columns.map((column) => {
        const value = row[column as keyof FaultRow];
        return typeof value === 'boolean' ? (value ? 'ok' : 'FAILED') : String(value);
      }),
    ),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}
