import { bucketOf, type EntityRef } from '@detent/core';

/*
 * States of a task:
 *   <type>:<id>            what is known of an entity
 *   ~ref:<type>:<id>:<n>   a bucket of those who read attributes of it
 *   ~order:<n>             observations of a slice of event time that wait for older ones
 *   ~slices                numbers of the slices that hold such
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

export const entityKey = ({ entityType, entityId }: EntityRef) => `${entityType}:${entityId}`;
export const sliceKey = (slice: number) => `${SLICE}${slice}`;
export const bucketKey = (target: EntityRef, bucket: number) => `${BUCKET}${entityKey(target)}:${bucket}`;
export const bucketKeyFor = (target: EntityRef, referrerId: string) => bucketKey(target, bucketOf(referrerId));
export const sweepChunkKey = (n: number) => `${SWEEP_KEY}:${n}`;
export const layoutKey = (fingerprint: string) => LAYOUT + fingerprint;

/** `plain`: JSON as it is: layouts, the model in force, what is left of a sweep. */
export type KeyKind = 'entity' | 'bucket' | 'slice' | 'slices' | 'plain';

export function kindOf(key: string): KeyKind {
  if (!key.startsWith('~')) return 'entity';
  if (key.startsWith(BUCKET)) return 'bucket';
  if (key.startsWith(SLICE)) return 'slice';
  return key === SLICES_KEY ? 'slices' : 'plain';
}

/** The entity of an entity's key. */
export function entityOf(key: string): EntityRef {
  const colon = key.indexOf(':');
  return { entityType: key.slice(0, colon), entityId: key.slice(colon + 1) };
}
