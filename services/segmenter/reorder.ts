import { type Observation, sliceMs, TimeSlice } from '@detent/core';
import type { States } from '@detent/pipeline';
import { SLICES_KEY, sliceKey } from './keys.ts';

type Loading<T> = Generator<readonly string[], T, void>;

/**
 * Puts a task's observations into the order of event time: each waits, as state, until stream time is past it by the
 * grace. What comes later than that is handed on at once and finds its entity ahead of it.
 */
export class Reorder {
  readonly #graceMs: number;
  readonly #sliceMs: number;

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
    this.#sliceMs = sliceMs(graceMs);
  }

  /** How far behind stream time an instant is when no observation before it waits any more. */
  get lagMs(): number {
    return this.#graceMs + this.#sliceMs;
  }

  keysOf({ observedAt }: Observation): string[] {
    return [SLICES_KEY, sliceKey(this.#sliceOf(observedAt))];
  }

  /** Lets an observation wait. */
  *add(observation: Observation, states: States): Loading<void> {
    const n = this.#sliceOf(observation.observedAt);
    const key = sliceKey(n);
    const slices = yield* this.#slices(states, [key]);
    const slice = (states.get(key) as TimeSlice | undefined) ?? new TimeSlice();
    slice.add(observation);
    states.put(key, slice, (n + 1) * this.#sliceMs + this.#graceMs);
    if (!slices.has(n)) states.put(SLICES_KEY, slices.add(n), null);
  }

  /** Takes out what need not wait any more at this stream time (epoch ms; Infinity: everything), in order. */
  *release(streamTime: number, states: States): Loading<Observation[]> {
    const slices = yield* this.#slices(states, []);
    const ripe = [...slices].filter((n) => (n + 1) * this.#sliceMs + this.#graceMs <= streamTime).sort((a, b) => a - b);
    if (ripe.length === 0) return [];
    const missing = ripe.map(sliceKey).filter((key) => !states.has(key));
    if (missing.length > 0) yield missing;
    const released: Observation[] = [];
    for (const n of ripe) {
      const key = sliceKey(n);
      for (const observation of (states.get(key) as TimeSlice | undefined)?.sorted() ?? []) released.push(observation);
      states.delete(key);
      slices.delete(n);
    }
    states.put(SLICES_KEY, slices, null);
    return released;
  }

  *#slices(states: States, and: readonly string[]): Loading<Set<number>> {
    const missing = [SLICES_KEY, ...and].filter((key) => !states.has(key));
    if (missing.length > 0) yield missing;
    return (states.get(SLICES_KEY) as Set<number> | undefined) ?? new Set();
  }

  #sliceOf(t: number): number {
    return Math.floor(t / this.#sliceMs);
  }
}
