import { hoursToLast } from '@detent/core';
import type { Effects } from '@detent/pipeline';
import type { RoutingConfig } from '../config.ts';
import { Costing, type Invoice } from '../costing/costing.ts';
import { type LaneRecord, TrackRecords } from '../costing/record.ts';
import type { Tariff } from '../costing/tariff.ts';
import { type Consignment, consignmentOf, type Sku } from '../goods/consignment.ts';
import { isPackedFor } from '../goods/packed.ts';
import { unknownLife } from '../lots/index.ts';
import { type Service, type ServiceLane, Timetable } from '../timetable/schedule.ts';
import { Index } from './index-of.ts';
import type {
  Assignment,
  BalanceState,
  CapacityState,
  CustomerState,
  DayCapacity,
  GroupState,
  Lane,
  LotState,
  OrderState,
  ShipmentState,
  StandingState,
  SweepState,
  WakeState,
} from './states.ts';

/** What every build has kept of a lot. */
type Dated = Pick<LotState, 'expiresAt'>;

function isWhole(value: object): value is LotState {
  return 'standings' in value;
}

/** All that routing knows, in memory, with what is derived from it. */
export class Book {
  readonly orders = new Map<string, OrderState>();
  readonly skus = new Map<string, Sku>();
  readonly tariffs = new Map<string, Tariff>();
  readonly carriers = new Map<string, StandingState>();
  readonly congestion = new Map<string, StandingState>();
  readonly capacities = new Map<string, CapacityState>();
  readonly groups = new Map<string, GroupState>();
  readonly customers = new Map<string, CustomerState>();
  readonly lots = new Map<string, LotState>();
  /** By `carrier`, `lane` or `lot`, a colon and its id. */
  readonly sweeps = new Map<string, SweepState>();
  /** By keys of `waiting`. */
  readonly wakes = new Map<string, WakeState>();
  readonly shipments = new Map<string, ShipmentState>();
  readonly records = new TrackRecords();
  readonly costing = new Costing();
  readonly balances = new Map<string, BalanceState>();
  readonly timetable: Timetable;
  readonly lanesOfSite = new Map<string, Lane[]>();
  readonly offersOnLane = new Map<string, { service: Service; lane: ServiceLane }[]>();
  readonly #services = new Map<string, Service>();
  /** Orders by what they wait for: `sku:`, `site:`, `lane:`, `room:` and the id. */
  readonly waiting = new Index();
  readonly assignedTo = new Index();
  readonly assignedOn = new Index();
  readonly heldIn = new Index();
  readonly loads = new Index();
  readonly ordersOfLot = new Index();
  readonly shipmentsOfLot = new Index();

  readonly #config: RoutingConfig;

  constructor(config: RoutingConfig) {
    this.#config = config;
    this.timetable = new Timetable(config.calendars);
  }

  restore(key: string, value: object): void {
    const cut = key.indexOf(':');
    const id = key.slice(cut + 1);
    switch (key.slice(0, cut)) {
      case 'order':
        this.orders.set(id, value as OrderState);
        break;
      case 'sku':
        this.skus.set(id, value as Sku);
        break;
      case 'tariff':
        this.tariffs.set(id, value as Tariff);
        break;
      case 'carrier':
        this.carriers.set(id, value as StandingState);
        break;
      case 'congestion':
        this.congestion.set(id, value as StandingState);
        break;
      case 'capacity':
        this.capacities.set(id, value as CapacityState);
        break;
      case 'group':
        this.groups.set(id, value as GroupState);
        break;
      case 'customer':
        this.customers.set(id, value as CustomerState);
        break;
      case 'lot':
        // Those of an older build know the date alone.
        this.lots.set(
          id,
          isWhole(value) ? value : { ...(value as Dated), lotId: id, skuId: '', standings: {}, ...unknownLife },
        );
        break;
      case 'sweep':
        this.sweeps.set(id, value as SweepState);
        break;
      case 'wake':
        this.wakes.set(id, value as WakeState);
        break;
      case 'invoice':
        this.costing.restore(value as Invoice);
        break;
      case 'shipment':
        this.shipments.set(id, value as ShipmentState);
        break;
      case 'record': {
        const { carrierId, laneId, ...record } = value as LaneRecord & { carrierId: string; laneId: string };
        this.records.put(carrierId, laneId, record);
        break;
      }
      case 'balance':
        this.balances.set(id, value as BalanceState);
        break;
      case 'lane':
        this.#keepLane(value as Lane);
        break;
      case 'service':
        this.#keepService(value as Service);
        break;
    }
  }

  /** Indexes what orders hold and wait for. */
  restored(): void {
    this.costing.restored();
    for (const order of this.orders.values()) {
      if (order.waitsFor !== null) this.waiting.add(order.waitsFor, order.orderId);
      if (!order.closed) this.indexLots(order);
      if (order.hold) this.heldIn.add(order.hold.group, order.orderId);
      if (order.assignment && !order.closed) this.#indexAssignment(order.orderId, order.assignment);
    }
    for (const { shipmentId, lots } of this.shipments.values()) {
      for (const { lotId } of lots) this.shipmentsOfLot.add(lotId, shipmentId);
    }
  }

  /** Remembers which lots an order takes. */
  indexLots({ orderId, lines }: OrderState): void {
    for (const { lotId } of lines) if (lotId !== undefined) this.ordersOfLot.add(lotId, orderId);
  }

  forgetLots({ orderId, lines }: OrderState): void {
    for (const { lotId } of lines) if (lotId !== undefined) this.ordersOfLot.remove(lotId, orderId);
  }

  dropShipment(shipmentId: string): void {
    for (const { lotId } of this.shipments.get(shipmentId)?.lots ?? []) this.shipmentsOfLot.remove(lotId, shipmentId);
    this.shipments.delete(shipmentId);
  }

  putLane(lane: Lane, effects: Effects): void {
    this.#keepLane(lane);
    effects.save(`lane:${lane.laneId}`, lane);
  }

  putService(service: Service, effects: Effects): void {
    this.#keepService(service);
    effects.save(`service:${service.carrierId}/${service.serviceId}`, service);
  }

  /** The site of orders that name none: the only one with lanes, if there is but one. */
  onlySite(): string | null {
    return this.lanesOfSite.size === 1 ? (this.lanesOfSite.keys().next().value as string) : null;
  }

  /** The lane to a destination: the one with the longest postcode prefix that fits; undefined when there is none. */
  laneTo(siteId: string, { country, postcode }: OrderState['destination']): Lane | undefined {
    let best: Lane | undefined;
    let longest = -1;
    for (const lane of this.lanesOfSite.get(siteId) ?? []) {
      if (lane.destinationCountry !== country) continue;
      const { postcodePrefixes } = lane;
      const length = postcodePrefixes.length === 0 ? 0 : longestPrefix(postcodePrefixes, postcode);
      if (length > longest || (length === longest && length >= 0 && lane.laneId < best!.laneId)) {
        best = lane;
        longest = length;
      }
    }
    return best;
  }

  serviceOf(carrierId: string, serviceId: string): Service | undefined {
    return this.#services.get(`${carrierId}/${serviceId}`);
  }

  /** Lanes that a service serves. */
  lanesOfService(carrierId: string, serviceId: string): string[] {
    return this.#services.get(`${carrierId}/${serviceId}`)?.lanes.map(({ laneId }) => laneId) ?? [];
  }

  /** What an order's lines are to carry, as they were packed once they were; all its articles must be known. */
  goodsOf({ lines, standings, heardAt, promisedAt, packed }: OrderState): Consignment {
    // The longest that coolant may have to last, whenever it is packed: so the answer stays until the order changes.
    const hours = hoursToLast(heardAt ?? Number.NEGATIVE_INFINITY, promisedAt);
    const asPacked =
      packed !== undefined && isPackedFor(packed, lines)
        ? { parcels: packed.parcels, isControlled: packed.isControlled || promisedAt > packed.keptUntil }
        : undefined;
    return consignmentOf(lines, this.skus, standings['climate']?.segment, hours, this.#config, asPacked);
  }

  /** An order that lacks facts is due when people are asked, another when it is forgotten. */
  saveOrder(order: OrderState, at: number, effects: Effects): void {
    const { factsWaitMs, retentionMs } = this.#config;
    const dueAt = order.waitingSince === null ? at + retentionMs : order.waitingSince + factsWaitMs;
    effects.save(`order:${order.orderId}`, order, dueAt);
  }

  /** Lets an order wait for something: `sku:`, `site:` or `lane:` and an id; `room:` and a lane for its next balance. */
  waitFor(order: OrderState, waitsFor: string): void {
    order.waitsFor = waitsFor;
    this.waiting.add(waitsFor, order.orderId);
  }

  stopWaiting(order: OrderState): void {
    if (order.waitsFor !== null) this.waiting.remove(order.waitsFor, order.orderId);
    order.waitsFor = null;
  }

  /** Gives an order to a carrier and takes the capacity that it needs. */
  assign(order: OrderState, assignment: Assignment, effects: Effects): void {
    order.assignment = assignment;
    this.#indexAssignment(order.orderId, assignment);
    for (const { key, amount } of assignment.uses) this.#use(key, amount, effects);
  }

  /** Takes an order from its carrier; `booked`: the carrier has it, so the capacity stays used until its next report. */
  unassign(order: OrderState, booked: boolean, effects: Effects): void {
    const { assignment, orderId } = order;
    if (assignment === null) return;
    this.assignedTo.remove(assignment.carrierId, orderId);
    this.assignedOn.remove(assignment.laneId, orderId);
    if (assignment.load) this.loads.remove(assignment.load, orderId);
    for (const { key, amount } of assignment.uses) {
      const capacity = this.capacities.get(key);
      if (booked && capacity) capacity.booked += amount;
      this.#use(key, -amount, effects);
    }
    order.assignment = null;
  }

  /** Capacities that a departure draws on: of the lane and of the whole service, limited or not. */
  capacitiesOn(service: Service, laneId: string, day: string): DayCapacity[] {
    const of = serviceKey(service);
    return [
      this.#capacityAt(`${of}/${laneId}/${day}`, service.capacity, false),
      this.#capacityAt(`${of}/*/${day}`, service.capacity, true),
    ];
  }

  /** What is left of one capacity of an offer's departure; undefined where it has no limit. */
  leftOf(key: string, { carrierId, serviceId }: { carrierId: string; serviceId: string }): number | undefined {
    const of = `${carrierId}/${serviceId}`;
    return this.#capacityAt(key, this.#services.get(of)?.capacity, key.startsWith(`${of}/*/`)).left;
  }

  #capacityAt(key: string, own: Service['capacity'], isOfService: boolean): DayCapacity {
    const state = this.capacities.get(key);
    const isReported = state !== undefined && state.remaining !== null;
    const unit = isReported ? state.unit : (own?.unit ?? 'parcel');
    const remaining = isReported ? state.remaining : isOfService ? own?.value : undefined;
    if (remaining == null) return { key, unit, left: undefined };
    return { key, unit, left: remaining - (state?.assigned ?? 0) - (state?.booked ?? 0) };
  }

  /** Has the orders of a lane looked at together at `dueAt`, unless they are sooner anyway. */
  expectBalance(laneId: string, dueAt: number, at: number, effects: Effects): void {
    const known = this.balances.get(laneId) ?? { lastAt: null, dueAt: null };
    if (!(dueAt > at) || (known.dueAt !== null && known.dueAt <= dueAt)) return;
    this.#keepBalance(laneId, { ...known, dueAt }, effects);
  }

  /** The orders of a lane are looked at together now. */
  balanced(laneId: string, at: number, effects: Effects): void {
    const known = this.balances.get(laneId);
    const dueAt = known?.dueAt ?? null;
    this.#keepBalance(laneId, { lastAt: at, dueAt: dueAt !== null && dueAt > at ? dueAt : null }, effects);
  }

  #keepBalance(laneId: string, balance: BalanceState, effects: Effects): void {
    this.balances.set(laneId, balance);
    effects.save(`balance:${laneId}`, balance, balance.dueAt);
  }

  #use(key: string, amount: number, effects: Effects): void {
    const capacity = this.capacities.get(key) ?? { remaining: null, unit: '', assigned: 0, booked: 0 };
    capacity.assigned = Math.max(0, capacity.assigned + amount);
    this.capacities.set(key, capacity);
    effects.save(`capacity:${key}`, capacity, capacityOver(key));
  }

  #indexAssignment(orderId: string, { carrierId, laneId, load }: Assignment): void {
    this.assignedTo.add(carrierId, orderId);
    this.assignedOn.add(laneId, orderId);
    if (load) this.loads.add(load, orderId);
  }

  #keepLane(lane: Lane): void {
    const list = this.lanesOfSite.get(lane.originSiteId) ?? [];
    this.lanesOfSite.set(lane.originSiteId, [...list.filter(({ laneId }) => laneId !== lane.laneId), lane]);
  }

  #keepService(service: Service): void {
    const key = `${service.carrierId}/${service.serviceId}`;
    const isOther = (other: Service) => `${other.carrierId}/${other.serviceId}` !== key;
    for (const { laneId } of this.#services.get(key)?.lanes ?? []) {
      const list = this.offersOnLane.get(laneId)!;
      for (const entry of list) if (!isOther(entry.service)) this.timetable.forget(entry.lane);
      this.offersOnLane.set(
        laneId,
        list.filter((entry) => isOther(entry.service)),
      );
    }
    this.#services.set(key, service);
    for (const lane of service.lanes) {
      const list = [...(this.offersOnLane.get(lane.laneId) ?? []), { service, lane }];
      list.sort((a, b) => (serviceKey(a.service) < serviceKey(b.service) ? -1 : 1));
      this.offersOnLane.set(lane.laneId, list);
    }
  }
}

/** When a day's capacity is of no more use: two days after it, in any time zone; epoch ms. */
export function capacityOver(key: string): number {
  return Date.parse(`${key.slice(key.lastIndexOf('/') + 1)}T00:00:00Z`) + 3 * 86_400_000;
}

function serviceKey({ carrierId, serviceId }: Service): string {
  return `${carrierId}/${serviceId}`;
}

function longestPrefix(prefixes: readonly string[], postcode: string): number {
  let longest = -1;
  for (const prefix of prefixes) if (prefix.length > longest && postcode.startsWith(prefix)) longest = prefix.length;
  return longest;
}
