import type { Reason } from '@detent/pipeline';
import { isWithin, rangeText } from '@detent/pipeline';
import type { SensorRead } from '@detent/schemas';
import { endingsText, sensorMetric } from './sensor-metrics.ts';
import { conversion, convert } from './units.ts';

/** A sensor's value in the unit of its metric, or why there is none. */
export type Reading = { ok: true; value: number | boolean } | { ok: false; code: Reason; what: string };

/** Converts what a sensor read to the unit that its metric's name says. */
export function reading({ metric, value, unit }: Pick<SensorRead, 'metric' | 'value' | 'unit'>): Reading {
  const target = sensorMetric(metric);
  if (target === undefined) {
    const what = `SensorRead.metric is "${metric}", which does not say its unit: a new metric’s name ends in one of ${endingsText}`;
    return { ok: false, code: 'BAD_UNIT', what };
  }
  const way = conversion(unit, target.unit);
  if (!way.ok) {
    const what = `SensorRead.unit is "${unit}", but ${metric} is measured in ${target.unit}: ${way.why}`;
    return { ok: false, code: 'BAD_UNIT', what };
  }
  const converted = convert(value, way);
  if (!isWithin(converted, target.range)) {
    const what = `SensorRead.value is ${value} ${unit}: ${metric} must be ${rangeText(target.range)} ${target.unit}`;
    return { ok: false, code: 'IMPOSSIBLE_VALUE', what };
  }
  return { ok: true, value: target.isFlag ? converted >= 0.5 : converted };
}
