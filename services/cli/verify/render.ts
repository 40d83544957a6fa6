import { findingKinds } from './findings.ts';
import type { VerifyReport } from './verify.ts';

/** The report for people. */
export function renderReport({ ok, complete, services, findings, seconds }: VerifyReport): string {
  const lines: string[] = [];
  const n = (count: number) => count.toLocaleString('en-GB');
  for (const [name, report] of Object.entries(services)) {
    const { tasks, batches, inputs, expected, seen, skipped } = report;
    const wrong = findingKinds.filter((kind) => report[kind] > 0).map((kind) => `${n(report[kind])} ${kind}`);
    lines.push(
      tasks === 0
        ? `${name.padEnd(10)} has not run`
        : `${name.padEnd(10)} ${n(batches)} batches of ${tasks} tasks repeated: ${n(inputs)} records in, ${n(expected)} out, ${n(seen)} there. ${wrong.join(', ') || 'As it must be'}`,
      ...skipped.map((reason) => `           not checked: ${reason}`),
    );
  }
  for (const { kind, topic, partition, offset, key, what } of findings) {
    const at = offset === undefined ? '' : `@${offset}`;
    lines.push(`  ${kind}: ${topic}-${partition}${at}${key === undefined ? '' : ` ${key}`}: ${what}`);
  }
  const verdict = ok
    ? complete
      ? 'all is as it must be'
      : 'nothing wrong in what could be checked'
    : 'NOT as it must be';
  return `${lines.join('\n')}\n${verdict} (${seconds.toFixed(1)} s)`;
}
