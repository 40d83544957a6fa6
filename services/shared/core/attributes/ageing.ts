/** How fast goods age by temperature. */
export interface Ageing {
  /** The temperature at which their life was stated, °C. */
  referenceC: number;
  /** How many times as fast they age at 10 °C more; at least 1. */
  q10: number;
}

const ZERO_C_IN_K = 273.15;
/** Activation energy over the gas constant, K: 83.144 kJ/mol, the value that USP uses for medicines. */
const USP_KELVIN = 10_000;

/**
 * How many times as fast as at the reference goods age at a temperature, °C: q10 ^ ((tempC − reference) / 10). The Q10
 * rule of van 't Hoff; for foods see Taoukis, Labuza and Saguy, "Kinetics of food deterioration and shelf-life
 * prediction" (1997), section 3.
 */
export function ageingRate(tempC: number, { referenceC, q10 }: Ageing): number {
  return q10 ** ((tempC - referenceC) / 10);
}

/**
 * Hours of life lost beyond those of the clock while the temperature went in a straight line from one reading, °C, to the
 * next, `hours` later. Exact for that line. Below 0 where it was colder than the reference.
 */
export function lostHours(fromC: number, toC: number, hours: number, ageing: Ageing): number {
  const first = ageingRate(fromC, ageing);
  const last = ageingRate(toC, ageing);
  const slope = Math.log(last / first);
  // The mean of an exponential over a straight line is the logarithmic mean of its ends.
  const rate = Math.abs(slope) < 1e-6 ? (first + last) / 2 : (last - first) / slope;
  return hours * (rate - 1);
}

/** A temperature that held for so long. */
export interface Stretch {
  tempC: number;
  hours: number;
}

/**
 * The one temperature, °C, at which goods would have aged as they did (Haynes 1971, "Worldwide virtual temperatures for
 * product stability testing"; USP <1079.2>). `kelvin`: activation energy over the gas constant. NaN without hours.
 */
export function meanKineticTempC(history: Iterable<Stretch>, kelvin = USP_KELVIN): number {
  let hours = 0;
  let weighted = 0;
  for (const stretch of history) {
    hours += stretch.hours;
    weighted += stretch.hours * Math.exp(-kelvin / (stretch.tempC + ZERO_C_IN_K));
  }
  return hours > 0 ? kelvin / -Math.log(weighted / hours) - ZERO_C_IN_K : NaN;
}
