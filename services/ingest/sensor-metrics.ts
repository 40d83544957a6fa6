import type { Range } from '@detent/pipeline';

/** What a metric is measured in, and what it may be. */
export interface SensorMetric {
  /** UCUM code that values are converted to. */
  readonly unit: string;
  readonly range: Range;
  /** Observed as true or false. */
  readonly isFlag?: boolean;
}

const NOT_NEGATIVE: Range = { min: 0 };

const known: ReadonlyMap<string, SensorMetric> = new Map<string, SensorMetric>([
  ['tempC', { unit: 'Cel', range: { above: -273.15 } }],
  // Sensors read a little over 100 in fog.
  ['humidityPct', { unit: '%', range: { min: 0, max: 110 } }],
  ['shockG', { unit: '[g]', range: {} }],
  ['lightLx', { unit: 'lx', range: NOT_NEGATIVE }],
  ['doorOpen', { unit: '1', range: { min: 0, max: 1 }, isFlag: true }],
  ['batteryV', { unit: 'V', range: NOT_NEGATIVE }],
]);

/** Endings of other metrics' names. */
const endings: readonly (readonly [ending: string, metric: SensorMetric])[] = [
  ['TempC', { unit: 'Cel', range: { above: -273.15 } }],
  ['Pct', { unit: '%', range: {} }],
  ['Ppm', { unit: '[ppm]', range: NOT_NEGATIVE }],
  ['Kpa', { unit: 'kPa', range: {} }],
  ['Kwh', { unit: 'kW.h', range: {} }],
  ['Kmh', { unit: 'km/h', range: {} }],
  ['Km', { unit: 'km', range: {} }],
  ['Kg', { unit: 'kg', range: {} }],
  ['Mm', { unit: 'mm', range: {} }],
  ['Ms', { unit: 'm/s', range: {} }],
  ['Db', { unit: 'dB', range: {} }],
  ['Lx', { unit: 'lx', range: NOT_NEGATIVE }],
  ['Deg', { unit: 'deg', range: {} }],
  ['Ratio', { unit: '1', range: {} }],
  ['Count', { unit: '1', range: NOT_NEGATIVE }],
  ['V', { unit: 'V', range: {} }],
  ['A', { unit: 'A', range: {} }],
  ['W', { unit: 'W', range: {} }],
  ['L', { unit: 'L', range: {} }],
];

/** Endings that an unknown metric's name may have, for people. */
export const endingsText = endings.map(([ending]) => ending).join(', ');

/**
 * What a metric is measured in, by its name: a known one, else by its ending, as every name with a unit ends in it.
 * Undefined when the name does not say.
 */
export function sensorMetric(name: string): SensorMetric | undefined {
  return known.get(name) ?? endings.find(([ending]) => endsIn(name, ending))?.[1];
}

/** `tankL` ends in L, `HTML` does not: an ending begins a word of the name. */
function endsIn(name: string, ending: string): boolean {
  const before = name.at(-ending.length - 1);
  return name.endsWith(ending) && before !== undefined && /[a-z0-9]/.test(before);
}
