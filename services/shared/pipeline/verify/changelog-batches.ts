import { ChangelogCorruptError, unpackStates } from '../changelog.ts';
import { decodeJournal, JOURNAL_HEADER, type JournalEntry } from '../journal.ts';
import type { LogRecord, StateWrite } from '../ports/index.ts';

/** What one commit, or one page of a sweep, left in a changelog. */
export interface ChangelogBatch {
  /** Absent for what a sweep wrote again, and for what was written before there was a journal. */
  entry: JournalEntry | undefined;
  /** Undefined where the profile keeps states elsewhere. */
  states: StateWrite[] | undefined;
  /** Offset of its first record, and the offset after its last. */
  offset: number;
  next: number;
}

/** Parts a changelog partition into batches: the records of one commit follow on each other. Throws `ChangelogCorruptError`. */
export async function* changelogBatches(pages: AsyncIterable<readonly LogRecord[]>): AsyncIterable<ChangelogBatch> {
  let open: ChangelogBatch | undefined;
  let missing = 0;
  for await (const page of pages) {
    for (const { offset, value, headers } of page) {
      const header = headers[JOURNAL_HEADER];
      const states = value === null ? undefined : unpackStates(value);
      if (header === undefined && open !== undefined && missing > 0) {
        open.states?.push(...(states ?? []));
        open.next = offset + 1;
        missing -= states?.length ?? 0;
      } else {
        if (missing > 0 && open !== undefined) throw cutShort(open, missing);
        if (open !== undefined) yield open;
        const entry = header && decodeJournal(header);
        open = { entry, states, offset, next: offset + 1 };
        missing = entry === undefined || states === undefined ? 0 : entry.states - states.length;
      }
    }
  }
  if (open === undefined) return;
  if (missing > 0) throw cutShort(open, missing);
  yield open;
}

function cutShort({ offset }: ChangelogBatch, missing: number): ChangelogCorruptError {
  return new ChangelogCorruptError(`the batch at offset ${offset} lacks ${missing} of its states`);
}
