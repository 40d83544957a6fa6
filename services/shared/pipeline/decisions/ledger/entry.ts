import type { Action, ActionStatus } from '@detent/schemas';

/** States of an action that has not ended. `waiting`: decided while actions are paused, so nobody has heard of it. */
export const openStates = ['waiting', 'open', 'accepted', 'partial'] as const;
export type OpenState = (typeof openStates)[number];

/** How an action ends. It ends once, and nothing changes that. */
export const endStates = ['done', 'failed', 'rejected', 'superseded', 'withdrawn', 'expired'] as const;
export type EndState = (typeof endStates)[number];

/** An action that is still to be carried out, or under way. */
export interface OpenAction {
  state: OpenState;
  /** As published, but without its alternatives once it is. */
  action: Action;
  /** Base units done so far, as last told. */
  quantityDone: number | null;
  /** Event time of what last moved it, epoch ms. */
  since: number;
  /** Who moved it last; null: nobody from outside. */
  by: string | null;
  /** Id of the action that called for people. */
  escalation: string | null;
  /** Its place among those that wait. */
  place: number | null;
}

/** An action that has ended, kept for a while so that what comes late is known as such. */
export interface EndedAction {
  state: EndState;
  actionId: string;
  type: string;
  target: { entityType: string; entityId: string };
  since: number;
  by: string | null;
  reason: string | null;
}

export type Entry = OpenAction | EndedAction;

/** A status that moved an action on; `expired`: nobody finished it in time, or it was never published. */
export interface StatusNews {
  status: 'accepted' | 'partial' | 'done' | 'failed' | 'rejected' | 'expired';
  /** Base units done so far; null where nobody said. */
  quantityDone: number | null;
  reason: string | null;
  by: string | null;
  /** Event time, epoch ms. */
  at: number;
}

/** What becomes of a status; a bounded set, for it is a label. */
export type Judgement = 'taken' | 'repeated' | 'out-of-order' | 'after-end' | Disbelief;
/** Why a status is not believed: then it is no sign either that somebody answers. */
const disbeliefs = ['unknown-action', 'unknown-status', 'wrong-target', 'too-much'] as const;
type Disbelief = (typeof disbeliefs)[number];

/** How far along a state is; what steps back is out of order. */
const RANK = { waiting: 0, open: 0, accepted: 1, partial: 2, done: 3, failed: 3, rejected: 3 } as const;

export function isEnded(entry: Entry): entry is EndedAction {
  return !('action' in entry);
}

/**
 * What a status is to an action, by the states alone: it is believed where it names what the action is for and no more than
 * was commanded; an end stands whatever comes after it, progress never steps back, and `quantityDone` is a total, so that a
 * smaller one is an older one.
 */
export function judge(entry: Entry | undefined, { status, quantityDone, target }: ActionStatus): Judgement {
  if (status === 'unknown') return 'unknown-status';
  if (entry === undefined) return 'unknown-action';
  if (!isSame(target, isEnded(entry) ? entry.target : entry.action.target)) return 'wrong-target';
  if (isEnded(entry)) return entry.state === status ? 'repeated' : 'after-end';
  if (entry.state === 'waiting') return 'unknown-action';
  if ((quantityDone ?? 0) > commanded(entry.action)) return 'too-much';
  if (RANK[status] < RANK[entry.state]) return 'out-of-order';
  if (status !== entry.state) return 'taken';
  const [before, now] = [entry.quantityDone ?? 0, quantityDone ?? 0];
  if (status === 'accepted' || now === before) return 'repeated';
  return now > before ? 'taken' : 'out-of-order';
}

export function isDisbelief(result: Judgement): result is Disbelief {
  return (disbeliefs as readonly string[]).includes(result);
}

function isSame(a: Action['target'], b: Action['target']): boolean {
  return a.entityType === b.entityType && a.entityId === b.entityId;
}

/** What the tasks come to; infinite where the action has none. */
function commanded({ tasks }: Action): number {
  return tasks?.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0) ?? Number.POSITIVE_INFINITY;
}
