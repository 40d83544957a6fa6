import { topicsOfKind } from '@detent/schemas';

/**
 * The path of a record:
 * source topics → decode (pipeline) → accept → drop repeats → extract → observations.
 * What decode and accept refuse goes to the dead letters.
 */
export const ingestSources: readonly string[] = topicsOfKind('source');

/** Where observations go, keyed by entity. */
export const ingestOutput = 'observations.v1';
