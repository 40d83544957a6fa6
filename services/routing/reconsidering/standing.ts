import { type Cause, type Effects, takeChange } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import { leastOf } from '../book/index-of.ts';
import type { StandingState, SweepState } from '../book/states.ts';
import type { Desk } from '../offers/desk.ts';
import type { Settling } from '../settling/settling.ts';

/** The next orders of a sweep are looked at so much later, ms of event time: other answers come between. */
const PAUSE_MS = 1000;

/**
 * Follows where carriers and lanes stand. When one gets worse, the orders that it has are looked at again: the next to be
 * handed over first, so many at once and the rest from second to second, for a carrier may have thousands.
 */
export class Standing {
  readonly #desk: Desk;
  readonly #settling: Settling;

  constructor(desk: Desk, settling: Settling) {
    this.#desk = desk;
    this.#settling = settling;
  }

  change(change: SegmentChanged, at: number, effects: Effects): void {
    const { entityType, dimension } = change;
    if (entityType === 'carrier' && dimension === 'reliability') {
      const cause = this.#take(change, this.#desk.book.carriers, 'carrier', effects);
      if (cause && cause.segment !== 'reliable') this.#sweep({ cause, after: null }, at, effects);
    } else if (entityType === 'lane' && dimension === 'congestion') {
      const cause = this.#take(change, this.#desk.book.congestion, 'congestion', effects);
      if (cause && cause.segment === 'congested') this.#sweep({ cause, after: null }, at, effects);
    }
  }

  /** `of`: `carrier` or `lane`, a colon and its id. */
  due(of: string, at: number, effects: Effects): void {
    const { book } = this.#desk;
    const sweep = book.sweeps.get(of);
    book.sweeps.delete(of);
    effects.drop(`sweep:${of}`);
    if (sweep === undefined) return;
    const { entityType, entityId, dimension, changeId } = sweep.cause;
    const all = entityType === 'carrier' ? book.carriers : book.congestion;
    // Another change came meanwhile: it has begun its own, or made this one moot.
    if (all.get(entityId)?.standings[dimension]?.changeId === changeId) this.#sweep(sweep, at, effects);
  }

  /** Takes a change; returns it as a cause where it is new and may command. */
  #take(change: SegmentChanged, all: Map<string, StandingState>, prefix: string, effects: Effects): Cause | undefined {
    const { entityType, entityId, dimension } = change;
    const state = all.get(entityId) ?? { standings: {} };
    const taken = takeChange(state.standings, change);
    if (taken === 'ended') {
      all.delete(entityId);
      effects.drop(`${prefix}:${entityId}`);
    } else if (taken !== 'seen') {
      all.set(entityId, state);
      effects.save(`${prefix}:${entityId}`, state);
      const standing = state.standings[dimension];
      return standing?.commands ? { ...standing, entityType, entityId, dimension } : undefined;
    } else {
      effects.note('change-seen-before');
    }
    return undefined;
  }

  #sweep({ cause, after }: SweepState, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const index = cause.entityType === 'carrier' ? book.assignedTo : book.assignedOn;
    const places: Place[] = [];
    for (const orderId of index.unsorted(cause.entityId)) {
      const { assignment } = book.orders.get(orderId)!;
      const place = { orderId, handoverBy: assignment!.handoverBy };
      if (assignment!.departAt > at && (after === null || inOrder(place, after) > 0)) places.push(place);
    }
    const next = leastOf(places, config.reconsiderMost, inOrder);
    const orders = next.map(({ orderId }) => book.orders.get(orderId)!);
    this.#settling.reconsider(orders, cause, at, effects);
    if (next.length < config.reconsiderMost) return;
    const of = `${cause.entityType}:${cause.entityId}`;
    const rest = { cause, after: next.at(-1)! };
    book.sweeps.set(of, rest);
    effects.save(`sweep:${of}`, rest, at + PAUSE_MS);
    effects.note('reconsiders-in-parts');
  }
}

type Place = NonNullable<SweepState['after']>;

function inOrder(a: Place, b: Place): number {
  return a.handoverBy - b.handoverBy || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0);
}
