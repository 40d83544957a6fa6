/** What is read of jest's own JSON report. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
  /** Times are epoch ms. */
  testResults: { name: string; startTime: number; endTime: number; assertionResults: { status: string }[] }[];
}

/** One check that is not a jest test: lint, types. */
export interface CheckResult {
  name: string;
  ok: boolean;
}

export interface Summary {
  lines: string[];
  passed: number;
  failed: number;
  skipped: number;
}

/** How many files are named as the slowest. */
const SLOWEST = 8;

/** Two reports as if all had been run at once. */
export function joined(first: JestReport, second: JestReport): JestReport {
  return {
    numPassedTests: first.numPassedTests + second.numPassedTests,
    numFailedTests: first.numFailedTests + second.numFailedTests,
    numPendingTests: first.numPendingTests + second.numPendingTests,
    numTodoTests: first.numTodoTests + second.numTodoTests,
    numRuntimeErrorTestSuites: first.numRuntimeErrorTestSuites + second.numRuntimeErrorTestSuites,
    testResults: [...first.testResults, ...second.testResults],
  };
}

/**
 * Counts checks and tests together; a suite that could not run, and a jest that left no report, count as one failure
 * each. The last line is `N passed, N failed, N skipped`.
 */
export function summarize(
  checks: readonly CheckResult[],
  report: JestReport | undefined,
  notStarted: ReadonlyMap<string, string>,
): Summary {
  const brokenChecks = checks.filter(({ ok }) => !ok);
  const passed = checks.length - brokenChecks.length + (report?.numPassedTests ?? 0);
  const failed = brokenChecks.length + (report ? report.numFailedTests + report.numRuntimeErrorTestSuites : 1);
  const skipped = report ? report.numPendingTests + report.numTodoTests : 0;
  const lines = [`checks: ${checks.map(({ name, ok }) => `${name} ${ok ? 'passed' : 'FAILED'}`).join(', ')}`];
  if (!report) lines.push('jest left no report: see its output above');
  if (report?.numRuntimeErrorTestSuites) lines.push(`${report.numRuntimeErrorTestSuites} test files could not run`);
  for (const { name, assertionResults } of report?.testResults ?? []) {
    const count = assertionResults.filter(({ status }) => status === 'pending' || status === 'todo').length;
    if (count > 0) lines.push(`skipped ${count} of ${assertionResults.length} in ${name}`);
  }
  const slowest = (report?.testResults ?? [])
    .map(({ name, startTime, endTime }) => ({ name, seconds: Math.round((endTime - startTime) / 1000) }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST);
  if (slowest.length > 0)
    lines.push(`slowest: ${slowest.map(({ name, seconds }) => `${name} ${seconds} s`).join(', ')}`);
  for (const [part, why] of notStarted)
    lines.push(`not started, so its integration tests are skipped: ${part}. ${why}`);
  lines.push(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { lines, passed, failed, skipped };
}
