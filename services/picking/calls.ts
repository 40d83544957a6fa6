import { membershipsOf, type PlaybookFor, type StatusNews } from '@detent/pipeline';
import type { Action } from '@detent/schemas';
import type { Effects } from './metrics.ts';
import type { OrderState } from './order-state.ts';

/** People have so long for a call, ms. */
const CALL_MS = 24 * 3_600_000;

/**
 * Calls people because an action of an order failed or was rejected, with the reason that was given; `so` says what follows,
 * or why nothing can. Once called, they are not called again until the call ends.
 */
export function callPeople(
  order: OrderState,
  { actionId, type, siteId }: Action,
  { status, reason, by, at }: StatusNews,
  so: string,
  playbookFor: PlaybookFor,
  effects: Effects,
): void {
  endCall(order, 'people are called anew', effects);
  const playbook = playbookFor(membershipsOf('order', order.standings));
  order.told += 1;
  order.call = effects.act({
    type: 'escalate',
    target: { entityType: 'order', entityId: order.orderId },
    siteId: siteId ?? null,
    cause: order.laneCause!,
    n: `call-${order.told}`,
    because: `${type} of order ${order.orderId} ${status === 'failed' ? 'failed' : 'was rejected'}: ${reason ?? 'no reason was given'}; ${so}`,
    details: {
      ...{ actionId, type, why: `${type}-not-done`, status },
      ...(reason === null ? {} : { reason }),
      ...(by === null ? {} : { by }),
    },
    alternatives: [],
    playbook: { name: playbook?.name ?? '', sop: 'docs/sops/unanswered-action.md', do: {} },
    validUntil: at + CALL_MS,
    undo: { type: 'close-escalation', details: {} },
  });
  effects.note('people-called');
}

/** Takes a call back that is of no use any more. */
export function endCall(order: OrderState, because: string, effects: Effects): void {
  if (order.call === undefined) return;
  effects.withdraw(order.call, because);
  delete order.call;
}
