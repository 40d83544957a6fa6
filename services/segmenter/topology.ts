import type { Engine } from '@detent/core';

/**
 * The path of a record:
 * observation → (order by event time) → timers up to it → fold → conditions → hysteresis → changes and membership.
 * What people pin goes straight to hysteresis.
 * A switch of the model is a batch of its own at one point of event time; who is not touched after it is swept.
 * What links entities goes through references: in the same step where this task owns both, else by the topic.
 */
export const observationsTopic = 'observations.v1';
export const referencesTopic = 'references.v1';
/** What people pin. */
export const overridesTopic = 'overrides.v1';
/** How values are spread over a population, from all tasks to all tasks. */
export const populationsTopic = 'populations.v1';
export const POPULATION_COUNTED = 'detent.populations.PopulationCounted';

/** A model that holds from one point of event time on, told to every partition. */
export const modelSwitchesTopic = 'model-switches.v1';
/** How far each task is with the model in force, compacted. */
export const modelProgressTopic = 'model-progress.v1';
/** Populations too: a model that comes by a switch may count them. */
export const segmenterSources: readonly string[] = [
  observationsTopic,
  referencesTopic,
  overridesTopic,
  populationsTopic,
  modelSwitchesTopic,
];

/** Changes of segment of an entity type. */
export const segmentsTopic = (entityType: string) => `segments.${entityType}.v1`;
/** Where its entities stand, compacted. */
export const membershipsTopic = (entityType: string) => `memberships.${entityType}.v1`;

/** All that a segmenter with this model writes, for what earlier models had too. */
export function segmenterOutputs(engine: Engine): string[] {
  const types = [...engine.types].filter((type) => engine.isSegmented(type));
  const perType = types.flatMap((type) => [segmentsTopic(type), membershipsTopic(type)]);
  return [...perType, referencesTopic, populationsTopic, modelProgressTopic];
}
