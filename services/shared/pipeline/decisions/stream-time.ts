import type { States } from '../processor.ts';
import type { Kept } from './effects.ts';

/** Key of the state that says how far time is known to be. */
export const TIME_STATE = '~time';
const MINUTE_MS = 60_000;

/** How far facts and the clock have taken a service. */
export class StreamTime {
  #at = Number.NEGATIVE_INFINITY;
  #known = Number.NEGATIVE_INFINITY;

  /** The newest instant of this session, epoch ms; −Infinity before the first. */
  get at(): number {
    return this.#at;
  }

  /** An instant that time has come to, epoch ms: the newest, or after a restart the start of its minute. */
  get least(): number {
    return Math.max(this.#at, this.#known - MINUTE_MS);
  }

  /** End of the minute that time stands in, epoch ms; the same after a restart, and written but once a minute. */
  get known(): number {
    return this.#known;
  }

  restore(value: object): void {
    this.#known = (value as { known: number }).known;
  }

  /** Time has come to `at` (epoch ms); it never goes back. */
  reach(at: number, states: States): void {
    this.#at = Math.max(this.#at, at);
    if (at < this.#known) return;
    this.#known = (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
    states.put(TIME_STATE, { dueAt: null, value: { known: this.#known } } satisfies Kept, null);
  }
}
