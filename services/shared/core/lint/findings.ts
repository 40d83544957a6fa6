export type Severity = 'error' | 'warning' | 'info';

/** Everything that the linter may say, with how grave it is. Names in it stand in models (`allow`) and stay. */
export const LINT_CODES = {
  /** It never holds, or what comes before it always takes its place. */
  'unreachable-segment': 'error',
  /** Who comes in is out again at once: `stay` asks for more than `when`. */
  'stay-stricter-than-when': 'error',
  /** A bound that the segments before it imply: written twice, it is measured twice. */
  'redundant-bound': 'error',
  /** An `allow` that names no code, or gives no reason. */
  'allow-invalid': 'error',
  /** A comparison that its value's range makes always true, or never. */
  'threshold-out-of-range': 'warning',
  /** Between two cuts none holds. */
  gap: 'warning',
  'unused-attribute': 'warning',
  /** A page that is not there. */
  'missing-page': 'warning',
  /** A playbook gives packing a material that is none of the usual ones. */
  'unknown-material': 'warning',
  /** Neither a playbook nor a page says what to do. */
  'no-procedure': 'warning',
  /** Two segments for which the same is done. */
  'same-actions': 'warning',
  /** An `allow` for what is not found any more. */
  'unused-allow': 'warning',
  /** Two rules may hold together; the first in order wins. */
  overlap: 'info',
  /** With events: nobody was ever in it. */
  'no-members': 'warning',
  /** With events: too few to act on. */
  'few-members': 'warning',
  /** With events: the dimensions together cut too fine. */
  'small-micro-segments': 'warning',
  /** With events: two segments with nearly the same members. */
  'near-duplicate': 'warning',
  /** With events: moves that were undone before they paid. */
  flapping: 'warning',
  /** With events: nobody ever moved. */
  'never-changes': 'info',
} as const satisfies Record<string, Severity>;

export type LintCode = keyof typeof LINT_CODES;

/** Found only where there are events to look at. */
export const CODES_OF_EVENTS: readonly LintCode[] = [
  'no-members',
  'few-members',
  'small-micro-segments',
  'near-duplicate',
  'flapping',
  'never-changes',
];

/** One finding, at its place in the model's text. */
export interface Finding {
  readonly code: LintCode;
  readonly severity: Severity;
  /** `order.handling.fragile`, `sku attribute weightG`. */
  readonly where: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do about it. */
  readonly todo: string;
  /** Why it is allowed; null where it is not. */
  readonly allowed: string | null;
}

/** A finding before it has a place: `path` leads to it in the YAML. */
export interface Draft {
  readonly code: LintCode;
  readonly path: readonly string[];
  readonly where: string;
  readonly message: string;
  readonly todo: string;
}

/** Draft at a segment. */
export function atSegment(type: string, dimension: string, segment: string): Pick<Draft, 'path' | 'where'> {
  return {
    path: ['entities', type, 'dimensions', dimension, 'segments', segment],
    where: `${type}.${dimension}.${segment}`,
  };
}

/** Draft at a dimension. */
export function atDimension(type: string, dimension: string): Pick<Draft, 'path' | 'where'> {
  return { path: ['entities', type, 'dimensions', dimension], where: `${type}.${dimension}` };
}
