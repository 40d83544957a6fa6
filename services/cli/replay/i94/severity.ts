/** How much weather of a label hinders traffic, 0 to 1. Ours: the file has labels only. */
const BY_KIND: Readonly<Record<string, number>> = {
  Clear: 0,
  Clouds: 0.02,
  Haze: 0.1,
  Mist: 0.1,
  Smoke: 0.15,
  Drizzle: 0.15,
  Rain: 0.25,
  Fog: 0.35,
  Snow: 0.45,
  Thunderstorm: 0.5,
  Squall: 0.6,
};

/** Severity of a weather label such as Snow, "heavy snow". A label that is not known counts as clouds. */
export function weatherSeverity(kind: string, description: string): number {
  const base = BY_KIND[kind] ?? 0.02;
  if (base < 0.15) return base;
  if (/heavy|freezing|sleet/i.test(description)) return Math.min(1, Math.round((base + 0.3) * 100) / 100);
  if (/light|proximity/i.test(description)) return Math.round(base * 0.6 * 100) / 100;
  return base;
}
