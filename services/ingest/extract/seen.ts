import type { ObservedLink, RecordTypes } from '@detent/schemas';

/** A value that was observed. */
export type Value = number | string | boolean;

/** What an event tells of one entity. Who, when and from where the pipeline adds. */
export interface Seen {
  entityType: string;
  entityId: string;
  values: Record<string, Value>;
  links: ObservedLink[];
  ended: boolean;
}

/** Full name of a record → what its events observe. */
export type Extractors = { readonly [N in keyof RecordTypes]?: (event: RecordTypes[N]) => Seen[] };

const HOUR_MS = 3_600_000;

/** What is absent is left out: missing is never 0. */
export function seen(
  entityType: string,
  entityId: string,
  values: Readonly<Record<string, Value | null | undefined>>,
  links: ObservedLink[] = [],
  ended = false,
): Seen {
  const known: Record<string, Value> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== null && value !== undefined) known[name] = value;
  }
  return { entityType, entityId, values: known, links, ended };
}

/** All current targets of a relation; they replace the former ones. */
export function link(relation: string, entityType: string, entityIds: readonly string[]): ObservedLink {
  return { relation, targets: entityIds.map((entityId) => ({ entityType, entityId, values: {} })) };
}

/** Id of the stock of an article at a site. */
export const stockId = (skuId: string, siteId: string): string => `${skuId}@${siteId}`;

/** From `planned` to `actual`, hours; negative when early. */
export const hoursBetween = (planned: number, actual: number): number => (actual - planned) / HOUR_MS;

/** Sums by article, in the order of first mention. */
export function bySku(
  lines: readonly { skuId: string; quantity: number }[],
): Map<string, { quantity: number; lines: number }> {
  const sums = new Map<string, { quantity: number; lines: number }>();
  for (const { skuId, quantity } of lines) {
    const sum = sums.get(skuId);
    if (sum === undefined) sums.set(skuId, { quantity, lines: 1 });
    else {
      sum.quantity += quantity;
      sum.lines += 1;
    }
  }
  return sums;
}
