import type { InputReport } from '../inputs/input-report.ts';
import type { SourceEvent } from '../inputs/source-event.ts';

export interface ImportOptions {
  /** Path of the column map; only for `csv`. */
  map?: string | undefined;
}

/** An input that was opened: its events in order of event time, and what became of its rows. */
export interface OpenInput {
  events: AsyncIterable<SourceEvent>;
  /** Counts so far; complete when `events` has ended. */
  report(): InputReport;
}

/** Reads the files of one source of data into source events. */
export interface Importer {
  /** What it reads, for the help text. */
  title: string;
  /** What each file is, in the order in which they are given. */
  files: readonly string[];
  /** Throws `InputError` when the files or the map cannot be used; also while the events are taken. */
  open(files: readonly string[], options: ImportOptions): OpenInput;
}
