import type { Effects } from '@detent/pipeline';
import { leastOf } from '../book/index-of.ts';
import type { Room, WakeState } from '../book/states.ts';
import type { Desk } from '../offers/desk.ts';
import type { Settling } from './settling.ts';

type Place = NonNullable<WakeState['after']>;

/**
 * Settles orders that wait for a fact when it comes, who is promised first before the others: so many at once and the rest
 * from second to second, for thousands may wait for one. Each is looked at after each fact; what comes while that is under
 * way has all looked at once more afterwards, so that whoever is last has its turn however often something comes.
 */
export class Waking {
  readonly #desk: Desk;
  readonly #settling: Settling;

  constructor(desk: Desk, settling: Settling) {
    this.#desk = desk;
    this.#settling = settling;
  }

  /** `facts`: keys of `Book.waiting`, the first before the others. `room`: nothing but room of this capacity is new. */
  wake(facts: readonly string[], room: Room | null, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    let looks = config.reconsiderMost;
    for (const fact of facts) {
      const known = book.wakes.get(fact);
      if (known) this.#keep(fact, { ...known, again: true, room: common(known.room, room) }, effects);
      else looks -= this.#step(fact, { after: null, again: false, room, dueAt: at }, looks, at, effects);
    }
  }

  /** `fact`: a key of `Book.waiting`. */
  due(fact: string, at: number, effects: Effects): void {
    const known = this.#desk.book.wakes.get(fact);
    if (known) this.#step(fact, known, this.#desk.config.reconsiderMost, at, effects);
  }

  /** Returns how many it looked at. */
  #step(fact: string, { after, again, room }: WakeState, most: number, at: number, effects: Effects): number {
    const { book, config } = this.#desk;
    const next = leastOf(this.#waitingAfter(after, fact), most, inOrder);
    for (const [looks, { orderId }] of next.entries()) {
      // Who comes when it is used up again would only be told the same once more.
      if (room !== null && !((book.leftOf(room.key, room) ?? 1) > 0)) {
        this.#end(fact, effects);
        return looks;
      }
      this.#settling.settle(book.orders.get(orderId)!, at, effects);
    }
    const last = next.at(-1) ?? after;
    const dueAt = at + config.reconsiderPauseMs;
    if (!this.#waitingAfter(last, fact).next().done) this.#keep(fact, { after: last, again, room, dueAt }, effects);
    else if (again) this.#keep(fact, { after: null, again: false, room, dueAt }, effects);
    else this.#end(fact, effects);
    return next.length;
  }

  #keep(fact: string, state: WakeState, effects: Effects): void {
    this.#desk.book.wakes.set(fact, state);
    effects.save(`wake:${fact}`, state, state.dueAt);
    effects.note('reconsiders-in-parts');
  }

  #end(fact: string, effects: Effects): void {
    if (this.#desk.book.wakes.delete(fact)) effects.drop(`wake:${fact}`);
  }

  *#waitingAfter(after: Place | null, fact: string): Generator<Place> {
    const { book } = this.#desk;
    for (const orderId of book.waiting.unsorted(fact)) {
      const place = { promisedAt: book.orders.get(orderId)!.promisedAt, orderId };
      if (after === null || inOrder(place, after) > 0) yield place;
    }
  }
}

/** What is new of two facts: room of one capacity alone, or more (null). */
function common(a: Room | null, b: Room | null): Room | null {
  return a?.key === b?.key && a?.carrierId === b?.carrierId && a?.serviceId === b?.serviceId ? b : null;
}

function inOrder(a: Place, b: Place): number {
  return a.promisedAt - b.promisedAt || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0);
}
