import { type ActionTask, type OnHand, unitsOf } from '@detent/pipeline';
import type { LaneRules } from './config.ts';

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

/** True when a queue holds enough for a batch. */
export function isFull(queue: readonly Queued[], units: number, rules: LaneRules): boolean {
  return queue.length >= rules.maxOrders || units >= rules.maxUnits;
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
export function splitTasks(tasks: readonly ActionTask[], maxUnits: number): ActionTask[][] {
  const parts: ActionTask[][] = [];
  let part: ActionTask[] = [];
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

/**
 * Where to pick a quantity: the fullest locations first, so that few are visited. What the known stock does not cover
 * comes last, without a location, for people to find.
 */
export function pickFrom(
  orderId: string,
  line: { lineId: string; skuId: string; quantity: number },
  stock: Readonly<Record<string, OnHand>> | undefined,
): ActionTask[] {
  const { lineId, skuId, quantity } = line;
  const tasks: ActionTask[] = [];
  const locations = Object.entries(stock ?? {})
    .map(([locationId, onHand]) => [locationId, unitsOf(onHand)] as const)
    .filter(([, units]) => units > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  let left = quantity;
  for (const [locationId, units] of locations) {
    if (left <= 0) break;
    const taken = Math.min(left, units);
    tasks.push({ orderId, lineId, skuId, quantity: taken, fromLocationId: locationId });
    left -= taken;
  }
  if (left > 0) tasks.push({ orderId, lineId, skuId, quantity: left });
  return tasks;
}
