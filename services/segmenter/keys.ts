import { bucketOf, type EntityRef } from '@detent/core';

/*
 * States of a task:
 *   <type>:<id>            what is known of an entity
 *   ~ref:<type>:<id>:<n>   a bucket of those who read attributes of it
 *   ~order:<n>             observations of a slice of event time that wait for older ones
 *   ~slices                numbers of the slices that hold such
 *   ~pop:<type>            the count of a population that the task is at
 *   ~stat:<type>           what all partitions have counted last
 *   ~members:<type>:<n>    entities that are visited together
 *   ~layout:<fingerprint>  how the states with that fingerprint are laid out
 *   ~model                 the model in force
 *   ~sweep, ~sweep:<n>     what a switch of the model has left to be looked at: where to go on, and keys
 * Entity types are letters and digits, so no entity's key begins with a tilde.
 */

export const SLICES_KEY = '~slices';
export const MODEL_KEY = '~model';
export const SWEEP_KEY = '~sweep';
const LAYOUT = '~layout:';
const BUCKET = '~ref:';
const SLICE = '~order:';
const POPULATION = '~pop:';
const STATISTICS = '~stat:';
const MEMBERS = '~members:';

export const entityKey = ({ entityType, entityId }: EntityRef) => `${entityType}:${entityId}`;
export const sliceKey = (slice: number) => `${SLICE}${slice}`;
export const bucketKey = (target: EntityRef, bucket: number) => `${BUCKET}${entityKey(target)}:${bucket}`;
export const bucketKeyFor = (target: EntityRef, referrerId: string) => bucketKey(target, bucketOf(referrerId));
export const sweepChunkKey = (n: number) => `${SWEEP_KEY}:${n}`;
export const layoutKey = (fingerprint: string) => LAYOUT + fingerprint;

export const populationKey = (entityType: string) => POPULATION + entityType;
export const statisticsKey = (entityType: string) => STATISTICS + entityType;
export const membersKey = (entityType: string, slice: number) => `${MEMBERS}${entityType}:${slice}`;
export const membersKeyFor = ({ entityType, entityId }: EntityRef) => membersKey(entityType, bucketOf(entityId));

/** `plain`: JSON as it is: layouts, the model in force, what is left of a sweep. */
export type KeyKind = 'entity' | 'bucket' | 'slice' | 'slices' | 'population' | 'statistics' | 'members' | 'plain';

export function kindOf(key: string): KeyKind {
  if (!key.startsWith('~')) return 'entity';
  if (key.startsWith(BUCKET)) return 'bucket';
  if (key.startsWith(SLICE)) return 'slice';
  if (key.startsWith(POPULATION)) return 'population';
  if (key.startsWith(STATISTICS)) return 'statistics';
  if (key.startsWith(MEMBERS)) return 'members';
  return key === SLICES_KEY ? 'slices' : 'plain';
}

/** The entity of an entity's key. */
export function entityOf(key: string): EntityRef {
  const colon = key.indexOf(':');
  return { entityType: key.slice(0, colon), entityId: key.slice(colon + 1) };
}
