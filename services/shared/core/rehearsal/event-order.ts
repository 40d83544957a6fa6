import type { Observation } from '../engine/types.ts';
import { sliceMs, TimeSlice } from '../reorder/time-slice.ts';

/** Puts observations into the order of event time within a grace, by the same slices as a task of the segmenter. */
export class EventOrder {
  readonly #graceMs: number;
  readonly #sliceMs: number;
  readonly #slices = new Map<number, TimeSlice>();

  /** `graceMs`: `orderBy.grace` of the model. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
    this.#sliceMs = sliceMs(graceMs);
  }

  /** How far behind stream time an instant is when no observation before it waits any more. */
  get lagMs(): number {
    return this.#graceMs + this.#sliceMs;
  }

  add(observation: Observation): void {
    const n = Math.floor(observation.observedAt / this.#sliceMs);
    let slice = this.#slices.get(n);
    if (slice === undefined) {
      slice = new TimeSlice();
      this.#slices.set(n, slice);
    }
    slice.add(observation);
  }

  /** Takes out what need not wait any more at this stream time (epoch ms; Infinity: everything), in order. */
  release(streamTime: number): Observation[] {
    const ripe = [...this.#slices.keys()].filter((n) => (n + 1) * this.#sliceMs + this.#graceMs <= streamTime);
    return ripe
      .sort((a, b) => a - b)
      .flatMap((n) => {
        const sorted = this.#slices.get(n)!.sorted();
        this.#slices.delete(n);
        return sorted;
      });
  }
}
