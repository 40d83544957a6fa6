/** What was found wrong, and where to look. */
export interface Finding {
  kind: FindingKind;
  service: string;
  topic: string;
  partition: number;
  /** Where it lies; of what is missing, the changelog record of the batch that should have written it. */
  offset?: number;
  key?: string;
  what: string;
}

/** Also the names of the counts in the report. */
export const findingKinds = [
  'missing',
  'doubled',
  'sequenceGaps',
  'membershipMismatches',
  'stateMismatches',
  'redisMismatches',
  'positionMismatches',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Findings beyond this many are only counted. */
const SHOWN = 20;

/** Counts findings by kind and keeps the first. */
export class Findings {
  readonly service: string;
  readonly counts: Record<FindingKind, number>;
  readonly shown: Finding[] = [];
  /** What could not be checked, and why. */
  readonly skipped: string[] = [];

  constructor(service: string) {
    this.service = service;
    this.counts = Object.fromEntries(findingKinds.map((kind) => [kind, 0])) as Record<FindingKind, number>;
  }

  add(finding: Omit<Finding, 'service'>, by = 1): void {
    this.counts[finding.kind] += by;
    if (this.shown.length < SHOWN) this.shown.push({ ...finding, service: this.service });
  }

  skip(reason: string): void {
    if (!this.skipped.includes(reason)) this.skipped.push(reason);
  }

  get total(): number {
    return findingKinds.reduce((sum, kind) => sum + this.counts[kind], 0);
  }
}
