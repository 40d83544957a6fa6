import type { Effects, Engine, EntityState, Referenced, ReferenceValued } from '@detent/core';
import type { Output, ProcessContext } from '@detent/pipeline';
import { REFERENCE_VALUED, REFERENCED } from './accept.ts';
import { membershipsTopic, referencesTopic, segmentsTopic } from './topology.ts';

/** Emits the changes of one entity, where it now stands, and counts both. */
export function publishChanges(engine: Engine, state: EntityState, effects: Effects, context: ProcessContext): void {
  const { entityType, entityId } = state;
  for (const { dimension, reason } of effects.held)
    context.count('detent_hysteresis_held_total', { dimension: `${entityType}.${dimension}`, reason });
  for (const attribute of effects.lateFor)
    context.count('detent_attribute_late_total', { attribute: `${entityType}.${attribute}` });
  const last = effects.changes.at(-1);
  const { pinnedAt } = effects;
  if (last === undefined && pinnedAt === 0) return;
  for (const change of effects.changes) {
    context.emit({
      topic: segmentsTopic(entityType),
      name: 'detent.segments.SegmentChanged',
      key: entityId,
      value: { ...change, detectedAt: context.now },
      eventTime: change.occurredAt,
      partition: 'own',
      id: change.changeId,
    });
    const dimension = `${entityType}.${change.dimension}`;
    context.count('detent_segment_transitions_total', {
      dimension,
      from: change.from ?? 'none',
      to: change.to ?? 'none',
    });
    context.gauge('detent_dimension_latest_change_seconds', change.occurredAt / 1000, { dimension });
  }
  const occurredAt = last?.occurredAt ?? pinnedAt;
  const membership = engine.membership(state, occurredAt);
  context.emit({
    topic: membershipsTopic(entityType),
    name: membership === undefined ? null : 'detent.memberships.Membership',
    key: entityId,
    value: membership,
    eventTime: occurredAt,
    partition: 'own',
    id: last?.evaluationId ?? `${entityType}:${entityId}:${state.epoch}:pin:${pinnedAt}`,
  });
}

/** A message for an entity that another task keeps. */
export function referenceOutput(message: Referenced | ReferenceValued): Output {
  const isAnswer = 'value' in message;
  const { entityId } = isAnswer ? message.referrer : message.target;
  return {
    topic: referencesTopic,
    name: isAnswer ? REFERENCE_VALUED : REFERENCED,
    key: entityId,
    value: message,
    eventTime: message.occurredAt,
    partition: 'key',
  };
}
