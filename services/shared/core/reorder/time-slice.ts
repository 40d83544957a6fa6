import type { Observation } from '../engine/types.ts';

/** Slices that the grace of an order is cut into: what waits is written and released slice by slice. */
const SLICES = 8;

/** How long a slice of event time is, ms, for an order restored within `graceMs`. */
export function sliceMs(graceMs: number): number {
  return Math.max(1, Math.ceil(graceMs / SLICES));
}

/** Observations of one slice of event time that wait for older ones. */
export class TimeSlice {
  readonly #waiting: Observation[];

  constructor(waiting: readonly Observation[] = []) {
    this.#waiting = [...waiting];
  }

  static decode(text: string): TimeSlice {
    return new TimeSlice(JSON.parse(text) as Observation[]);
  }

  encode(): string {
    return JSON.stringify(this.#waiting);
  }

  add(observation: Observation): void {
    this.#waiting.push(observation);
  }

  /** All of them by event time, ties by where their events lie: however they came, the order is the same. */
  sorted(): Observation[] {
    return this.#waiting.toSorted(
      (a, b) =>
        a.observedAt - b.observedAt ||
        compare(a.source.topic, b.source.topic) ||
        a.source.partition - b.source.partition ||
        a.source.offset - b.source.offset ||
        compare(a.entityType, b.entityType) ||
        compare(a.entityId, b.entityId),
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
