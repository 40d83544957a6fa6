import { acceptFact, type InputRecord, type Refusal, refuse } from '@detent/pipeline';
import type { SensorRead } from '@detent/schemas';
import { reading } from './reading.ts';

/** The event time of a source record (epoch ms), or why it is refused: as `acceptFact`, or a unit does not fit. */
export function accept(record: Omit<InputRecord, 'eventTime'>): number | Refusal {
  const accepted = acceptFact(record);
  if (typeof accepted !== 'number' || record.name !== 'detent.sensors.SensorRead') return accepted;
  const read = reading(record.value as SensorRead);
  return read.ok ? accepted : refuse(read.code, 'accept', read.what);
}
