import os from 'node:os';

/** One measured figure. `better`: which way is better, for whoever compares runs. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  better: 'more' | 'less';
  note?: string;
}

/** What a benchmark found, with the machine it ran on. */
export interface BenchReport {
  bench: string;
  figures: Figure[];
  machine: { cores: number; cpu: string; node: string };
}

export function report(bench: string, figures: Figure[]): BenchReport {
  return {
    bench,
    figures,
    machine: { cores: os.cpus().length, cpu: os.cpus()[0]?.model ?? '', node: process.version },
  };
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** CPU seconds (user and system) that this process spent in `work`. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A table of reports for a terminal. */
export function table(reports: readonly BenchReport[]): string {
  const rows = reports.flatMap(({ bench, figures }) =>
    figures.map((figure) => [bench, figure.name, format(figure.value), figure.unit, figure.note ?? '']),
  );
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 2 ? cell.padStart(widths[2]!) : cell.padEnd(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-GB') : value.toPrecision(3);
}
