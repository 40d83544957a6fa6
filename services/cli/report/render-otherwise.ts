import type { HandledOtherwise } from '@detent/core';

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
    `${all.length.toLocaleString('en-GB')} are handled otherwise in the segments that they stand in:`,
    ...[...counts].sort((a, b) => b[1] - a[1]).map(([what, count]) => `  ${String(count).padStart(6)}  ${what}`),
    ...all
      .slice(0, show)
      .map(
        ({ entityType, entityId, changes }) =>
          `  ${entityType} ${entityId}: ${changes.map(({ what }) => what).join(', ')}`,
      ),
  ];
}
