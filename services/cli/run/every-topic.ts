import { actionDomains, actionsTopic, membershipsTopic, segmentsTopic, topics } from '@detent/schemas';

/** Every topic without prefix, families written out for these entity types. State topics belong to whoever keeps the state. */
export function everyTopic(entityTypes: readonly string[]): string[] {
  return [
    ...topics.map(({ name }) => name).filter((name) => !name.includes('<')),
    ...entityTypes.flatMap((type) => [segmentsTopic(type), membershipsTopic(type)]),
    ...actionDomains.map(actionsTopic),
  ];
}
