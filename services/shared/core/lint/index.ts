export { type Draft, type Finding, LINT_CODES, type LintCode, type Severity } from './findings.ts';
export { lintModel } from './lint.ts';
