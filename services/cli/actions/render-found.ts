import type { Action, ActionStatus, Alternative } from '@detent/schemas';
import type { FoundAction, Standing } from './find-action.ts';

const instant = (at: number) => new Date(at).toISOString();

/** One action for a terminal: what and why, how far it is, what was told of it, what is about it. */
export function renderFound(actionId: string, { action, standing, statuses, about, unread }: FoundAction): string {
  return [
    actionId,
    `  ${unread === null ? stateText(standing) : `its state cannot be read now: ${unread}`}`,
    ...(action === null ? ['  the log does not hold it any more'] : actionLines(action)),
    ...statuses.map((status) => `  told: ${statusText(status)}`),
    ...about.map(({ actionId: id, type, because }) => `  about it: ${type} ${id}: ${because}`),
  ].join('\n');
}

function stateText(standing: Standing | null): string {
  if (standing === null) return 'it ended so long ago that its service has forgotten how';
  const { state, since, by, reason } = standing;
  return `${state} since ${instant(since)}${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`;
}

function actionLines(action: Action): string[] {
  const { type, target, createdAt, validUntil, because, details, tasks, playbook, sop, supersedes, undo } = action;
  const said = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  return [
    `  ${type} for ${target.entityType} ${target.entityId}, decided ${instant(createdAt)}, to be begun until ${instant(validUntil)}`,
    `  because ${because}`,
    `  ${said.join(', ')}${tasks ? `, ${tasks.length} tasks` : ''}`,
    ...(playbook || sop ? [`  by ${[playbook, sop].filter(Boolean).join(', ')}`] : []),
    ...(supersedes ? [`  in place of ${supersedes}`] : []),
    ...(undo ? [`  undone by ${undo.type}`] : []),
    ...action.alternatives.map((each) => `  not chosen: ${alternativeText(each)}`),
  ];
}

function alternativeText({ what, rejectedBecause, value, unit }: Alternative): string {
  const number = value === null || value === undefined ? '' : ` (${value}${unit ? ` ${unit}` : ''})`;
  return `${what}: ${rejectedBecause}${number}`;
}

function statusText({ occurredAt, status, quantityDone, by, reason }: ActionStatus): string {
  const done = quantityDone === null || quantityDone === undefined ? '' : ` (${quantityDone} done)`;
  return `${instant(occurredAt)} ${status}${done}${by ? ` by ${by}` : ''}${reason ? `: ${reason}` : ''}`;
}
