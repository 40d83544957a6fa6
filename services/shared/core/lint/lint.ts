import type { Model } from '../model/types.ts';
import { checkConditions } from './check-conditions.ts';
import { checkMaterials, checkPages } from './check-playbooks.ts';
import { checkActions, checkAttributes } from './check-use.ts';
import { CODES_OF_EVENTS, type Draft, type Finding, LINT_CODES, type LintCode, type Severity } from './findings.ts';
import { Places } from './place.ts';
import { Ranges } from './ranges.ts';

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** What the linter may look at besides the model; what is left out is not looked for. */
export interface LintedWith {
  /** What was found by looking at events. */
  readonly fromEvents?: readonly Draft[];
  /** True where a page (`sop`) is there. */
  readonly hasPage?: (page: string) => boolean;
}

/**
 * Looks for what a model may do but hardly means. `text` is what it was loaded from. Graver findings come first, then those
 * that stand earlier.
 */
export function lintModel(model: Model, text: string, { fromEvents, hasPage }: LintedWith = {}): Finding[] {
  const ranges = new Ranges(model);
  const drafts: Draft[] = [
    ...checkAttributes(model),
    ...checkMaterials(model),
    ...(hasPage ? checkPages(model, hasPage) : []),
    ...(fromEvents ?? []),
  ];
  for (const entity of model.entities.values()) {
    for (const dimension of entity.dimensions)
      drafts.push(...checkConditions(entity, dimension, ranges), ...checkActions(model, entity, dimension));
  }
  const places = new Places(text);
  const findings = drafts.map((draft) => places.finding(draft));
  const looked = (Object.keys(LINT_CODES) as LintCode[]).filter(
    (code) =>
      (fromEvents !== undefined || !CODES_OF_EVENTS.includes(code)) &&
      (hasPage !== undefined || code !== 'missing-page'),
  );
  return [...findings, ...places.ownFindings(new Set(looked))].sort(
    (a, b) =>
      ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) ||
      a.line - b.line ||
      a.column - b.column ||
      (a.code < b.code ? -1 : 1),
  );
}
