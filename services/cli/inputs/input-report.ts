import type { SourceEvent } from './source-event.ts';

/**
 * What became of an input, complete once its events have been taken to the end. Rows that gave no event are in
 * `setAside`, by reason; what an event holds though the file did not say it is in `imputed`; what was odd but used all
 * the same is in `noted`.
 */
export interface InputReport {
  /** Rows or lines read. */
  read: number;
  /** Events by topic without prefix. */
  produced: Readonly<Record<string, number>>;
  setAside: Readonly<Record<string, number>>;
  imputed: Readonly<Record<string, number>>;
  noted: Readonly<Record<string, number>>;
  /** The first few places of each reason in `setAside` and `noted`: file and line, for whoever wants to look. */
  examples: Readonly<Record<string, readonly string[]>>;
}

const EXAMPLES = 3;

/** Counts what an importer or the simulator does. */
export class InputTally {
  #read = 0;
  readonly #produced = new Map<string, number>();
  readonly #setAside = new Map<string, number>();
  readonly #imputed = new Map<string, number>();
  readonly #noted = new Map<string, number>();
  readonly #examples = new Map<string, string[]>();

  read(): void {
    this.#read++;
  }

  produced(event: SourceEvent): void {
    add(this.#produced, event.topic);
  }

  /** A row that gives no event. `where` is file and line. */
  setAside(reason: string, where?: string): void {
    add(this.#setAside, reason);
    this.#example(reason, where);
  }

  /** A field that the file does not have, filled by a documented rule. */
  imputed(field: string, by = 1): void {
    add(this.#imputed, field, by);
  }

  /** Something odd that was used all the same. */
  noted(what: string, where?: string): void {
    add(this.#noted, what);
    this.#example(what, where);
  }

  report(): InputReport {
    return {
      read: this.#read,
      produced: sorted(this.#produced),
      setAside: sorted(this.#setAside),
      imputed: sorted(this.#imputed),
      noted: sorted(this.#noted),
      examples: sorted(this.#examples),
    };
  }

  #example(reason: string, where: string | undefined): void {
    if (where === undefined) return;
    const examples = this.#examples.get(reason);
    if (examples === undefined) this.#examples.set(reason, [where]);
    else if (examples.length < EXAMPLES) examples.push(where);
  }
}

function add(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
