import { bucketOf, type EntityRef } from '@detent/core';

/*
 * States of a task:
 *   <type>:<id>            what is known of an entity
 *   ~ref:<type>:<id>:<n>   a bucket of those who read attributes of it
 *   ~order:<type>:<id>      observations of it that wait for older ones
 *   ~waiting               entities that have such
 *   ~layout:<fingerprint>  how the states with that fingerprint are laid out
 * Entity types are letters and digits, so nothing else begins with a tilde.
 */

export const WAITING_KEY = '~waiting';
const LAYOUT = '~layout:';
const BUCKET = '~ref:';
const BUFFER = '~order:';

export const entityKey = ({ entityType, entityId }: EntityRef) => `${entityType}:${entityId}`;
export const bufferKey = (entity: EntityRef) => BUFFER + entityKey(entity);
export const bucketKey = (target: EntityRef, bucket: number) => `${BUCKET}${entityKey(target)}:${bucket}`;
export const bucketKeyFor = (target: EntityRef, referrerId: string) => bucketKey(target, bucketOf(referrerId));
export const layoutKey = (fingerprint: string) => LAYOUT + fingerprint;

export type KeyKind = 'entity' | 'bucket' | 'buffer' | 'waiting' | 'layout';

export function kindOf(key: string): KeyKind {
  if (!key.startsWith('~')) return 'entity';
  if (key.startsWith(BUCKET)) return 'bucket';
  if (key.startsWith(BUFFER)) return 'buffer';
  return key === WAITING_KEY ? 'waiting' : 'layout';
}

/** The entity of an entity's key or of its buffer's. */
export function entityOf(key: string): EntityRef {
  const name = key.startsWith(BUFFER) ? key.slice(BUFFER.length) : key;
  const colon = name.indexOf(':');
  return { entityType: name.slice(0, colon), entityId: name.slice(colon + 1) };
}
