import type { RecordTypes } from '@detent/schemas';
import { type SourceEvent, type SourceName, toSourceEvent } from '../inputs/source-event.ts';

/** What the caller gives of a record; id and time are added. */
export type Fields<N extends SourceName> = Omit<RecordTypes[N], 'eventId' | 'occurredAt'>;

/** Collects what happens; ids count up, so that the same run gives the same ids. */
export class Emitter {
  readonly #prefix: string;
  #count = 0;
  #events: SourceEvent[] = [];

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Something happened at `at` (epoch ms). */
  emit<N extends SourceName>(name: N, at: number, fields: Fields<N>): void {
    const eventId = `${this.#prefix}-${this.#count++}`;
    // Whole milliseconds: that is all the wire carries.
    const value = { eventId, occurredAt: Math.round(at), ...fields } as unknown as RecordTypes[N];
    this.#events.push(toSourceEvent(name, value));
  }

  /** Hands over what was collected since the last call. */
  take(): SourceEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
