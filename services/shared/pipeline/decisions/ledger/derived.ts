import type { Action } from '@detent/schemas';
import type { LedgerLimits } from './limits.ts';

/** Procedure for people who are called because of an action. */
export const UNANSWERED_SOP = 'docs/sops/unanswered-action.md';

/** Why people are called; a bounded set. */
export type Unanswered = 'not-accepted' | 'not-done';

/** The call for people that an action was not answered, with its cause. `at`: epoch ms. */
export function escalationOf(action: Action, why: Unanswered, at: number, limits: LedgerLimits): Action {
  const said = why === 'not-accepted' ? 'was not accepted in time' : 'was accepted, but not reported as done in time';
  return {
    ...derived(action, 'escalate', why, at),
    because: `${action.type} for ${action.target.entityType} ${action.target.entityId} ${said}. It was commanded because ${action.because}`,
    details: {
      mode: action.details['mode']!,
      actionId: action.actionId,
      type: action.type,
      why,
      validUntil: action.validUntil,
      ...(action.sop == null ? {} : { sop: action.sop }),
    },
    sop: UNANSWERED_SOP,
    validUntil: at + limits.escalationMs,
    undo: { type: 'close-escalation', details: {} },
  };
}

/** The withdrawal of an action: which one, why, and how to undo what was begun. `at`: epoch ms. */
export function withdrawalOf(action: Action, because: string, at: number, limits: LedgerLimits): Action {
  const { undo } = action;
  return {
    ...derived(action, 'withdraw', 'withdraw', at),
    because: `${action.type} for ${action.target.entityType} ${action.target.entityId} is taken back because ${because}`,
    details: {
      ...undo?.details,
      mode: action.details['mode']!,
      actionId: action.actionId,
      type: action.type,
      ...(undo == null ? {} : { undo: undo.type }),
    },
    validUntil: Math.max(action.validUntil, at + limits.withdrawalMs),
    undo: null,
  };
}

/** What the two share: id and cause follow from the action that they are about. */
function derived(action: Action, type: string, n: string, at: number): Action {
  return {
    ...action,
    actionId: `${action.actionId}:${n}`,
    type,
    tasks: null,
    alternatives: [],
    createdAt: at,
    supersedes: null,
  };
}
