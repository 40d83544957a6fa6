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

/** True when a queue holds enough for so many batches. */
export function isFull(queue: readonly Queued[], units: number, rules: LaneRules, batches: number): boolean {
  return queue.length >= batches * rules.maxOrders || units >= batches * rules.maxUnits;
}

/**
 * How many orders from the head of a queue make the next batch: in order, while they fit, at least one. An order that
 * alone exceeds the bound comes alone, and is split by `splitTasks`.
 */
export function takeCount(queue: readonly Queued[], rules: LaneRules): number {
  let units = 0;
  let count = 0;
  for (const { units: more } of queue) {
    if (count > 0 && (count >= rules.maxOrders || units + more > rules.maxUnits)) break;
    units += more;
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
