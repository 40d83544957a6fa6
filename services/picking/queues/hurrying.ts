import type { Queue } from '../book.ts';
import { urgencies } from '../config.ts';
import { type BatchState, queueKeyOf } from '../floor/floor.ts';
import type { Effects } from '../metrics.ts';
import type { OrderState } from '../order-state.ts';
import { companyOf, type Hands } from './company.ts';

/**
 * Lets a late order join a batch of its queue, or of one that it may travel with, that is released but not begun, or
 * makes room for it there. Each batch is changed for urgent orders at most `maxJoins` times, and each order makes room at
 * most once, so this ends. Returns the orders that must wait again; undefined when the order found no batch.
 */
export function joinRunning(
  order: OrderState,
  queue: Queue,
  hands: Hands,
  at: number,
  effects: Effects,
): OrderState[] | undefined {
  const { book, config, batches } = hands;
  const running = companyOf(queue, hands)
    .flatMap(({ key }) => book.floor.ofQueue(key))
    .filter(
      ({ begun, closed, joins, releasedAt }) =>
        !begun && !closed && joins < config.maxJoins && at - releasedAt <= config.joinWithinMs,
    );
  for (const batch of running) {
    if (batches.fits(batch, order, queue)) return add(batch, order, queue, [], hands, at, effects);
  }
  for (const batch of running) {
    const out = roomIn(batch, order, queue, hands, at);
    if (out !== undefined) return add(batch, order, queue, out, hands, at, effects);
  }
  return undefined;
}

function add(
  batch: BatchState,
  order: OrderState,
  queue: Queue,
  out: readonly OrderState[],
  { batches }: Hands,
  at: number,
  effects: Effects,
): OrderState[] {
  for (const other of out) {
    other.bumped = true;
    for (const task of batch.tasks.filter(({ orderId }) => orderId === other.orderId))
      batches.cut(batch, other, task, task.quantity);
  }
  batches.add(batch, order, queue, at, effects);
  batch.joins += 1;
  const told = out.length === 0 ? '' : `; ${out.map(({ orderId }) => orderId).join(', ')} can still wait and made room`;
  const because = `order ${order.orderId} is late and joins before anybody has begun${told}`;
  batches.replace(batch, because, at, effects);
  effects.note(out.length === 0 ? 'joined-batch' : 'bumped-others');
  return [...out];
}

/** The least urgent orders that give the room needed and lose nothing by waiting; undefined when there are none such. */
function roomIn(
  batch: BatchState,
  order: OrderState,
  queue: Queue,
  { book, config, batches }: Hands,
  at: number,
): OrderState[] | undefined {
  const last = urgencies.length - 1;
  const leadMs = ({ orderId }: OrderState) => config.lanes[book.queueAt(queueKeyOf(batch, orderId))!.lane].leadMs;
  const others = [...new Set(batch.tasks.map(({ orderId }) => orderId))]
    .map((orderId) => book.orders.get(orderId))
    .filter((other): other is OrderState => other !== undefined && other.level === last && !other.bumped)
    .filter((other) => (other.shipBy ?? other.promisedAt) - leadMs(other) - at > config.joinWithinMs)
    // An order in several batches is not torn further apart.
    .filter(({ orderId }) => book.floor.of(orderId).length === 1)
    .sort((a, b) => b.promisedAt - a.promisedAt || (a.orderId < b.orderId ? -1 : 1));
  const out = new Set<string>();
  for (const other of others) {
    out.add(other.orderId);
    if (batches.fits(batch, order, queue, out)) return others.filter(({ orderId }) => out.has(orderId));
  }
  return undefined;
}
