import type { ChangedPlaybook, HandledOtherwise, PlaybookEffect } from '@detent/core';

const count = (n: number) => n.toLocaleString('en-GB');

/** Who would be handled otherwise in the same segments: how many by what changes for them, and the first few of them. */
export function renderOtherwise(all: readonly HandledOtherwise[], show: number): string[] {
  if (all.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { changes } of all) {
    for (const { what, from, to } of changes) {
      const key = `${what}: ${from ?? 'none'} → ${to ?? 'none'}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [
    `${count(all.length)} would have been handled otherwise in segments in which they stood:`,
    ...[...counts].sort((a, b) => b[1] - a[1]).map(([what, n]) => `  ${String(n).padStart(6)}  ${what}`),
    ...all
      .slice(0, show)
      .map(
        ({ entityType, entityId, changes }) =>
          `  ${entityType} ${entityId}: ${changes.map(({ what }) => what).join(', ')}`,
      ),
  ];
}

/** Playbooks that differ, and, where a history is known, how many had them and the first few of those. */
export function renderPlaybooks(changed: readonly (ChangedPlaybook | PlaybookEffect)[], show: number): string[] {
  if (changed.length === 0) return [];
  return [
    `${changed.length === 1 ? '1 playbook differs' : `${changed.length} playbooks differ`}:`,
    ...changed.flatMap((playbook) => [
      `  ${playbook.name}`,
      ...playbook.changes.map(({ what, from, to }) => `    ${what}: ${from ?? 'none'} → ${to ?? 'none'}`),
      ...('entities' in playbook ? [`    ${whoHad(playbook, show)}`] : []),
    ]),
  ];
}

function whoHad({ entities }: PlaybookEffect, show: number): string {
  if (entities.length === 0) return 'nobody had it in the history';
  const [{ entityType } = { entityType: '' }] = entities;
  const more = entities.length > show ? ', …' : '';
  const ids = entities.slice(0, show).map(({ entityId }) => entityId);
  return `${count(entities.length)} had it in the history${ids.length > 0 ? `: ${entityType} ${ids.join(', ')}${more}` : ''}`;
}
