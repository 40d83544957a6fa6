import { type ActionsMode, type Cause, membershipsOf, type PlaybookChoice, type PlaybookFor } from '@detent/pipeline';
import type { Book } from '../book/book.ts';
import type { Assignment, Holder, Lane, OrderState } from '../book/states.ts';
import type { RoutingConfig, Weights } from '../config.ts';
import { type Expected, type Sender, sendingOf, sizeOf } from '../costing/costing.ts';
import { hoursBetween, inProportion } from '../costing/merit.ts';
import type { Consignment } from '../goods/consignment.ts';
import { usableUntil } from '../lots/index.ts';
import { type GoodsFault, goodsFault } from './constraints.ts';
import { type Candidate, type Demand, evaluate, type Offer, type Rejection } from './offer.ts';

/** What the routing decider is made from. */
export interface RoutingOptions {
  config: RoutingConfig;
  /** What its own actions are written as. */
  actions: ActionsMode;
  playbookFor: PlaybookFor;
  /** Dimensions of `order` that must be known before it is routed: those that routing uses and the model has. */
  needs(): readonly string[];
}

/** What all of routing asks of the book: who can carry what, and what it would cost. */
export class Desk {
  readonly book: Book;
  readonly config: RoutingConfig;
  readonly #options: RoutingOptions;

  constructor(book: Book, options: RoutingOptions) {
    this.book = book;
    this.config = options.config;
    this.#options = options;
  }

  playbookFor(order: OrderState): PlaybookChoice | undefined {
    return this.#options.playbookFor(membershipsOf('order', order.standings));
  }

  /** The playbook for segments by `entityType.dimension`. */
  playbookOf: PlaybookFor = (memberships) => this.#options.playbookFor(memberships);

  /**
   * What an order lacks before it can be routed: `own` when the order itself or its segments have not come, else the
   * key of `book.waiting` under which it should wait. Null when nothing is lacking.
   */
  lacking(order: OrderState): string | null {
    if (!order.known || order.closed || order.cause === null) return 'own';
    if (!this.#options.needs().every((dimension) => order.standings[dimension] !== undefined)) return 'own';
    const unknown = order.lines.find(({ skuId }) => !this.book.skus.has(skuId));
    if (unknown) return `sku:${unknown.skuId}`;
    order.siteId ??= this.book.onlySite();
    if (order.siteId === null || !this.book.lanesOfSite.has(order.siteId)) return `site:${order.siteId ?? ''}`;
    const lane = this.laneOf(order);
    if (lane && !this.book.offersOnLane.get(lane.laneId)?.length) return `lane:${lane.laneId}`;
    return null;
  }

  laneOf(order: OrderState): Lane | undefined {
    return this.book.laneTo(order.siteId!, order.destination);
  }

  goodsOf(order: OrderState): Consignment {
    return this.book.goodsOf(order);
  }

  /** Why a service cannot take an order as it was packed; undefined where it can, or where it is not packed. */
  misfitOf(order: OrderState, { carrierId, serviceId }: Holder): GoodsFault | undefined {
    const service = this.book.serviceOf(carrierId, serviceId);
    if (service === undefined || !order.packed || !order.lines.every(({ skuId }) => this.book.skus.has(skuId)))
      return undefined;
    const goods = this.goodsOf(order);
    return goods.parcels === null ? undefined : goodsFault(service, goods, this.config);
  }

  demandOf(order: OrderState, laneId: string, at: number): Demand {
    const { destination, promisedAt } = order;
    const lane = this.book.lanesOfSite.get(order.siteId!)?.find((one) => one.laneId === laneId);
    return {
      goods: this.goodsOf(order),
      postcode: destination.postcode,
      readyAt: Math.max(order.readyAt ?? 0, at + this.config.tenderMs),
      promisedAt,
      size: sizeOf(order),
      isCongested: this.isCongested(laneId),
      refused: order.refused ?? {},
      distanceKm: lane?.distanceKm ?? null,
      freshUntil: this.freshUntil(order),
      lifeHours: this.#lifeHours(order, at),
      weights: this.#weightsOf(order),
    };
  }

  /** Those of the customer's tier, in the proportions of the playbook. */
  #weightsOf(order: OrderState): Weights {
    const { weights } = this.config;
    const tier = this.book.customers.get(order.customerId)?.tier;
    const usual = weights[tier ?? 'other'] ?? weights.other;
    const wanted = this.playbookFor(order)?.do['carrierWeights'];
    return typeof wanted === 'object' && wanted !== null ? inProportion(usual, wanted) : usual;
  }

  /** When the first of its lots has just the life left that the customer asks for, epoch ms; null: no lot is known. */
  freshUntil(order: OrderState): number | null {
    const earliest = this.#usableUntil(order);
    if (earliest === Number.POSITIVE_INFINITY) return null;
    return earliest - (this.book.customers.get(order.customerId)?.minRemainingLifeHours ?? 0) * 3_600_000;
  }

  /** Hours that the first of its lots to end can still be used; null: no lot is known. */
  #lifeHours(order: OrderState, at: number): number | null {
    const earliest = this.#usableUntil(order);
    return earliest === Number.POSITIVE_INFINITY ? null : hoursBetween(at, earliest);
  }

  #usableUntil({ lines }: OrderState): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { lotId } of lines) {
      const lot = lotId === undefined ? undefined : this.book.lots.get(lotId);
      if (lot) earliest = Math.min(earliest, usableUntil(lot));
    }
    return earliest;
  }

  /** True where another offer saves more than the change costs, and a share of what is paid now. */
  isEarned(now: Offer, other: Offer, changeCost = this.config.changeCost): boolean {
    return now.score - other.score > Math.max(changeCost, now.score * this.config.switchShare);
  }

  isCongested(laneId: string): boolean {
    return this.book.congestion.get(laneId)?.standings['congestion']?.segment === 'congested';
  }

  /** What every service on a lane makes of a demand; `modes` narrows the services. */
  ask(laneId: string, demand: Demand, modes?: readonly string[]): (Offer | Rejection)[] {
    const results: (Offer | Rejection)[] = [];
    for (const { service, lane } of this.book.offersOnLane.get(laneId) ?? []) {
      if (modes && !modes.includes(service.mode)) continue;
      const candidate: Candidate = {
        service,
        lane,
        tariff: this.book.tariffs.get(`${service.carrierId}/${lane.tariffId}`),
        reliability: this.book.carriers.get(service.carrierId)?.standings['reliability']?.segment,
        rates: this.book.records.ratesOf(service.carrierId, laneId, this.config.presumedRates),
        expected: () => this.book.costing.expect(sendingOf(demand.goods, demand.size, service, lane.laneId)),
        capacitiesOn: (day) => this.book.capacitiesOn(service, laneId, day),
      };
      results.push(evaluate(candidate, demand, this.config, this.book.timetable));
    }
    return results;
  }

  /** What an order's freight is expected to come to, whatever a tariff says; undefined while too little is known. */
  expectedOf(order: OrderState, goods: Consignment, sender: Sender, laneId: string): Expected | undefined {
    return this.book.costing.expect(sendingOf(goods, sizeOf(order), sender, laneId));
  }

  /** What an order holds by an offer. */
  assignmentOf(offer: Offer, load: string | null): Omit<Assignment, 'actionId'> {
    const { carrierId, serviceId, laneId, cost, departure, arriveAt, uses } = offer;
    return {
      carrierId,
      serviceId,
      laneId,
      cost,
      handoverBy: departure.handoverBy,
      departAt: departure.departAt,
      arriveAt,
      uses,
      load,
    };
  }

  /** Segment that decided, where its change may command; else the last that may. */
  causeOf(order: OrderState, dimension: string): Cause {
    const standing = order.standings[dimension];
    if (!standing?.commands) return order.cause!;
    return { ...standing, entityType: 'order', entityId: order.orderId, dimension };
  }
}

/** Dimensions of an order that say how it is sent. */
export const routingDimensions: ReadonlySet<string> = new Set(['transport', 'urgency', 'care', 'climate']);
