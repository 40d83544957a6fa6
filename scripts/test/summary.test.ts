import { describe, expect, it } from '@jest/globals';
import { type JestReport, joined, summarize } from './summary.ts';

const clean: JestReport = {
  numPassedTests: 10,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};
const times = { startTime: 1_000, endTime: 3_400 };
const checks = [
  { name: 'lint', ok: true },
  { name: 'types', ok: true },
];

describe('the summary of npm test', () => {
  it('counts checks with the tests and ends with the line that counts', () => {
    const { lines, failed } = summarize(checks, clean, new Map());
    expect(lines.at(-1)).toBe('12 passed, 0 failed, 0 skipped');
    expect(failed).toBe(0);
  });

  it('counts a failed check, a failed test and a file that could not run as failures', () => {
    const report = { ...clean, numFailedTests: 2, numRuntimeErrorTestSuites: 1 };
    const broken = [{ name: 'lint', ok: false }, checks[1]!];
    expect(summarize(broken, report, new Map()).lines.at(-1)).toBe('11 passed, 4 failed, 0 skipped');
  });

  it('counts what two turns of jest found together', () => {
    const file = { ...times, name: 'chaos.e2e.test.ts', assertionResults: [{ status: 'pending' }] };
    const second = { ...clean, numFailedTests: 1, numPendingTests: 1, testResults: [file] };
    const { lines } = summarize(checks, joined(clean, second), new Map());
    expect(lines.at(-1)).toBe('22 passed, 1 failed, 1 skipped');
    expect(lines).toContain('skipped 1 of 1 in chaos.e2e.test.ts');
  });

  it('names the slowest files', () => {
    const testResults = [
      { ...times, name: 'quick.test.ts', assertionResults: [] },
      { ...times, endTime: 61_000, name: 'slow.test.ts', assertionResults: [] },
    ];
    const { lines } = summarize(checks, { ...clean, testResults }, new Map());
    expect(lines).toContain('slowest: slow.test.ts 60 s, quick.test.ts 2 s');
  });

  it('is a failure when jest left no report', () => {
    expect(summarize(checks, undefined, new Map()).failed).toBe(1);
  });

  it('says which files skipped tests and which parts did not start, and why', () => {
    const file = {
      ...times,
      name: 'kafka.int.test.ts',
      assertionResults: [{ status: 'pending' }, { status: 'passed' }],
    };
    const report = { ...clean, numPendingTests: 1, testResults: [file] };
    const text = summarize(checks, report, new Map([['kafka', 'Install Java 17.']])).lines.join('\n');
    expect(text).toContain('skipped 1 of 2 in kafka.int.test.ts');
    expect(text).toContain('kafka. Install Java 17.');
    expect(text).toContain('12 passed, 0 failed, 1 skipped');
  });
});
