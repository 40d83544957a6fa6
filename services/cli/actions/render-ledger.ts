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
  const { actionId, type, target, validUntil } = action;
  const until = new Date(validUntil).toISOString();
  const called = escalation === null ? '' : ', people were called';
  return [
    `${state.padEnd(8)} ${type} for ${target.entityType} ${target.entityId}, until ${until}${called}`,
    actionId,
    ...reasonOf(action),
  ];
}

/** Why something is taken back, or people are called, and about which action if about one; of others `actions show` tells. */
function reasonOf({ type, details, because }: OpenAction['action']): string[] {
  const { actionId, type: of, undo, why } = details;
  const another = actionId === undefined ? '' : `${String(of)} ${String(actionId)}`;
  if (type === 'withdraw' && another !== '')
    return [`takes back ${another}${undo === undefined ? '' : ` (if begun: ${String(undo)})`}: ${because}`];
  if (type !== 'escalate' && another === '') return [];
  const about = [why ?? (another === '' ? null : 'about'), another].filter(Boolean).join(' ');
  return [about === '' ? because : `${about}: ${because}`];
}
