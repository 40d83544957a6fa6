import type { SourceEvent } from '../inputs/source-event.ts';

const SLICE_MS = 50;

/** Hands events on no faster than `speed` times real time, counted from the first. Infinity: at once. */
export async function* paced(
  events: Iterable<SourceEvent> | AsyncIterable<SourceEvent>,
  speed: number,
): AsyncIterable<SourceEvent> {
  let origin: { wall: number; event: number } | undefined;
  for await (const event of events) {
    if (speed !== Number.POSITIVE_INFINITY) {
      origin ??= { wall: Date.now(), event: event.eventTime };
      const ahead = (event.eventTime - origin.event) / speed - (Date.now() - origin.wall);
      if (ahead > SLICE_MS) await new Promise((resolve) => setTimeout(resolve, ahead));
    }
    yield event;
  }
}
