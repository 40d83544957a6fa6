import type { Alternative, Cause, Effects } from '@detent/pipeline';
import type { Assigning } from '../assigning/assigning.ts';
import type { OrderState } from '../book/states.ts';
import { type SendingSize, sendingOf } from '../costing/costing.ts';
import { type Consignment, together } from '../goods/consignment.ts';
import type { Desk } from '../offers/desk.ts';
import {
  alternativesTo,
  basisDetails,
  bestOf,
  compareOffers,
  type Demand,
  expectedDetails,
  isOffer,
  type Offer,
  plain,
  type Rejection,
  round,
} from '../offers/offer.ts';

/** Orders that travel together, and what carries them. */
interface Load {
  members: OrderState[];
  goods: Consignment;
  size: SendingSize;
  offer: Offer;
  results: (Offer | Rejection)[];
}

/** An order with what it asks for now. */
interface Member {
  order: OrderState;
  demand: Demand;
}

/** Holds bulky orders that are in no hurry, and sends those of a lane together. */
export class Consolidating {
  readonly #desk: Desk;
  readonly #assigning: Assigning;

  constructor(desk: Desk, assigning: Assigning) {
    this.#desk = desk;
    this.#assigning = assigning;
  }

  /** Holds an order for the next consolidated departure of its lane. False when it should go by itself. */
  hold(order: OrderState, at: number, effects: Effects): boolean {
    // A person was asked about it: it goes by itself, in place of that question, as soon as it can.
    if (order.escalation !== null) return false;
    const { book, config } = this.#desk;
    const urgency = order.standings['urgency']?.segment ?? 'normal';
    if (order.standings['transport']?.segment !== 'bulky' || urgency !== 'normal') return false;
    if (this.#desk.playbookFor(order)?.do['consolidate'] === false) return false;
    const lane = this.#desk.laneOf(order);
    if (lane === undefined) return false;
    const demand = this.#desk.demandOf(order, lane.laneId, at);
    const offer = bestOf(this.#desk.ask(lane.laneId, demand, config.consolidatedModes));
    if (offer === undefined) return false;
    const climate = order.standings['climate']?.segment ?? 'any';
    const group = `${order.siteId}/${lane.laneId}/${climate}`;
    order.hold = { group, readyAt: demand.readyAt, weightG: demand.goods.weightG };
    order.waitingSince = null;
    book.heldIn.add(group, order.orderId);
    const tenderAt = offer.departure.handoverBy - config.tenderMs;
    const known = book.groups.get(group);
    const dueAt = Math.min(known?.dueAt ?? tenderAt, tenderAt);
    const weightG = (known?.weightG ?? 0) + demand.goods.weightG;
    const state = { laneId: lane.laneId, siteId: order.siteId!, dueAt, weightG };
    book.groups.set(group, state);
    effects.save(`group:${group}`, state, dueAt);
    effects.note('held');
    const isFull = book.heldIn.size(group) >= config.consolidatedMost;
    if (isFull || weightG >= config.consolidatedWeightG) {
      const why = isFull ? 'no more orders are held together' : 'it is heavy enough';
      this.#flush(group, this.#membersOf(group), at, why, effects);
    }
    return true;
  }

  /** Takes an order out of its group. */
  release(order: OrderState, effects: Effects): void {
    if (order.hold === null) return;
    const { group, weightG } = order.hold;
    const { book } = this.#desk;
    book.heldIn.remove(group, order.orderId);
    order.hold = null;
    if (book.heldIn.size(group) === 0) {
      book.groups.delete(group);
      effects.drop(`group:${group}`);
      return;
    }
    const known = book.groups.get(group)!;
    const rest = { ...known, weightG: known.weightG - weightG };
    book.groups.set(group, rest);
    effects.save(`group:${group}`, rest, rest.dueAt);
  }

  /** The time to tender a group has come: what is ready goes, the rest waits for the next departure. */
  tender(group: string, at: number, effects: Effects): void {
    const readyBy = at + this.#desk.config.tenderMs;
    const members = this.#membersOf(group);
    const ready = members.filter(({ hold }) => hold!.readyAt <= readyBy);
    const rest = members.filter(({ hold }) => hold!.readyAt > readyBy);
    this.#flush(group, ready, at, 'the cutoff is near', effects);
    // All leave before any is held again, so that the group's past instant goes with the last of them.
    for (const order of rest) this.release(order, effects);
    for (const order of rest) {
      if (!this.hold(order, at, effects)) this.#assigning.decide(order, order.cause!, at, effects);
      this.#desk.book.saveOrder(order, at, effects);
    }
  }

  /** Looks at a load again, as a whole, because its carrier or lane changed: another must be better by the margin. */
  reconsider(load: string, cause: Cause, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const members = book.loads.of(load).map((orderId) => book.orders.get(orderId)!);
    const current = members[0]!.assignment!;
    if (current.departAt <= at) return;
    const before = members.map((order) => order.assignment!);
    for (const order of members) book.unassign(order, false, effects);
    const { goods, size, results } = this.#ask(current.laneId, this.#asking(members, current.laneId, at));
    const offers = results.filter(isOffer).sort(compareOffers);
    const { carrierId, serviceId } = current;
    const same = offers.find((offer) => offer.carrierId === carrierId && offer.serviceId === serviceId);
    const best = offers[0];
    if (best === undefined || (same && !this.#desk.isEarned(same, best, config.changeCost * members.length))) {
      for (const [index, order] of members.entries()) book.assign(order, before[index]!, effects);
      effects.note('kept');
      return;
    }
    this.#consolidate(
      { members, goods, size, offer: best, results },
      cause,
      load,
      'its carrier or lane changed',
      at,
      effects,
    );
  }

  #flush(group: string, members: OrderState[], at: number, why: string, effects: Effects): void {
    const { laneId } = this.#desk.book.groups.get(group)!;
    for (const order of members) this.release(order, effects);
    const load = this.#load(laneId, members, at);
    if (load) {
      this.#consolidate(load, load.members[0]!.cause!, null, why, at, effects);
    }
    for (const order of members) {
      if (order.assignment === null) this.#assigning.decide(order, order.cause!, at, effects);
      this.#desk.book.saveOrder(order, at, effects);
    }
  }

  /** The load that takes the most of these orders, then costs least; undefined when none takes two. */
  #load(laneId: string, orders: OrderState[], at: number): Load | undefined {
    // The earliest promise last: whoever cannot be in time is left out first.
    const sorted = [...orders].sort((a, b) => b.promisedAt - a.promisedAt || (a.orderId > b.orderId ? -1 : 1));
    let members = this.#asking(sorted, laneId, at);
    while (members.length > 1) {
      const { goods, size, results } = this.#ask(laneId, members);
      const offer = bestOf(results);
      if (offer) return { members: members.map(({ order }) => order).reverse(), goods, size, offer, results };
      const isTooMuch = (results as Rejection[]).some(({ lacks }) => lacks === 'capacity');
      members = members.slice(0, isTooMuch ? Math.ceil(members.length / 2) : members.length - 1);
    }
    return undefined;
  }

  #asking(orders: readonly OrderState[], laneId: string, at: number): Member[] {
    return orders.map((order) => ({ order, demand: this.#desk.demandOf(order, laneId, at) }));
  }

  #ask(laneId: string, members: readonly Member[]) {
    const { config } = this.#desk;
    const demands = members.map(({ demand }) => demand);
    const goods = together(demands.map((demand) => demand.goods));
    const demand = {
      ...demands[0]!,
      goods,
      readyAt: Math.max(...demands.map(({ readyAt }) => readyAt)),
      promisedAt: Math.min(...demands.map(({ promisedAt }) => promisedAt)),
      size: {
        ...demands[0]!.size,
        quantity: demands.reduce((sum, { size }) => sum + size.quantity, 0),
        lines: demands.reduce((sum, { size }) => sum + size.lines, 0),
      },
      refused: Object.assign({}, ...demands.map(({ refused }) => refused)) as Demand['refused'],
      freshUntil: demands.reduce<number | null>(
        (least, { freshUntil }) => (freshUntil === null || (least !== null && least < freshUntil) ? least : freshUntil),
        null,
      ),
      lifeHours: demands.reduce<number | null>(
        (least, { lifeHours }) => (lifeHours === null || (least !== null && least < lifeHours) ? least : lifeHours),
        null,
      ),
    };
    return { goods, size: demand.size, results: this.#desk.ask(laneId, demand, config.consolidatedModes) };
  }

  #consolidate(load: Load, cause: Cause, supersedes: string | null, why: string, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const { members, goods, size, offer, results } = load;
    const { carrierId, serviceId, laneId, departure, arriveAt } = offer;
    const lead = members[0]!;
    lead.acted += 1;
    const { alternatives: apart, cost: apartCost } = this.#apart(members, at);
    const actionId = effects.act({
      type: 'consolidate',
      target: { entityType: 'lane', entityId: laneId },
      siteId: lead.siteId,
      cause,
      n: `${lead.orderId}-${lead.acted}`,
      because: `${members.length} bulky orders of lane ${laneId} go together with ${carrierId}/${serviceId} because ${why}; first is ${lead.orderId}: ${lead.cause!.text}`,
      details: {
        carrierId,
        serviceId,
        laneId,
        orders: members.length,
        ...basisDetails(goods),
        weightG: goods.weightG,
        cost: round(offer.cost),
        currency: config.currency,
        ...expectedDetails(book.costing.expect(sendingOf(goods, size, offer, laneId))),
        ...(apartCost === null ? {} : { saving: round(apartCost - offer.cost) }),
        handoverBy: departure.handoverBy,
        departAt: departure.departAt,
        arriveAt,
      },
      tasks: members.map((order) => ({
        orderId: order.orderId,
        quantity: order.lines.reduce((sum, { quantity }) => sum + quantity, 0),
      })),
      alternatives: [...apart, ...alternativesTo(offer, results, config.currency)],
      playbook: this.#desk.playbookFor(lead),
      validUntil: Math.max(departure.handoverBy, at),
      ...(supersedes === null ? {} : { supersedes }),
      undo: { type: 'unassign-carrier', details: { carrierId, serviceId } },
    });
    const whole = this.#desk.assignmentOf(offer, actionId);
    for (const order of members) {
      const { weightG } = this.#desk.goodsOf(order);
      const share = goods.weightG > 0 ? weightG / goods.weightG : 1 / members.length;
      const uses = whole.uses.map(({ key, amount }) => ({ key, amount: amount * share }));
      book.assign(order, { ...whole, cost: whole.cost * share, uses, actionId }, effects);
      this.#desk.book.saveOrder(order, at, effects);
    }
    effects.note('consolidated');
  }

  /** What it would cost to send each order by itself, where all could be. */
  #apart(members: readonly OrderState[], at: number): { alternatives: Alternative[]; cost: number | null } {
    const { currency } = this.#desk.config;
    let cost = 0;
    for (const order of members) {
      const { laneId } = this.#desk.laneOf(order)!;
      const results = this.#desk.ask(laneId, this.#desk.demandOf(order, laneId, at));
      const best = bestOf(results);
      if (best === undefined) {
        const rejections = results as Rejection[];
        const why = rejections[0] ? plain(rejections[0]).rejectedBecause : 'no service';
        const rejectedBecause = `${order.orderId} could not go alone: ${why}`;
        return { alternatives: [{ what: 'each order by itself', rejectedBecause }], cost: null };
      }
      cost += best.cost;
    }
    const rejectedBecause = 'sum of their best offers';
    return {
      alternatives: [{ what: 'each order by itself', rejectedBecause, value: round(cost), unit: currency }],
      cost,
    };
  }

  #membersOf(group: string): OrderState[] {
    const { book } = this.#desk;
    return book.heldIn.of(group).map((orderId) => book.orders.get(orderId)!);
  }
}
