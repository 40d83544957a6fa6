import type { Model } from '@detent/core';

/**
 * The path of a record:
 * observation → (order by event time) → timers up to it → fold → conditions → hysteresis → changes and membership.
 * What people pin goes straight to hysteresis.
 * What links entities goes through references: in the same step where this task owns both, else by the topic.
 */
export const observationsTopic = 'observations.v1';
export const referencesTopic = 'references.v1';
/** What people pin. */
export const overridesTopic = 'overrides.v1';
/** How values are spread over a population, from all tasks to all tasks. */
export const populationsTopic = 'populations.v1';
export const POPULATION_COUNTED = 'detent.populations.PopulationCounted';

/** All that a segmenter with this model reads. */
export function segmenterSources(model: Model): string[] {
  return [observationsTopic, referencesTopic, overridesTopic, ...(countsPopulations(model) ? [populationsTopic] : [])];
}

function countsPopulations({ entities }: Model): boolean {
  return [...entities.values()].some(({ attributes }) =>
    [...attributes.values()].some(({ fold }) => fold.kind === 'population'),
  );
}

/** Changes of segment of an entity type. */
export const segmentsTopic = (entityType: string) => `segments.${entityType}.v1`;
/** Where its entities stand, compacted. */
export const membershipsTopic = (entityType: string) => `memberships.${entityType}.v1`;

/** All that a segmenter with this model writes. */
export function segmenterOutputs(model: Model): string[] {
  const types = [...model.entities.values()].filter(({ dimensions }) => dimensions.length > 0);
  return [
    ...types.flatMap(({ type }) => [segmentsTopic(type), membershipsTopic(type)]),
    ...segmenterSources(model).slice(1),
  ];
}
