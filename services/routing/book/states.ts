import type { Cause, Standings } from '@detent/pipeline';
import type { LaneDescribed } from '@detent/schemas';
import type { Packed } from '../goods/packed.ts';
import type { LotLife } from '../lots/index.ts';

export type Lane = Omit<LaneDescribed, 'eventId' | 'occurredAt' | 'regionIds'>;

/** A share of a day's capacity that an assignment holds. */
export interface CapacityUse {
  key: string;
  amount: number;
}

/** A service that has an order. */
export interface Holder {
  carrierId: string;
  serviceId: string;
}

/** Who carries an order, until it is dispatched. */
export interface Assignment extends Holder {
  laneId: string;
  actionId: string;
  /** Its share of the cost, in the currency of comparison. */
  cost: number;
  handoverBy: number;
  departAt: number;
  arriveAt: number;
  uses: CapacityUse[];
  /** The consolidated shipment that it is part of: the id of its first action. */
  load: string | null;
}

/** An order that waits to be sent together with others. */
export interface Hold {
  group: string;
  readyAt: number;
  weightG: number;
}

/** Where an order stands in routing. */
export interface OrderState {
  orderId: string;
  /** False until the order itself was seen: its changes may come first. */
  known: boolean;
  version: number;
  siteId: string | null;
  customerId: string;
  /** When the order itself was first heard of, epoch ms; null before that, absent in states of an older build. */
  heardAt?: number | null;
  lines: { lineId: string; skuId: string; quantity: number; lotId?: string }[];
  /** A later version of the order does not bring these back. */
  cancelledLines: string[];
  promisedAt: number;
  destination: { country: string; postcode: string };
  standings: Standings;
  /** The last change that may command; an order without one is left alone. */
  cause: Cause | null;
  /** When it could first be handed over; set by the first decision. */
  readyAt: number | null;
  hold: Hold | null;
  assignment: Assignment | null;
  /** Services that were rejected, or failed, for this order, and why; absent where none was. */
  refused?: Record<string, string>;
  /** How it was packed; absent where it was not, or is to be packed anew. */
  packed?: Packed;
  /** Who has booked or shipped it; absent before that. */
  handedTo?: Holder;
  /** Id of the action that called for a person. */
  escalation: string | null;
  /** Key of `Book.waiting` under which it waits. */
  waitsFor: string | null;
  /** Since when it lacks facts, epoch ms; null when it has them or is beyond needing them. */
  waitingSince: number | null;
  /** Number of its actions so far. */
  acted: number;
  /** Dispatched or cancelled: nothing is decided on it any more. */
  closed: boolean;
}

/** Where a carrier or a lane stands. */
export interface StandingState {
  standings: Standings;
}

/** A day's capacity of a service, on one lane or on all. */
export interface CapacityState {
  /** As last reported; null: the service's own. */
  remaining: number | null;
  unit: string;
  /** Held by assignments not booked yet, and booked since the report. */
  assigned: number;
  booked: number;
}

/** What is left of a day's capacity of a service, on one lane or on all. */
export interface DayCapacity {
  key: string;
  unit: string;
  /** Undefined where it has no limit. */
  left: number | undefined;
}

/** Orders that are held to be sent together. */
export interface GroupState {
  laneId: string;
  siteId: string;
  /** When it must be tendered, epoch ms. */
  dueAt: number;
  /** Of all its orders, grams. */
  weightG: number;
}

/** When the orders of a lane were last assigned anew together, and when they are next, epoch ms. */
export interface BalanceState {
  lastAt: number | null;
  dueAt: number | null;
}

/** A lot: its life, and where it stands. */
export interface LotState extends LotLife {
  lotId: string;
  skuId: string;
  standings: Standings;
}

/** What is on the road, until it arrives. */
export interface ShipmentState {
  shipmentId: string;
  siteId: string | null;
  /** Null until it was booked. */
  carrierId: string | null;
  serviceId: string | null;
  laneId: string | null;
  /** As planned, epoch ms; null where that is not known. */
  arriveAt: number | null;
  orderIds: readonly string[];
  lots: readonly { lotId: string; skuId: string; quantity: number }[];
  /** The action that sends it elsewhere, and the lot for whose sake. */
  diverted: string | null;
  divertedFor: string | null;
  /** Number of its actions so far. */
  acted: number;
}

/** A change of a carrier, lane or lot whose orders have not all been looked at. */
export interface SweepState {
  cause: Cause;
  /** Whether life of a lot was lost for good, see `Assigning.reconsider`; absent in states of an older build, which had none. */
  isBreach?: boolean;
  /** The last that was, an order or a load of several, by its id; null: none. */
  after: { handoverBy: number; orderId: string } | null;
}

/** A day's capacity of a service, by its key in `Book.capacities`. */
export interface Room {
  key: string;
  carrierId: string;
  serviceId: string;
}

/** A fact that came, for which not all that wait were looked at. */
export interface WakeState {
  /** The last one that was; null: none. */
  after: { promisedAt: number; orderId: string } | null;
  /** More was heard meanwhile: all are looked at once more afterwards. */
  again: boolean;
  /** Nothing but room of this capacity is new: nobody is looked at when that is used up. Null: something else is. */
  room: Room | null;
  /** When the next are looked at, epoch ms: what is heard meanwhile does not put it off. */
  dueAt: number;
}

/** What a customer asks for. */
export interface CustomerState {
  tier: string;
  /** Shelf life that goods must have left on arrival, hours. */
  minRemainingLifeHours: number;
}
