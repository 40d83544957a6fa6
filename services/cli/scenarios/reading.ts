import type { Action, ActionCarton, SegmentChanged } from '@detent/schemas';
import type { Played } from './play.ts';

/** Changes of an entity on a dimension, in order. */
export function changesOf({ changes }: Played, entityId: string, dimension: string): SegmentChanged[] {
  return changes.filter((each) => each.entityId === entityId && each.dimension === dimension);
}

/** The one change of an entity to a segment. Throws where there is none, or more. */
export function changeTo(played: Played, entityId: string, dimension: string, to: string): SegmentChanged {
  const all = changesOf(played, entityId, dimension);
  const walk = all.map((each) => each.to).join(', ');
  return theOne(
    all.filter((each) => each.to === to),
    `${entityId} to come to ${dimension} ${to} (it came to: ${walk})`,
  );
}

/** Actions of a type that are for an entity, or have a task for that order, in order. */
export function actionsFor({ actions }: Played, type: string, id: string): Action[] {
  return actions.filter(
    (each) =>
      each.type === type && (each.target.entityId === id || each.tasks?.some(({ orderId }) => orderId === id) === true),
  );
}

/** The one action of a type for an entity or order. Throws where there is none, or more. */
export function actionFor(played: Played, type: string, id: string): Action {
  return theOne(actionsFor(played, type, id), `${type} for ${id}`);
}

function theOne<T>(found: readonly T[], what: string): T {
  if (found.length !== 1) throw new Error(`expected one ${what}, found ${found.length}`);
  return found[0]!;
}

/**
 * What actions lack of what they owe whoever follows them: the change that caused them among those published, a reason,
 * a time to begin in that is not over, words for each alternative, and an id of their own. Empty: nothing.
 */
export function faultsOf({ actions, changes }: Played): string[] {
  const published = new Map(changes.map((change) => [change.changeId, change]));
  const ids = new Set<string>();
  const faults: string[] = [];
  for (const { actionId, changeId, segment, because, createdAt, validUntil, alternatives } of actions) {
    const fault = (what: string) => faults.push(`${actionId}: ${what}`);
    const change = published.get(changeId);
    if (change === undefined) fault(`change ${changeId} was never published`);
    else if (change.dimension !== segment.dimension || change.to !== segment.segment)
      fault(`says ${segment.dimension} ${segment.segment}, the change ${change.dimension} ${change.to}`);
    else if (change.occurredAt > createdAt) fault('was decided before its change');
    if (because === '') fault('has no reason');
    if (validUntil < createdAt) fault('is over before it begins');
    for (const { what, rejectedBecause } of alternatives)
      if (what === '' || rejectedBecause === '') fault(`alternative "${what}" is without words`);
    if (ids.has(actionId)) fault('was published twice');
    ids.add(actionId);
  }
  return faults;
}

/** Articles that lie above a unit of one of `fragile` in their carton. */
export function articlesOn({ items }: ActionCarton, fragile: readonly string[]): string[] {
  const overlap = (a: number, lengthA: number, b: number, lengthB: number) => a < b + lengthB && b < a + lengthA;
  return items
    .filter((top) =>
      items.some(
        (under) =>
          fragile.includes(under.skuId) &&
          top !== under &&
          top.zMm >= under.zMm + under.heightMm &&
          overlap(top.xMm, top.lengthMm, under.xMm, under.lengthMm) &&
          overlap(top.yMm, top.widthMm, under.yMm, under.widthMm),
      ),
    )
    .map(({ skuId }) => skuId);
}
