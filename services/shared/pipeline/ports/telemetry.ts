import type { CounterName, GaugeName, HistogramName } from './metric-catalogue.ts';

/** Structured log lines; `fields` hold values, never the message. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

export type Labels = Readonly<Record<string, string>>;

/** Metrics of the catalogue. Labels are bounded sets, never ids. */
export interface Metrics {
  count(name: CounterName, value?: number, labels?: Labels): void;
  gauge(name: GaugeName, value: number, labels?: Labels): void;
  observe(name: HistogramName, value: number, labels?: Labels): void;
}
