import { Effects, type Engine, type EntityRef, type EntityState, type Layout } from '@detent/core';
import { entityKey, layoutKey, MODEL_KEY } from './keys.ts';
import { editOf, engineOf, type ModelInForce, seedInForce } from './model-in-force.ts';
import type { ModelLibrary } from './model-library.ts';
import { decodeState, ForeignState } from './state-codec.ts';

/** Bytes by state key of the task that keeps an entity. */
export type LoadStates = (keys: readonly string[]) => Promise<readonly (Buffer | null)[]>;

/** The model that a task works with, for those who look: the seed where nothing was promoted. */
export async function readModel(models: ModelLibrary, load: LoadStates): Promise<{ engine: Engine; of: ModelInForce }> {
  const [bytes] = await load([MODEL_KEY]);
  const kept = bytes ? (JSON.parse(bytes.toString()) as ModelInForce) : undefined;
  const of = kept === undefined || kept.yaml === null ? seedInForce(models, kept, 0) : kept;
  return { engine: engineOf(models, of), of };
}

/**
 * The state of one entity under the model in force, for those who look. Undefined where nothing is known of it. A state
 * under an older layout is carried over, as the service will do when it next needs it. Throws
 * `DETENT_SEGMENTER_LAYOUT_UNKNOWN` where that layout is not kept.
 */
export async function readEntity(
  { engine, of }: { engine: Engine; of: ModelInForce },
  entity: EntityRef,
  load: LoadStates,
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
  const old = decodeState(engine, layoutAt, layout) as Layout;
  return engine.adopt(entity, state.bytes, old, -Infinity, editOf(of), new Effects());
}
