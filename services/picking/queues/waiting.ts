import { Timers } from '@detent/pipeline';
import { compareQueued, type Queued } from './queued.ts';

/** The orders of one queue, in the order of picking, with the instants at which they must go. */
export class Waiting {
  readonly list: Queued[] = [];
  units = 0;
  readonly #release = new Timers();

  /** When the next order must be released, epoch ms; null when the queue is empty. */
  next(): number | null {
    return this.#release.next() ?? null;
  }

  insert(place: Queued): void {
    this.list.splice(this.#indexOf(place), 0, place);
    this.units += place.units;
    this.#release.set(place.orderId, place.releaseBy);
  }

  /** Takes an order out; `place` as it was inserted. */
  remove(place: Queued): void {
    const index = this.#indexOf(place);
    if (this.list[index]?.orderId !== place.orderId) return;
    this.units -= place.units;
    this.list.splice(index, 1);
    this.#release.set(place.orderId, null);
  }

  /** Puts off the release of an order that stays where it is. */
  putOff(place: Queued, until: number): void {
    place.releaseBy = until;
    this.#release.set(place.orderId, until);
  }

  /** Where a place stands, or belongs. */
  #indexOf(place: Queued): number {
    let low = 0;
    for (let high = this.list.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (compareQueued(this.list[middle]!, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
