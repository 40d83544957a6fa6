import type { Summary } from './summary.ts';

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
const format = (n: number) => n.toLocaleString('en-GB');
const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, n]) => `${name} ${format(n)}`)
    .join(', ');

/** The summary for a terminal. */
export function renderSummary(summary: Summary): string {
  const lines = [
    `Events in        ${format(total(summary.events))}   ${list(summary.events)}`,
    `Dead letters     ${format(total(summary.deadLetters))}   ${list(summary.deadLetters)}`,
    `Entities         ${format(total(summary.entities))}   ${list(summary.entities)}`,
    'Segments',
  ];
  for (const [entityType, dimensions] of Object.entries(summary.segments)) {
    for (const [dimension, segments] of Object.entries(dimensions)) {
      lines.push(`  ${`${entityType}.${dimension}`.padEnd(22)} ${list(segments)}`);
    }
  }
  lines.push(
    `Transitions      ${format(total(summary.transitions))}   ${list(summary.transitions)}`,
    `                 beside ${format(summary.firstPlacements)} first placements and ${format(summary.ends)} ends`,
    `Flips held       ${format(total(summary.heldFlips))}   ${list(summary.heldFlips)}`,
    `Actions          ${format(Object.values(summary.actions).reduce((sum, types) => sum + total(types), 0))}`,
  );
  for (const [service, types] of Object.entries(summary.actions)) lines.push(`  ${service.padEnd(22)} ${list(types)}`);
  if (total(summary.statuses) > 0)
    lines.push(`Answers          ${format(total(summary.statuses))}   ${list(summary.statuses)}`);
  const examples = [...summary.examples, ...summary.actionExamples];
  if (examples.length > 0) lines.push('For example', ...examples.map((example) => `  ${example}`));
  return lines.join('\n');
}
