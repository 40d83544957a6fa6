import { Timers } from '@detent/pipeline';
import { compareQueued, type Queued } from './queued.ts';

/** Orders that lie side by side: to put one in or take one out moves no more than these. */
const PART = 256;

/** The orders of one queue, in the order of picking, with the instants at which they must go. */
export class Waiting implements Iterable<Queued> {
  size = 0;
  units = 0;
  /** None is empty. */
  readonly #parts: Queued[][] = [];
  readonly #release = new Timers();

  *[Symbol.iterator](): Iterator<Queued> {
    for (const part of this.#parts) yield* part;
  }

  /** The first `most` of them. */
  first(most: number): Queued[] {
    const first: Queued[] = [];
    for (const place of this) {
      if (first.length >= most) break;
      first.push(place);
    }
    return first;
  }

  /** When the next order must be released, epoch ms; null when the queue is empty. */
  next(): number | null {
    return this.#release.next() ?? null;
  }

  insert(place: Queued): void {
    const at = this.#partOf(place);
    const part = this.#parts[at];
    if (part === undefined) this.#parts.push([place]);
    else {
      part.splice(belongs(part, place), 0, place);
      if (part.length > PART) this.#parts.splice(at + 1, 0, part.splice(PART / 2));
    }
    this.size += 1;
    this.units += place.units;
    this.#release.set(place.orderId, place.releaseBy);
  }

  /** Takes an order out; `place` as it was inserted. */
  remove(place: Queued): void {
    const at = this.#partOf(place);
    const part = this.#parts[at] ?? [];
    const index = belongs(part, place);
    if (part[index]?.orderId !== place.orderId) return;
    part.splice(index, 1);
    if (part.length === 0) this.#parts.splice(at, 1);
    this.size -= 1;
    this.units -= place.units;
    this.#release.set(place.orderId, null);
  }

  /** Puts off the release of an order that stays where it is. */
  putOff(place: Queued, until: number): void {
    place.releaseBy = until;
    this.#release.set(place.orderId, until);
  }

  /** The part in which a place stands or belongs: the first that ends at or after it, else the last. */
  #partOf(place: Queued): number {
    const at = firstIndex(this.#parts.length, (part) => compareQueued(this.#parts[part]!.at(-1)!, place) >= 0);
    return Math.max(0, Math.min(at, this.#parts.length - 1));
  }
}

/** Where a place stands in a part, or belongs. */
function belongs(part: readonly Queued[], place: Queued): number {
  return firstIndex(part.length, (index) => compareQueued(part[index]!, place) >= 0);
}

/** The first index below `length` from which on it holds; `length` where there is none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  for (let high = length; low < high; ) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
