import type { ActionsMode, Effects } from '@detent/pipeline';
import type { Action } from '@detent/schemas';
import type { Holder, OrderState } from '../book/states.ts';
import { packedOf } from '../goods/packed.ts';
import type { Desk } from '../offers/desk.ts';
import { basisText, round } from '../offers/offer.ts';
import type { Settling } from '../settling/settling.ts';

/**
 * Follows how picking packs orders. What has a carrier is looked at again by its parcels; where it was handed over already and
 * its service does not take them, people are called.
 */
export class Repacking {
  readonly #desk: Desk;
  readonly #settling: Settling;
  readonly #actions: ActionsMode;

  constructor(desk: Desk, settling: Settling, actions: ActionsMode) {
    this.#desk = desk;
    this.#settling = settling;
    this.#actions = actions;
  }

  /** Takes any action of picking; those that say nothing of cartons leave all as it is. */
  take(action: Action, at: number, effects: Effects): void {
    const { book } = this.#desk;
    const { type, target, details } = action;
    if (target.entityType !== 'order') return;
    const order = book.orders.get(target.entityId);
    const before = order?.packed?.actionId;
    if (type === 'pack') {
      if (this.#actions === 'live' && details['mode'] !== 'live') {
        // Nobody packs by it, and a command follows from what is done alone.
        effects.note('pack-rehearsed');
        return;
      }
      if (order === undefined) {
        effects.note('pack-of-unknown-order');
        return;
      }
      if (before === action.actionId) {
        effects.note('pack-seen-before');
        return;
      }
      order.packed = packedOf(action);
      effects.note('packed');
    } else {
      const isEnded = before !== undefined && (before === action.supersedes || isWithdrawalOf(before, action));
      if (order === undefined || !isEnded) return;
      delete order.packed;
      effects.note('packed-no-more');
    }
    const { assignment, closed, handedTo } = order;
    const has = closed ? handedTo : assignment !== null && assignment.departAt <= at ? assignment : undefined;
    if (has !== undefined) this.#check(order, has, at, effects);
    if (closed || has !== undefined) book.saveOrder(order, at, effects);
    else this.#settling.settle(order, at, effects);
  }

  /** An order that its service has: it is too late for another choice, so people are called where it does not take it. */
  #check(order: OrderState, has: Holder, at: number, effects: Effects): void {
    const { config } = this.#desk;
    const { cause } = order;
    const fault = this.#desk.misfitOf(order, has);
    if (fault === undefined || cause === null) {
      if (order.escalation !== null) effects.withdraw(order.escalation, 'the order is packed otherwise');
      order.escalation = null;
      return;
    }
    if (order.escalation !== null) {
      effects.note('still-escalated');
      return;
    }
    const { reason, value, unit } = fault;
    const { carrierId, serviceId } = has;
    const what = `${carrierId}/${serviceId}`;
    order.acted += 1;
    order.escalation = effects.act({
      type: 'escalate',
      target: { entityType: 'order', entityId: order.orderId },
      siteId: order.siteId,
      cause,
      n: order.acted,
      because: `${what} has the order and does not take its ${basisText(this.#desk.goodsOf(order))}: ${reason}; ${cause.dimension} is ${cause.segment}: ${cause.text}`,
      details: { services: 1, carrierId, serviceId, why: 'packed-unfit' },
      alternatives: [
        { what, rejectedBecause: reason, ...(value === undefined ? {} : { value: round(value), unit: unit! }) },
      ],
      playbook: this.#desk.playbookFor(order),
      validUntil: Math.max(order.promisedAt, at + config.escalationMs),
      undo: { type: 'close-escalation', details: {} },
    });
    effects.note('escalated');
  }
}

function isWithdrawalOf(actionId: string, { type, details }: Action): boolean {
  return type === 'withdraw' && details['actionId'] === actionId;
}
