import type { LineItem } from './row.ts';

/** Rows that refer to each other in a ring hold no cost. */
const MOST_HOPS = 10;

/**
 * Freight in USD for each row: a cost that other rows refer to is shared out over it and them by the value of their
 * goods (evenly where no value is told). Rows whose cost is not told, also those that refer to such a row, are not in
 * the result: unknown is never 0.
 */
export function allocateFreight(items: readonly LineItem[]): Map<string, number> {
  const byId = new Map(items.map((item) => [item.rowId, item]));
  const sharing = new Map<string, { costUsd: number; items: LineItem[] }>();
  for (const item of items) {
    const bearer = bearerOf(item, byId);
    if (bearer === undefined) continue;
    const group = sharing.get(bearer.rowId);
    if (group === undefined) sharing.set(bearer.rowId, { costUsd: bearer.costUsd, items: [item] });
    else group.items.push(item);
  }
  const allocated = new Map<string, number>();
  for (const { costUsd, items: sharers } of sharing.values()) {
    const total = sharers.reduce((sum, item) => sum + item.valueUsd, 0);
    for (const item of sharers) {
      allocated.set(item.rowId, costUsd * (total > 0 ? item.valueUsd / total : 1 / sharers.length));
    }
  }
  return allocated;
}

/** The row that holds the cost of this one, over as many references as there are; undefined when none holds it. */
function bearerOf(item: LineItem, byId: ReadonlyMap<string, LineItem>): { rowId: string; costUsd: number } | undefined {
  let bearer: LineItem | undefined = item;
  for (let hops = 0; bearer !== undefined && hops < MOST_HOPS; hops++) {
    const { freightUsd, rowId } = bearer;
    if (freightUsd.kind === 'known') return { rowId, costUsd: freightUsd.value };
    if (freightUsd.kind === 'unknown') return undefined;
    bearer = byId.get(freightUsd.rowId);
  }
  return undefined;
}
