import type { Cause, Effects } from '@detent/pipeline';
import type { Assigning } from '../assigning/assigning.ts';
import type { OrderState } from '../book/states.ts';
import type { Consolidating } from '../consolidating/consolidating.ts';
import type { Desk } from '../offers/desk.ts';

/** Brings orders to where their facts put them now: alone, into a load, before a person, or out of routing. */
export class Settling {
  readonly #desk: Desk;
  readonly #assigning: Assigning;
  readonly #consolidating: Consolidating;

  constructor(desk: Desk, assigning: Assigning, consolidating: Consolidating) {
    this.#desk = desk;
    this.#assigning = assigning;
    this.#consolidating = consolidating;
  }

  /** Brings an order to where its facts and segments put it now. */
  settle(order: OrderState, at: number, effects: Effects): void {
    const { book } = this.#desk;
    this.#consolidating.release(order, effects);
    book.stopWaiting(order);
    if (!order.closed) this.#route(order, at, effects);
    book.saveOrder(order, at, effects);
  }

  /**
   * Looks again at orders that have a carrier, for a change that bears on all of them: loads as a whole, after the others,
   * but for who must leave its load to arrive in time, or as it is packed. `isBreach`: see `Assigning.reconsider`.
   */
  reconsider(orders: Iterable<OrderState>, cause: Cause, at: number, effects: Effects, isBreach = false): void {
    const { book } = this.#desk;
    const loads = new Set<string>();
    for (const order of orders) {
      const { load, arriveAt } = order.assignment!;
      const isLate = arriveAt > (this.#desk.freshUntil(order) ?? Number.POSITIVE_INFINITY);
      if (load !== null && !isLate && !this.#desk.misfitOf(order, order.assignment!)) {
        loads.add(load);
        continue;
      }
      this.#assigning.reconsider(order, cause, at, effects, isBreach);
      book.saveOrder(order, at, effects);
    }
    for (const load of loads) {
      if (book.loads.size(load) > 0) this.#consolidating.reconsider(load, cause, at, effects);
    }
  }

  /** It is kept, closed, until its segments end: a change that was on its way must not make it new. */
  close(order: OrderState, booked: boolean, at: number, effects: Effects): void {
    this.#letGo(order, booked, effects);
    order.waitingSince = null;
    order.closed = true;
    this.#desk.book.saveOrder(order, at, effects);
  }

  end(orderId: string, effects: Effects): void {
    const { book } = this.#desk;
    const order = book.orders.get(orderId);
    if (order === undefined) return;
    this.#letGo(order, false, effects);
    book.orders.delete(orderId);
    effects.drop(`order:${orderId}`);
    effects.note('order-ended');
  }

  /** Nothing is decided on it any more: what was commanded for it is done, or moot. */
  #letGo(order: OrderState, booked: boolean, effects: Effects): void {
    const { book } = this.#desk;
    const { assignment, escalation } = order;
    if (assignment !== null && booked) effects.done(assignment.actionId);
    // The load's own action stays in force for the others.
    else if (assignment?.load === null) effects.withdraw(assignment.actionId, 'the order is closed');
    if (escalation !== null) effects.withdraw(escalation, 'the order is closed');
    order.escalation = null;
    if (assignment !== null && booked)
      order.handedTo = { carrierId: assignment.carrierId, serviceId: assignment.serviceId };
    this.#consolidating.release(order, effects);
    book.unassign(order, booked, effects);
    book.stopWaiting(order);
    book.forgetLots(order);
  }

  #route(order: OrderState, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const lacks = this.#desk.lacking(order);
    if (lacks !== null) {
      if (lacks !== 'own') book.waitFor(order, lacks);
      if (order.cause !== null && order.escalation === null) order.waitingSince ??= at;
      effects.note('waits-for-facts');
      return;
    }
    const cause = order.cause!;
    order.readyAt ??= at + config.prepareMs;
    if (order.assignment !== null) {
      const { load, arriveAt } = order.assignment;
      // A load stands while it keeps the promise, and takes what was packed.
      const mustLeave = arriveAt > order.promisedAt || this.#desk.misfitOf(order, order.assignment) !== undefined;
      if (load === null || mustLeave) this.#assigning.reconsider(order, cause, at, effects);
      return;
    }
    if (this.#consolidating.hold(order, at, effects)) return;
    this.#assigning.decide(order, cause, at, effects);
  }
}
