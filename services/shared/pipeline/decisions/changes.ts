import type { SegmentChanged } from '@detent/schemas';

/** What decision services read of a change. */
export type Change = Pick<
  SegmentChanged,
  'changeId' | 'entityType' | 'entityId' | 'dimension' | 'to' | 'sequence' | 'epoch' | 'origin' | 'because'
>;

/** Where an entity stands on one dimension, by the last change taken. */
export interface Standing {
  segment: string;
  epoch: string;
  sequence: number;
  changeId: string;
  /** True when the change may cause actions. */
  commands: boolean;
  /** Why it moved there, for people. */
  text: string;
  /** True for a first placement that no condition decided: it is where everything begins. */
  byDefault: boolean;
}

/** The change that an action answers. */
export interface Cause extends Standing {
  entityType: string;
  entityId: string;
  dimension: string;
}

/** Where an entity stands, by dimension. */
export type Standings = Record<string, Standing>;

const commanding: ReadonlySet<string> = new Set(['live', 'timer', 'edit', 'reference', 'manual']);

/** True when a change of this origin may cause actions. `initial` and `replay` only tell where an entity stands. */
export function mayCommand(origin: string): boolean {
  return commanding.has(origin);
}

/** True when the entity is no more; a model that no longer has the dimension only takes it off that. */
export function endsEntity({ to, origin }: Pick<Change, 'to' | 'origin'>): boolean {
  return (to === null || to === undefined) && origin !== 'edit';
}

/**
 * Takes a change into the standings. `seen`: it, or a later one, was taken before, and nothing was changed. `ended`:
 * the entity is no more; the standings are left for the caller to drop. `left`: the model no longer has the dimension.
 */
export function takeChange(standings: Standings, change: Change): 'seen' | 'moved' | 'left' | 'ended' {
  const last = standings[change.dimension];
  if (last !== undefined && last.epoch === change.epoch && change.sequence <= last.sequence) return 'seen';
  if (last !== undefined && isOlderLife(change.epoch, last.epoch)) return 'seen';
  if (change.to === null || change.to === undefined) {
    if (endsEntity(change)) return 'ended';
    delete standings[change.dimension];
    return 'left';
  }
  standings[change.dimension] = {
    segment: change.to,
    epoch: change.epoch,
    sequence: change.sequence,
    changeId: change.changeId,
    commands: mayCommand(change.origin),
    text: change.because.text,
    byDefault: change.sequence === 1 && change.because.clause === '' && change.origin !== 'manual',
  };
  return 'moved';
}

/**
 * What an action names once `change` was taken into the standings: the newest change that may command. A first placement by
 * default does not take the place of a change that something decided, for it would explain nothing.
 */
export function causeAfter(
  before: Cause | null,
  { entityType, entityId, dimension }: Change,
  standings: Standings,
): Cause | null {
  const standing = standings[dimension];
  if (standing === undefined || !standing.commands) return before;
  if (standing.byDefault && before !== null && !before.byDefault) return before;
  return { ...standing, entityType, entityId, dimension };
}

/** Segments by `entityType.dimension`, as playbooks match them. */
export function membershipsOf(entityType: string, standings: Standings): Record<string, string> {
  const memberships: Record<string, string> = {};
  for (const dimension in standings) memberships[`${entityType}.${dimension}`] = standings[dimension]!.segment;
  return memberships;
}

/** Lives are comparable where they began on the same partition: the lower offset came first. */
function isOlderLife(epoch: string, than: string): boolean {
  const cut = epoch.lastIndexOf('-');
  const cutThan = than.lastIndexOf('-');
  if (cut < 0 || epoch.slice(0, cut) !== than.slice(0, cutThan)) return false;
  return Number(epoch.slice(cut + 1)) < Number(than.slice(cutThan + 1));
}
