import type { Amount, LineItem } from './row.ts';

/**
 * Freight in USD for each row: a cost that other rows refer to is shared out over it and them by the value of their
 * goods (evenly where no value is told). Rows whose cost is not told, also those that refer to such a row, are not in
 * the result: unknown is never 0.
 */
export function allocateFreight(items: readonly LineItem[]): Map<string, number> {
  const byId = new Map(items.map((item) => [item.rowId, item]));
  const sharing = new Map<string, LineItem[]>();
  for (const item of items) {
    const bearer = bearerOf(item, byId);
    if (bearer === undefined) continue;
    const group = sharing.get(bearer.rowId);
    if (group === undefined) sharing.set(bearer.rowId, [item]);
    else group.push(item);
  }
  const allocated = new Map<string, number>();
  for (const [rowId, group] of sharing) {
    const { value } = byId.get(rowId)?.freightUsd as Extract<Amount, { kind: 'known' }>;
    const total = group.reduce((sum, item) => sum + item.valueUsd, 0);
    for (const item of group) {
      allocated.set(item.rowId, value * (total > 0 ? item.valueUsd / total : 1 / group.length));
    }
  }
  return allocated;
}

/** The row that holds the cost of this one, over as many references as there are; undefined when none holds it. */
function bearerOf(item: LineItem, byId: ReadonlyMap<string, LineItem>): LineItem | undefined {
  let bearer: LineItem | undefined = item;
  for (let hops = 0; bearer !== undefined && hops < 10; hops++) {
    if (bearer.freightUsd.kind === 'known') return bearer;
    if (bearer.freightUsd.kind === 'unknown') return undefined;
    bearer = byId.get(bearer.freightUsd.rowId);
  }
  return undefined;
}
