import type { SourceEvent } from '../../services/cli/inputs/source-event.ts';
import { simulateEvents } from '../../services/cli/simulate/simulate.ts';

/** The first `count` events of a simulated warehouse without defects: what all benchmarks read. */
export function* benchEvents(count: number): Generator<SourceEvent> {
  let taken = 0;
  for (const event of simulateEvents({ seed: 1, scale: 2, days: 3650, defects: 0 }).events) {
    if (taken === count) return;
    taken += 1;
    yield event;
  }
}
