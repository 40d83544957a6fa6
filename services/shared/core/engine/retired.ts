import type { EntityModel, Model } from '../model/types.ts';
import type { Retired } from './types.ts';

/** Names of dimensions, by entity type. */
export type DimensionsByType = Readonly<Record<string, readonly string[]>>;

const DAY_MS = 86_400_000;

/** The dimensions of a model's entity types, in its order. */
export function dimensionsOf(model: Model): DimensionsByType {
  return Object.fromEntries(
    [...model.entities.values()].map(({ type, dimensions }) => [type, dimensions.map(({ name }) => name)]),
  );
}

/** What is retired once a model follows another: `before` are that one's dimensions, `retired` what was so already. */
export function retiredAfter(before: DimensionsByType, retired: Retired, model: Model): Retired {
  const now = dimensionsOf(model);
  const result: Record<string, readonly string[]> = {};
  for (const type of [...new Set([...Object.keys(before), ...Object.keys(retired)])].sort()) {
    const known = new Set([...(before[type] ?? []), ...(retired[type] ?? [])]);
    const names = [...known].filter((name) => !now[type]?.includes(name)).sort();
    if (names.length > 0 || now[type] === undefined) result[type] = names;
  }
  return result;
}

/** The entity types of a model with their retired dimensions, and types that it no longer has: of those nothing is folded. */
export function withRetired(model: Model, retired: Retired): { entity: EntityModel; dimensions: readonly string[] }[] {
  const own = [...model.entities.values()].map((entity) => ({ entity, dimensions: retired[entity.type] ?? [] }));
  const gone = Object.keys(retired).filter((type) => !model.entities.has(type));
  return [...own, ...gone.map((type) => ({ entity: emptyType(type), dimensions: retired[type]! }))];
}

function emptyType(type: string): EntityModel {
  return {
    type,
    transient: false,
    undecidedAfterMs: Infinity,
    expireAfterMs: Infinity,
    retentionMs: 30 * DAY_MS,
    inputs: new Map(),
    inputRanges: new Map(),
    attributes: new Map(),
    links: new Map(),
    dimensions: [],
  };
}
