import type { RecordTypes } from '@detent/schemas';
import type { InputTally } from '../inputs/input-report.ts';
import { type SourceEvent, type SourceName, toSourceEvent } from '../inputs/source-event.ts';

/** What an importer gives of a record; id and time stand apart. */
export type RecordFields<N extends SourceName> = Omit<RecordTypes[N], 'eventId' | 'occurredAt'>;

/** An event of a file, counted. `id` must follow from the file alone, so that a second import is dropped as a repeat. */
export type MakeEvent = <N extends SourceName>(
  name: N,
  id: string,
  occurredAt: number,
  fields: RecordFields<N>,
) => SourceEvent<N>;

/** Makes the events of one importer: ids begin with its name. */
export function eventMaker(importer: string, tally: InputTally): MakeEvent {
  return (name, id, occurredAt, fields) => {
    const value = { eventId: `${importer}-${id}`, occurredAt, ...fields } as unknown as RecordTypes[typeof name];
    const event = toSourceEvent(name, value);
    tally.produced(event);
    return event;
  };
}

/** Orders events by time; those of one instant stay as they were made. Changes the list. */
export function byEventTime(events: SourceEvent[]): SourceEvent[] {
  return events.sort((a, b) => a.eventTime - b.eventTime);
}
