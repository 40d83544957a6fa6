import type { Observation } from '../engine/types.ts';
import { isMeasured } from '../model/measured.ts';
import type { DimensionModel, EntityModel, Model } from '../model/types.ts';

/** Whether there is something to weigh: it goes by what is measured, or says what a move costs. */
export function isWeighed(entity: EntityModel, { segments }: DimensionModel): boolean {
  return segments.some((segment) => segment.hysteresis.switchCost !== undefined || isMeasured(entity, segment));
}

/** The part of a model that some entity types and all that they read through links are made of, and its observations. */
export function partOf(
  model: Model,
  types: Iterable<string>,
  observations: readonly Observation[],
): { model: Model; observations: readonly Observation[] } {
  const kept = new Set<string>();
  const keep = (type: string): void => {
    if (kept.has(type)) return;
    kept.add(type);
    for (const { target, reads } of model.entities.get(type)!.links.values()) if (reads.length > 0) keep(target);
  };
  for (const type of types) keep(type);
  if (kept.size === model.entities.size) return { model, observations };
  const entities = new Map([...model.entities].filter(([type]) => kept.has(type)));
  return {
    // What is commanded decides nowhere where an entity stands.
    model: { ...model, entities, playbooks: [] },
    observations: observations.filter(({ entityType }) => kept.has(entityType)),
  };
}
