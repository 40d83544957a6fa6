import type { Action } from '@detent/schemas';
import type { ActionDraft, ActionsMode } from './decider.ts';

/**
 * The record of an action. Its id follows from service, target, change and `n` alone, so that deciding again after a
 * crash names the same action. `mode` stands in the details, for who carries it out to tell a rehearsal from a command.
 */
export function actionOf(service: string, draft: ActionDraft, createdAt: number, mode: ActionsMode): Action {
  const { cause, target } = draft;
  const actionId = `${service}:${target.entityType}:${target.entityId}:${cause.changeId}:${draft.n}`;
  return {
    actionId,
    service,
    type: draft.type,
    target,
    siteId: draft.siteId,
    changeId: cause.changeId,
    segment: { dimension: cause.dimension, segment: cause.segment },
    because: draft.because,
    details: { ...draft.details, mode },
    tasks:
      draft.tasks?.map((task, index) => ({
        taskId: `${actionId}:${index + 1}`,
        orderId: task.orderId ?? null,
        lineId: task.lineId ?? null,
        skuId: task.skuId ?? null,
        lotId: task.lotId ?? null,
        quantity: task.quantity,
        fromLocationId: task.fromLocationId ?? null,
        toLocationId: task.toLocationId ?? null,
        lane: task.lane ?? null,
        zoneId: task.zoneId ?? null,
        because: task.because ?? null,
      })) ?? null,
    cartons: draft.cartons ? [...draft.cartons] : null,
    alternatives: draft.alternatives.map(({ what, rejectedBecause, value, unit }) => ({
      what,
      rejectedBecause,
      value: value ?? null,
      unit: unit ?? null,
    })),
    playbook: draft.playbook?.name || null,
    sop: draft.playbook?.sop || null,
    createdAt,
    // Where a rule reckons with fractions: whole milliseconds, never later than meant.
    validUntil: Math.floor(draft.validUntil),
    supersedes: draft.supersedes ?? null,
    undo: draft.undo ?? null,
  };
}
