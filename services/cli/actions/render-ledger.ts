import { type OpenAction, openStates } from '@detent/pipeline';
import type { LedgerView } from './read-ledger.ts';

/** Open actions of a service for a terminal, at most `show` of them. */
export function renderLedger({ service, paused, open, unread }: LedgerView, show: number): string {
  if (unread !== null) return `${service}: cannot be read now: ${unread}`;
  const counts = openStates
    .map((state) => [state, open.filter((entry) => entry.state === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const lines = [`${service}: ${counts.join(', ') || 'nothing open'}`];
  if (paused !== null)
    lines.push(`  paused by ${paused.by} since ${new Date(paused.at).toISOString()}: ${paused.reason}`);
  for (const entry of open.slice(0, show))
    lines.push(...renderAction(entry).map((line, n) => (n === 0 ? `  ${line}` : `           ${line}`)));
  if (open.length > show) lines.push(`  … and ${open.length - show} more (--show, --json)`);
  return lines.join('\n');
}

function renderAction({ state, action, escalation }: OpenAction): string[] {
  const { actionId, type, target, validUntil, because } = action;
  const until = new Date(validUntil).toISOString();
  const called = escalation === null ? '' : ', people were called';
  return [
    `${state.padEnd(8)} ${type} for ${target.entityType} ${target.entityId}, until ${until}${called}`,
    actionId,
    ...aboutAnother(action).map((about) => `${about}: ${because}`),
  ];
}

/** What a withdrawal takes back, or a call for people is about. */
function aboutAnother({ type, details }: OpenAction['action']): string[] {
  const { actionId, type: of, undo, why } = details;
  if (actionId === undefined) return [];
  if (type !== 'withdraw') return [`${String(why ?? 'about')} ${String(of)} ${String(actionId)}`];
  return [`takes back ${String(of)} ${String(actionId)}${undo === undefined ? '' : ` (if begun: ${String(undo)})`}`];
}
