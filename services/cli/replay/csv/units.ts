/** Units (UCUM) that a column may be in, by the ending of the field: factor and offset to the field's own unit. */
const UNITS: readonly (readonly [
  ending: string,
  units: Readonly<Record<string, readonly [factor: number, offset?: number]>>,
])[] = [
  ['Kmh', { 'km/h': [1], 'm/s': [3.6], '[mi_i]/h': [1.609344] }],
  ['Km', { km: [1], m: [0.001], '[mi_i]': [1.609344] }],
  ['Mm', { mm: [1], cm: [10], m: [1000], '[in_i]': [25.4], '[ft_i]': [304.8] }],
  ['Ms', { 'm/s': [1], 'km/h': [1 / 3.6], '[mi_i]/h': [0.44704] }],
  ['Hours', { h: [1], min: [1 / 60], d: [24], wk: [168] }],
  ['PerHour', { '/h': [1], '/min': [60], '/d': [1 / 24] }],
  ['G', { g: [1], kg: [1000], t: [1e6], '[oz_av]': [28.349523125], '[lb_av]': [453.59237] }],
  ['L', { L: [1], mL: [0.001], m3: [1000], '[cft_i]': [28.316846592] }],
  ['C', { Cel: [1], K: [1, -273.15], '[degF]': [5 / 9, -160 / 9] }],
];

/** How a value in `unit` becomes one of the field, or which units the field can be given in. */
export function toFieldUnit(
  field: string,
  unit: string,
): { ok: true; convert: (value: number) => number } | { ok: false; known: string[] } {
  const units = UNITS.find(([ending]) => field.endsWith(ending))?.[1] ?? {};
  const conversion = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (conversion === undefined) return { ok: false, known: Object.keys(units) };
  const [factor, offset = 0] = conversion;
  // Beyond nine places it is the arithmetic's own noise.
  return { ok: true, convert: (value) => Math.round((value * factor + offset) * 1e9) / 1e9 };
}
