import type { Observation } from '../engine/types.ts';

/** Observations of one entity that wait for older ones: released in the order of event time, ties as they came. */
export class ReorderBuffer {
  readonly #waiting: Observation[];

  constructor(waiting: readonly Observation[] = []) {
    this.#waiting = [...waiting];
  }

  static decode(text: string): ReorderBuffer {
    return new ReorderBuffer(JSON.parse(text) as Observation[]);
  }

  encode(): string {
    return JSON.stringify(this.#waiting);
  }

  /** Event time of the oldest that waits, epoch ms; undefined when none does. */
  get oldestAt(): number | undefined {
    return this.#waiting[0]?.observedAt;
  }

  add(observation: Observation): void {
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1]!.observedAt > observation.observedAt) at--;
    this.#waiting.splice(at, 0, observation);
  }

  /** Takes out all that are not newer than `until` (epoch ms), oldest first. */
  release(until: number): Observation[] {
    const end = this.#waiting.findIndex(({ observedAt }) => observedAt > until);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }
}
