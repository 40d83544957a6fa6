import type { ActionDraft, ActionsMode } from './decider.ts';

/** The `Action` record as it is written. */
export interface ActionRecord extends Omit<ActionDraft, 'cause' | 'n' | 'sop'> {
  actionId: string;
  changeId: string;
  segment: { dimension: string; segment: string };
  sop: string;
  createdAt: number;
}

/**
 * The record of an action. Its id follows from service, target, change and `n` alone, so that deciding again after a
 * crash names the same action. `mode` stands in the details, for who carries it out to tell a rehearsal from a command.
 */
export function actionOf(service: string, draft: ActionDraft, createdAt: number, mode: ActionsMode): ActionRecord {
  const { cause, n, target, sop, ...rest } = draft;
  return {
    ...rest,
    actionId: `${service}:${target.entityType}:${target.entityId}:${cause.changeId}:${n}`,
    target,
    changeId: cause.changeId,
    segment: { dimension: cause.dimension, segment: cause.segment },
    details: { ...draft.details, mode },
    sop: sop ?? '',
    createdAt,
  };
}
