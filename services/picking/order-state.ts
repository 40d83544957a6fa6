import type { Cause, Standings } from '@detent/pipeline';
import type { Queued } from './queues/queued.ts';

/** A line of an order. */
export interface OrderLine {
  lineId: string;
  skuId: string;
  quantity: number;
}

/** Where an order stands in picking. */
export interface OrderState {
  orderId: string;
  /** False until the order itself was seen: its changes may come first. */
  known: boolean;
  version: number;
  siteId: string | null;
  customerId?: string;
  /** Lines as ordered, but for those that others began. */
  lines: OrderLine[];
  /** Lines that were picked by others, or cancelled: a later version of the order does not bring them back. */
  started: string[];
  /** Units given to batches, by line. What is left of the lines waits. */
  given: Record<string, number>;
  promisedAt: number;
  shipBy: number | null;
  standings: Standings;
  /** Whether its newest segments leave open how urgent it is. */
  isUrgencyOpen?: boolean;
  /** The last change that may command; an order without one is left alone. */
  cause: Cause | null;
  /** Its queue and its place in it, while it waits. */
  queue: string | null;
  place: Queued | null;
  queuedAt: number;
  /** True while it waits, outside of queues, for stock. */
  waitsForStock: boolean;
  /** What people were last told that it lacks. */
  shortTold?: string;
  /** When it is to be looked at again, epoch ms. */
  wakeAt: number | null;
  /** How urgent it counts (index into `urgencies`), and since when; null before it was first queued. */
  level: number | null;
  levelAt: number;
  /** How often it changed its lane, but for its temperature. */
  moves: number;
  /** True once it made room for an urgent order: it does so but once. */
  bumped: boolean;
  /** Lines that were picked again because a check failed: but once each. */
  rechecked: string[];
  /** The change that decided its lane. */
  laneCause: Cause | null;
  /** Id and count of its `enqueue` actions. */
  enqueueAction: string | null;
  enqueued: number;
  /** Count of its other actions. */
  told: number;
  /** Id of what was last said about its cartons. */
  packAction: string | null;
  /** Types of cartons that had run out when it was packed. */
  ranOut?: string[];
  /** Id of the call for people about it that has not ended. */
  call?: string;
  /** Totes that it was given so far; what is added later goes into a new one. */
  totes: number;
}

export function newOrder(orderId: string): OrderState {
  return {
    ...{ orderId, known: false, version: 0, siteId: null, lines: [], started: [], given: {}, promisedAt: 0 },
    ...{ shipBy: null, standings: {}, cause: null, queue: null, place: null, queuedAt: 0, waitsForStock: false },
    ...{ wakeAt: null, level: null, levelAt: 0, moves: 0, bumped: false, rechecked: [], laneCause: null },
    ...{ enqueueAction: null, enqueued: 0, told: 0, packAction: null, totes: 0 },
  };
}

/** What of an order is in no batch. */
export function restOf(order: OrderState): OrderLine[] {
  const rest: OrderLine[] = [];
  for (const line of order.lines) {
    const quantity = line.quantity - (order.given[line.lineId] ?? 0);
    if (quantity > 0) rest.push({ ...line, quantity });
  }
  return rest;
}

/** Notes units given to a batch, or (below 0) given back by it. */
export function give(order: OrderState, lineId: string, units: number): void {
  const given = (order.given[lineId] ?? 0) + units;
  if (given > 0) order.given[lineId] = given;
  else delete order.given[lineId];
}
