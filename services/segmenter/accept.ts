import type { Observation, Referenced, ReferenceValued, SegmentPin } from '@detent/core';
import type { InputRecord, Refusal } from '@detent/pipeline';
import type { ModelSwitched } from '@detent/schemas';
import type { PopulationCounted } from './populations.ts';
import { POPULATION_COUNTED } from './topology.ts';

export const OBSERVATION = 'detent.observations.Observation';
export const REFERENCED = 'detent.references.Referenced';
export const REFERENCE_VALUED = 'detent.references.ReferenceValued';
export const PINNED = 'detent.overrides.SegmentPinned';
export const MODEL_SWITCHED = 'detent.models.ModelSwitched';

/** Event time of a record, or why the segmenter cannot use it. */
export function accept(record: Omit<InputRecord, 'eventTime'>): number | Refusal {
  const { name, value } = record;
  if (name === OBSERVATION || name === PINNED) {
    const { entityType, entityId } = value as Observation | SegmentPin;
    if (entityType === '' || entityId === '')
      return refuse('EMPTY_ID', 'it names no entity: set entityType and entityId');
    if (entityType.includes(':'))
      return refuse('IMPOSSIBLE_VALUE', `entityType ${entityType} holds a colon, which separates it from the id`);
    if (!record.packed && !isText(record.raw.key, entityId))
      return refuse('KEY_MISMATCH', `the key must be the entityId ${entityId}, for it decides who keeps the entity`);
    return name === OBSERVATION ? (value as Observation).observedAt : (value as SegmentPin).occurredAt;
  }
  if (name === POPULATION_COUNTED) return (value as PopulationCounted).countedAt;
  if (name === REFERENCED) return (value as Referenced).occurredAt;
  if (name === REFERENCE_VALUED) return (value as ReferenceValued).occurredAt;
  if (name === MODEL_SWITCHED) return (value as ModelSwitched).effectiveAt;
  return refuse('UNEXPECTED_RECORD', `${name === '' ? 'a tombstone' : name} does not belong into ${record.topic}`);
}

/** Whether the bytes are the text, in UTF-8. Ids are ASCII: a text need not be made of each key. */
function isText(bytes: Buffer | null, text: string): boolean {
  if (bytes === null) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! > 127) return bytes.toString() === text;
    if (bytes[i] !== text.charCodeAt(i)) return false;
  }
  return bytes.length === text.length;
}

function refuse(code: string, message: string): Refusal {
  return { code, message, step: 'accept' };
}
