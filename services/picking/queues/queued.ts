import type { LaneRules } from '../config.ts';

/** An order as a queue holds it. */
export interface Queued {
  orderId: string;
  /** 0 is the most urgent. */
  rank: number;
  /** Playbook's weight among equally urgent orders; the higher first. */
  priority: number;
  promisedAt: number;
  /** Latest instant at which it should be released, epoch ms. */
  releaseBy: number;
  /** When it must be released to make its hand-over, epoch ms. */
  cutoffAt: number;
  units: number;
}

/** The order of picking: urgent first, then the playbook's priority, then the earlier promise. */
export function compareQueued(a: Queued, b: Queued): number {
  return (
    a.rank - b.rank ||
    b.priority - a.priority ||
    a.promisedAt - b.promisedAt ||
    (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0)
  );
}

/**
 * What is taken of a batch's room, where 1 is all of it: units and orders, each as a share of what a batch of their own
 * lane may hold. A batch of one lane so keeps the bounds of that lane, and a mixed one those of each lane in proportion.
 */
export class Room {
  units = 0;
  orders = 0;

  add(units: number, orders: number, { maxUnits, maxOrders }: LaneRules): this {
    this.units += units / maxUnits;
    this.orders += orders / maxOrders;
    return this;
  }

  /** True where it goes beyond so many batches. */
  exceeds(batches = 1): boolean {
    return this.units > batches + ROUNDING || this.orders > batches + ROUNDING;
  }

  /** True where it fills so many batches. */
  fills(batches: number): boolean {
    return this.units >= batches - ROUNDING || this.orders >= batches - ROUNDING;
  }
}

/** Sums of shares are off by less. */
const ROUNDING = 1e-9;

/**
 * How many orders from the head of a list make the next batch: in order, while they fit, at least one. An order that
 * alone exceeds the bound comes alone, and is split by `splitTasks`.
 */
export function takeCount(list: readonly Queued[], rulesOf: (place: Queued) => LaneRules): number {
  const room = new Room();
  let count = 0;
  for (const place of list) {
    if (room.add(place.units, 1, rulesOf(place)).exceeds() && count > 0) break;
    count += 1;
  }
  return count;
}

/** Splits tasks, in their order, into lists of at most `maxUnits` units each. */
export function splitTasks<T extends { quantity: number }>(tasks: readonly T[], maxUnits: number): T[][] {
  const parts: T[][] = [];
  let part: T[] = [];
  let room = maxUnits;
  for (const task of tasks) {
    let left = task.quantity;
    while (left > 0) {
      if (room <= 0) {
        parts.push(part);
        part = [];
        room = maxUnits;
      }
      const quantity = Math.min(left, room);
      part.push({ ...task, quantity });
      left -= quantity;
      room -= quantity;
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
