import { type PickingConfig, type Urgency, urgencies } from '../config.ts';
import type { OrderState } from '../order-state.ts';

/**
 * How urgent an order counts (index into `urgencies`): more urgent at once, less urgent only when it has been as it is
 * for `calmMs`. Notes in the order when to look again, where it holds a step back.
 */
export function takeUrgency(
  order: OrderState,
  told: string | undefined,
  at: number,
  { calmMs }: PickingConfig,
): Urgency {
  const level = urgencies.indexOf(urgencies.find((name) => name === told) ?? 'normal');
  order.wakeAt = null;
  if (order.level !== null && level > order.level && at < order.levelAt + calmMs) {
    order.wakeAt = order.levelAt + calmMs;
  } else if (level !== order.level) {
    order.level = level;
    order.levelAt = at;
  }
  return urgencies[order.level!]!;
}
