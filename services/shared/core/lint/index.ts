export { checkPopulation, ratesOf } from './check-population.ts';
export { CODES_OF_EVENTS, type Draft, type Finding, LINT_CODES, type LintCode, type Severity } from './findings.ts';
export { lintModel } from './lint.ts';
export { Population } from './population.ts';
