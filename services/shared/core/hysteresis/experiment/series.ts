import { mulberry32, normal, type Random } from './random.ts';

/** A noisy signal with the side of the threshold on which it truly is. Times in samples. */
export interface Series {
  readonly name: string;
  readonly threshold: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly truth: Uint8Array;
}

const LENGTH = 12_000;
const FIRST_SEED = 2000;

/** Level shifts of height `delta` at exponential distances (mean 200), under noise of deviation 1. */
interface Shifts {
  readonly delta: number;
  /** Exponential gaps instead of gaps of 1. */
  readonly irregular?: boolean;
  /** Correlation of neighbouring noise. */
  readonly phi?: number;
  /** Jumps of ±8 on 2 % of the readings. */
  readonly spikes?: boolean;
}

/** The twelve synthetic series: kind a shifts its level, kind b drifts across the threshold. */
export function syntheticSeries(): Series[] {
  const makers: readonly [string, (name: string, random: Random) => Series][] = [
    ['a_snr1', shifts({ delta: 1 })],
    ['a_snr2', shifts({ delta: 2 })],
    ['a_snr4', shifts({ delta: 4 })],
    ['a_snr1_irr', shifts({ delta: 1, irregular: true })],
    ['a_snr2_irr', shifts({ delta: 2, irregular: true })],
    ['a_snr4_irr', shifts({ delta: 4, irregular: true })],
    ['a_snr2_ar8', shifts({ delta: 2, phi: 0.8 })],
    ['a_snr4_spk', shifts({ delta: 4, spikes: true })],
    ['b_sin_lo', drift(0.3, 0.2, sine)],
    ['b_sin_hi', drift(0.3, 0.5, sine)],
    ['b_ou', drift(0, 0.5, ornsteinUhlenbeck)],
    ['b_ramp', drift(0, 0.5, triangle)],
  ];
  return makers.map(([name, make], index) => make(name, mulberry32(FIRST_SEED + index)));
}

function shifts({ delta, irregular = false, phi = 0, spikes = false }: Shifts) {
  return (name: string, random: Random): Series => {
    const series = empty(name, delta / 2);
    let level = 0;
    let noise = 0;
    let t = 0;
    for (let i = 0; i < LENGTH; i++) {
      const gap = irregular ? -Math.log(1 - random()) : 1;
      if (i > 0) t += gap;
      if (random() < 1 - Math.exp(-gap / 200)) level = 1 - level;
      noise = phi * noise + Math.sqrt(1 - phi * phi) * normal(random);
      series.times[i] = t;
      series.values[i] = level * delta + noise + (spikes ? spike(random) : 0);
      series.truth[i] = level;
    }
    return series;
  };
}

function spike(random: Random): number {
  const hit = random() < 0.02;
  const upwards = random() < 0.5;
  return hit ? (upwards ? 8 : -8) : 0;
}

/** Makes the noiseless value at each index, in order. */
type Path = (random: Random) => (i: number) => number;

function drift(threshold: number, noise: number, path: Path) {
  return (name: string, random: Random): Series => {
    const series = empty(name, threshold);
    const at = path(random);
    for (let i = 0; i < LENGTH; i++) {
      const value = at(i);
      series.times[i] = i;
      series.values[i] = value + noise * normal(random);
      series.truth[i] = Number(value >= threshold);
    }
    return series;
  };
}

function sine() {
  return (i: number): number => Math.sin((2 * Math.PI * i) / 2000);
}

function ornsteinUhlenbeck(random: Random) {
  let level = 0;
  return (): number => {
    level = 0.995 * level + Math.sqrt(1 - 0.995 ** 2) * normal(random);
    return level;
  };
}

function triangle() {
  return (i: number): number => {
    const phase = (i % 3000) / 3000;
    return phase < 0.5 ? -1 + 4 * phase : 3 - 4 * phase;
  };
}

function empty(name: string, threshold: number): Series {
  return {
    name,
    threshold,
    times: new Float64Array(LENGTH),
    values: new Float64Array(LENGTH),
    truth: new Uint8Array(LENGTH),
  };
}
