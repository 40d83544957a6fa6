import type { Action } from '@detent/schemas';

/** What the ledger waits for, ms. */
export interface LedgerLimits {
  /** How soon an action must be accepted, by its type; `other` for types not named. */
  acceptWithinMs: Readonly<Record<string, number>> & { readonly other: number };
  /** How long after `validUntil` what was accepted may still be reported as done. */
  graceMs: number;
  /** How long an ended action is remembered. */
  retentionMs: number;
  /** Types of which nobody has told anything for so long are not watched: there is nobody who would. */
  watchedForMs: number;
  /** How long people have for an escalation. */
  escalationMs: number;
  /** A withdrawal is worth knowing for at least so long. */
  withdrawalMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const defaultLedgerLimits: LedgerLimits = {
  // Orders are put into queues by programs, batches are taken up by people who are there; a move has a shift's time.
  acceptWithinMs: {
    enqueue: 5 * MINUTE,
    'release-batch': 15 * MINUTE,
    'assign-carrier': 30 * MINUTE,
    consolidate: 30 * MINUTE,
    divert: 15 * MINUTE,
    withdraw: 15 * MINUTE,
    move: 4 * HOUR,
    putaway: 4 * HOUR,
    'sell-first': 4 * HOUR,
    other: HOUR,
  },
  graceMs: HOUR,
  retentionMs: 24 * HOUR,
  watchedForMs: 7 * 24 * HOUR,
  escalationMs: 24 * HOUR,
  withdrawalMs: HOUR,
};

/** True for what is never waited for: a call for people, and the taking back of one, or calls would call for ever. */
export function isUnwatched({ type, details }: Pick<Action, 'type' | 'details'>): boolean {
  return type === 'escalate' || (type === 'withdraw' && details['type'] === 'escalate');
}

/** When an action must have been accepted, epoch ms; never later than its `validUntil`. */
export function acceptBy(
  { type, createdAt, validUntil }: { type: string; createdAt: number; validUntil: number },
  { acceptWithinMs }: LedgerLimits,
): number {
  return Math.min(validUntil, createdAt + (acceptWithinMs[type] ?? acceptWithinMs.other));
}
