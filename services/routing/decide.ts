import { causeAfter, type Decider, type Effects, type Fact, type StatusNews, takeChange } from '@detent/pipeline';
import type {
  Action,
  LotReceived,
  OrderCancelled,
  OrderChanged,
  OrderLineStatusChanged,
  OrderPlaced,
  SegmentChanged,
  ShipmentBooked,
  ShipmentLoaded,
  ShipmentMilestone,
} from '@detent/schemas';
import { Assigning } from './assigning/assigning.ts';
import { Balancing } from './assigning/balancing.ts';
import { Book } from './book/book.ts';
import { Describing } from './book/describing.ts';
import { hear } from './book/hearing.ts';
import type { OrderState } from './book/states.ts';
import { Consolidating } from './consolidating/consolidating.ts';
import { Desk, type RoutingOptions, routingDimensions } from './offers/desk.ts';
import { Freshness } from './reconsidering/freshness.ts';
import { Repacking } from './reconsidering/repacking.ts';
import { Standing } from './reconsidering/standing.ts';
import { Sweeping } from './reconsidering/sweeping.ts';
import { Settling } from './settling/settling.ts';
import { Waking } from './settling/waking.ts';
import { Transit } from './transit/transit.ts';

/** Chooses who carries each order. See README.md for the rules. */
export class RoutingDecider implements Decider {
  readonly book: Book;
  readonly #describing: Describing;
  readonly #desk: Desk;
  readonly #assigning: Assigning;
  readonly #consolidating: Consolidating;
  readonly #balancing: Balancing;
  readonly #settling: Settling;
  readonly #waking: Waking;
  readonly #sweeping: Sweeping;
  readonly #freshness: Freshness;
  readonly #standing: Standing;
  readonly #transit: Transit;
  readonly #repacking: Repacking;

  constructor(options: RoutingOptions) {
    this.book = new Book(options.config);
    this.#desk = new Desk(this.book, options);
    this.#balancing = new Balancing(this.#desk);
    this.#assigning = new Assigning(this.#desk, this.#balancing);
    this.#consolidating = new Consolidating(this.#desk, this.#assigning);
    this.#settling = new Settling(this.#desk, this.#assigning, this.#consolidating);
    this.#waking = new Waking(this.#desk, this.#settling);
    this.#describing = new Describing(this.book, this.#waking);
    this.#sweeping = new Sweeping(this.#desk, this.#settling);
    this.#freshness = new Freshness(this.#desk, this.#sweeping);
    this.#standing = new Standing(this.book, this.#sweeping);
    this.#transit = new Transit(this.#desk);
    this.#repacking = new Repacking(this.#desk, this.#settling, options.actions);
  }

  restore(key: string, value: object): void {
    this.book.restore(key, value);
  }

  restored(): void {
    this.book.restored();
  }

  decide({ name, value, at }: Fact, effects: Effects): void {
    if (name === 'detent.segments.SegmentChanged') this.#change(value as SegmentChanged, at, effects);
    else if (name === 'detent.orders.OrderPlaced') this.#order(value as OrderPlaced, at, effects);
    else if (name === 'detent.orders.OrderChanged') this.#order(value as OrderChanged, at, effects);
    else if (name === 'detent.orders.OrderCancelled') this.#cancelled(value as OrderCancelled, at, effects);
    else if (name === 'detent.orders.OrderLineStatusChanged') this.#line(value as OrderLineStatusChanged, at, effects);
    else if (name === 'detent.shipments.ShipmentBooked') this.#booked(value as ShipmentBooked, at, effects);
    else if (name === 'detent.shipments.ShipmentLoaded') this.#transit.loaded(value as ShipmentLoaded, at, effects);
    else if (name === 'detent.shipments.ShipmentMilestone')
      this.#transit.milestone(value as ShipmentMilestone, effects);
    else if (name === 'detent.actions.Action') this.#repacking.take(value as Action, at, effects);
    else if (name === 'detent.inventory.LotReceived') this.#freshness.received(value as LotReceived, effects);
    else if (!this.#describing.take(name, value, at, effects)) hear(this.book, this.#desk.config, name, value, effects);
  }

  due(key: string, at: number, effects: Effects): void {
    const cut = key.indexOf(':');
    const id = key.slice(cut + 1);
    if (key.startsWith('group:')) {
      this.#consolidating.tender(id, at, effects);
    } else if (key.startsWith('balance:')) {
      for (const order of this.#balancing.due(id, at, effects)) {
        this.#assigning.decide(order, order.cause!, at, effects, true);
        this.book.saveOrder(order, at, effects);
      }
    } else if (key.startsWith('lot:')) {
      this.book.lots.delete(id);
      effects.drop(key);
    } else if (key.startsWith('sweep:')) {
      this.#sweeping.due(id, at, effects);
    } else if (key.startsWith('wake:')) {
      this.#waking.due(id, at, effects);
    } else if (key.startsWith('shipment:')) {
      this.#transit.forget(id, effects);
    } else if (key.startsWith('capacity:')) {
      this.book.capacities.delete(id);
      effects.drop(key);
    } else {
      const order = this.book.orders.get(id);
      if (order === undefined) return;
      if (order.waitingSince === null) {
        effects.note('order-forgotten');
        this.#settling.end(id, effects);
        return;
      }
      const lacks = order.waitsFor ?? 'the order itself or its segments';
      const rejection = { what: 'any service', rejectedBecause: `lacks facts: ${lacks}` };
      if (order.cause) this.#assigning.escalate(order, order.cause, [rejection], at, effects);
      order.waitingSince = null;
      this.book.saveOrder(order, at, effects);
    }
  }

  /** Who was rejected, or failed, is not asked again for that order; who was not told in time may be. */
  status(news: StatusNews, action: Action, effects: Effects): void {
    const { status, reason, by, at } = news;
    if (status !== 'rejected' && status !== 'failed' && status !== 'expired') return;
    if (action.type === 'divert') {
      this.#transit.status(news, action, effects);
      return;
    }
    const orderIds = [action.target.entityId, ...(action.tasks ?? []).map(({ orderId }) => orderId ?? '')];
    for (const orderId of orderIds) {
      const order = this.book.orders.get(orderId);
      if (order === undefined || order.closed || order.assignment?.actionId !== action.actionId) continue;
      const { carrierId, serviceId } = order.assignment;
      if (status !== 'expired') {
        const why = `${status}${by === null ? '' : `, says ${by}`}: ${reason ?? 'no reason given'}`;
        order.refused = { ...order.refused, [`${carrierId}/${serviceId}`]: why };
      }
      effects.note(`assignment-${status}`);
      this.book.unassign(order, false, effects);
      this.#settling.settle(order, at, effects);
    }
  }

  #change(change: SegmentChanged, at: number, effects: Effects): void {
    const { entityType, entityId, dimension } = change;
    if (entityType === 'lot') {
      const cause = this.#freshness.change(change, at, effects);
      if (cause) this.#transit.lotChanged(entityId, cause, at, effects);
    } else if (entityType === 'order') {
      if (routingDimensions.has(dimension)) this.#orderChange(change, at, effects);
    } else {
      this.#standing.change(change, at, effects);
    }
  }

  #orderChange(change: SegmentChanged, at: number, effects: Effects): void {
    const { entityId } = change;
    let order = this.book.orders.get(entityId);
    if (order === undefined) {
      if (change.to === null || change.to === undefined) return;
      order = this.#newOrder(entityId);
    }
    const taken = takeChange(order.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
    } else if (taken === 'ended') {
      this.#settling.end(entityId, effects);
    } else {
      order.cause = causeAfter(order.cause, change, order.standings);
      this.#settling.settle(order, at, effects);
    }
  }

  #order(placed: OrderPlaced | OrderChanged, at: number, effects: Effects): void {
    const order = this.book.orders.get(placed.orderId) ?? this.#newOrder(placed.orderId);
    if (order.known && placed.version <= order.version) {
      effects.note('order-version-seen-before');
      return;
    }
    order.known = true;
    order.heardAt ??= at;
    order.version = placed.version;
    order.siteId = placed.siteId ?? order.siteId;
    order.promisedAt = placed.promisedAt;
    order.customerId = placed.customerId;
    order.destination = { country: placed.destination.country, postcode: placed.destination.postcode };
    const lots = new Map(order.lines.map(({ lineId, lotId }) => [lineId, lotId]));
    this.book.forgetLots(order);
    order.lines = placed.lines
      .filter(({ lineId, quantity }) => quantity > 0 && !order.cancelledLines.includes(lineId))
      .map(({ lineId, skuId, quantity }) => {
        const lotId = lots.get(lineId);
        return { lineId, skuId, quantity, ...(lotId === undefined ? {} : { lotId }) };
      });
    if (!order.closed) this.book.indexLots(order);
    this.#settling.settle(order, at, effects);
  }

  #line({ orderId, lineId, status, lotId }: OrderLineStatusChanged, at: number, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (order === undefined || order.closed) return;
    if (status === 'shipped' || status === 'delivered') {
      this.#settling.close(order, true, at, effects);
    } else if (status === 'cancelled') {
      order.cancelledLines.push(lineId);
      this.book.forgetLots(order);
      order.lines = order.lines.filter((line) => line.lineId !== lineId);
      this.book.indexLots(order);
      if (order.known && order.lines.length === 0) this.#settling.close(order, false, at, effects);
      else this.#settling.settle(order, at, effects);
    } else if (lotId != null) {
      const line = order.lines.find((one) => one.lineId === lineId);
      if (line === undefined || line.lotId === lotId) return;
      this.book.forgetLots(order);
      line.lotId = lotId;
      this.book.indexLots(order);
      this.#settling.settle(order, at, effects);
    }
  }

  #cancelled({ orderId }: OrderCancelled, at: number, effects: Effects): void {
    const order = this.book.orders.get(orderId);
    if (order === undefined || order.closed) return;
    effects.note('order-ended');
    this.#settling.close(order, false, at, effects);
  }

  #booked(shipment: ShipmentBooked, at: number, effects: Effects): void {
    const { orderIds, carrierId, serviceId } = shipment;
    let arriveAt: number | null = null;
    for (const orderId of orderIds) {
      const order = this.book.orders.get(orderId);
      if (order === undefined || order.closed) continue;
      const { assignment } = order;
      const isOurs = assignment?.carrierId === carrierId && assignment.serviceId === serviceId;
      if (isOurs) arriveAt = assignment.arriveAt;
      effects.note(isOurs ? 'booked-as-assigned' : 'booked-otherwise');
      order.handedTo = { carrierId, serviceId };
      this.#settling.close(order, isOurs, at, effects);
    }
    this.#transit.booked(shipment, arriveAt, at, effects);
  }

  #newOrder(orderId: string): OrderState {
    const order: OrderState = {
      orderId,
      known: false,
      version: 0,
      siteId: null,
      customerId: '',
      heardAt: null,
      lines: [],
      cancelledLines: [],
      promisedAt: 0,
      destination: { country: '', postcode: '' },
      standings: {},
      cause: null,
      readyAt: null,
      hold: null,
      assignment: null,
      escalation: null,
      waitsFor: null,
      waitingSince: null,
      acted: 0,
      closed: false,
    };
    this.book.orders.set(orderId, order);
    return order;
  }
}
