import { BUCKETS } from '../references/bucket.ts';

/**
 * The visits of a population: in each round, of length `refreshMs` and aligned to the epoch, every entity is visited
 * once, a sixteenth of them at a time. Visits are numbered since the epoch; where a round begins, the last one is closed.
 */
export class Rounds {
  readonly refreshMs: number;

  constructor(refreshMs: number) {
    this.refreshMs = refreshMs;
  }

  /** The instant of a visit, epoch ms. */
  instantOf(visit: number): number {
    return Math.floor((visit * this.refreshMs) / BUCKETS);
  }

  /** The first visit after an instant. */
  after(instant: number): number {
    let visit = Math.floor((instant * BUCKETS) / this.refreshMs);
    while (this.instantOf(visit) <= instant) visit++;
    return visit;
  }

  /** Which sixteenth is visited. */
  sliceOf(visit: number): number {
    return visit % BUCKETS;
  }

  /** Where to go on after a long silence: two whole rounds before an instant are enough to know all that is. */
  resume(visit: number, instant: number): number {
    return Math.max(visit, (Math.floor(this.after(instant) / BUCKETS) - 2) * BUCKETS);
  }

  /** The visit that comes next where `visit` was numbered by rounds of another length: none is made twice. */
  renumber(visit: number, refreshMs: number): number {
    return refreshMs === this.refreshMs ? visit : this.after(new Rounds(refreshMs).instantOf(visit) - 1);
  }
}
