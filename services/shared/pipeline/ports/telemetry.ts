/** Structured log lines; `fields` hold values, never the message. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

export type Labels = Readonly<Record<string, string>>;

/**
 * Metrics by name as declared in the catalogue of metrics: a name that is not declared there throws at the first use.
 * Labels are bounded sets, never ids.
 */
export interface Metrics {
  count(name: string, value?: number, labels?: Labels): void;
  gauge(name: string, value: number, labels?: Labels): void;
  observe(name: string, value: number, labels?: Labels): void;
}
