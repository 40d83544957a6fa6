import type { SourceEvent } from '../../services/cli/inputs/source-event.ts';
import { simulateEvents } from '../../services/cli/simulate/simulate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A simulated warehouse without defects, whose last event is about now. */
export function simulatedEvents(options: { seed: number; scale: number; hours: number }): {
  /** What comes next, to the end of so many hours after the start. */
  until(hours: number): Iterable<SourceEvent>;
} {
  const { seed, scale, hours } = options;
  const start = Date.now() - hours * HOUR_MS;
  const { events } = simulateEvents({ seed, scale, start, days: (hours * HOUR_MS) / DAY_MS, defects: 0 });
  const iterator = events[Symbol.iterator]();
  let next = iterator.next();
  return {
    *until(hour) {
      for (; !next.done && next.value.eventTime < start + hour * HOUR_MS; next = iterator.next()) yield next.value;
    },
  };
}
