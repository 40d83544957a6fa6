import type { Engine, EntityRef, EntityState, Layout } from '@detent/core';
import { entityKey, layoutKey } from './keys.ts';
import { decodeState, ForeignState } from './state-codec.ts';

/**
 * The state of one entity, for those who look. `load` gives bytes by state key of the task that keeps it. Undefined where
 * nothing is known of it. A state under an older layout is carried over, as the service will do when it next needs it.
 * Throws `DETENT_SEGMENTER_LAYOUT_UNKNOWN` where that layout is not kept.
 */
export async function readEntity(
  engine: Engine,
  entity: EntityRef,
  load: (keys: readonly string[]) => Promise<readonly (Buffer | null)[]>,
): Promise<EntityState | undefined> {
  const key = entityKey(entity);
  const [bytes] = await load([key]);
  if (!bytes) return undefined;
  const state = decodeState(engine, key, bytes);
  if (!(state instanceof ForeignState)) return state as EntityState;
  const layoutAt = layoutKey(state.fingerprint);
  const [layout] = await load([layoutAt]);
  if (!layout) {
    const message = `the state ${key} has the layout ${state.fingerprint}, which is not kept beside it`;
    throw Object.assign(new Error(message), { code: 'DETENT_SEGMENTER_LAYOUT_UNKNOWN', retriable: false });
  }
  const { entityType, entityId } = entity;
  return engine.migrate(entityType, entityId, state.bytes, decodeState(engine, layoutAt, layout) as Layout);
}
