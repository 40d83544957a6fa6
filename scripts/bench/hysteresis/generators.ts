import { mulberry32, normal, type Random, type Series } from '@detent/core/experiment';

/** One value after the other of a made series; `t` in samples. */
type Path = (random: Random) => (t: number) => number;

interface Generator {
  readonly name: string;
  readonly count: number;
  /** Boundaries to cut it at, as shares of its values that lie below. */
  readonly cuts: readonly number[];
  readonly path: Path;
  /** 1 % of the gaps are 3 to 33 samples long. */
  readonly gaps?: boolean;
}

const TAU = 2 * Math.PI;
/** A day with a morning and an afternoon. */
const day = (t: number, samples: number) => Math.sin((TAU * t) / samples) + 0.3 * Math.sin((2 * TAU * t) / samples + 1);

/** Noise that remembers: correlation `phi` from sample to sample, step `scale`. */
function remembering(random: Random, phi: number, scale: number): () => number {
  let value = 0;
  return () => {
    value = phi * value + scale * normal(random);
    return value;
  };
}

function poisson(random: Random, mean: number): number {
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > least; product *= random()) count++;
  return count;
}

/** Slow or daily signals, loads, machines. */
const SIGNALS: readonly Generator[] = [
  {
    name: 'load',
    count: 9000,
    cuts: [0.3, 0.5, 0.75],
    path: (random) => {
      const slow = remembering(random, 0.8, 0.5);
      return (t) => Math.max(0, 35 + 18 * day(t, 288) + 4 * slow() + 3 * normal(random));
    },
  },
  {
    name: 'room',
    count: 7000,
    cuts: [0.25, 0.5, 0.8],
    path: (random) => {
      const slow = remembering(random, 0.985, 0.17);
      return (t) => Math.round(10 * (71 + 2 * day(t, 24) + 3 * slow() + 0.4 * normal(random))) / 10;
    },
  },
  {
    name: 'machine',
    count: 12_000,
    cuts: [0.2, 0.5, 0.8],
    path: (random) => {
      const slow = remembering(random, 0.9985, 0.055);
      return () => 88 + 9 * slow() + 0.8 * normal(random);
    },
  },
  {
    name: 'rides',
    count: 10_000,
    cuts: [0.3, 0.6, 0.8],
    path: (random) => {
      const slow = remembering(random, 0.85, 0.5);
      return (t) => Math.round(15_000 + 7500 * day(t, 48) + (Math.floor(t / 48) % 7 === 5 ? 2000 : 0) + 500 * slow());
    },
  },
  {
    name: 'steps',
    count: 5000,
    cuts: [0.3, 0.6],
    path: (random) => {
      const fast = remembering(random, 0.5, 0.5);
      let level = 5;
      return () => {
        if (random() < 0.01) level = Math.max(0, Math.min(10, level + Math.round(4 * normal(random))));
        return level + fast();
      };
    },
  },
  {
    name: 'jam',
    count: 3000,
    cuts: [0.15, 0.3],
    gaps: true,
    path: (random) => {
      let jammed = false;
      return (t) => {
        const hour = (t % 288) / 12;
        const rush = (hour > 7 && hour < 9.5) || (hour > 16 && hour < 18.5);
        if (random() < (jammed ? 0.06 : rush ? 0.08 : 0.004)) jammed = !jammed;
        return Math.round((jammed ? 38 : 66) + 5 * normal(random));
      };
    },
  },
];

/** Counts: many zeros, bursts, heavy tails. */
const COUNTS: readonly Generator[] = [
  {
    name: 'mentions',
    count: 12_000,
    cuts: [0.4, 0.7, 0.9],
    path: (random) => {
      const slow = remembering(random, 0.98, 0.1);
      let burst = 0;
      return (t) => {
        burst = 0.93 * burst + (random() < 0.0015 ? 2.5 * random() : 0);
        return poisson(random, Math.exp(2.5 + 0.6 * day(t, 288) + 0.6 * slow() + burst + 0.3 * normal(random)));
      };
    },
  },
  {
    name: 'requests',
    count: 5000,
    cuts: [0.4, 0.7],
    path: (random) => {
      const slow = remembering(random, 0.8, 0.3);
      return (t) => poisson(random, Math.exp(3.5 + 0.6 * day(t, 288) + 0.4 * slow() + 0.35 * normal(random)));
    },
  },
  {
    name: 'spares',
    count: 6000,
    cuts: [0.75, 0.92],
    path: (random) => {
      let rate = 0.4;
      return () => {
        if (random() < 0.005) rate = Math.exp(-2.5 + 3 * random());
        return poisson(random, rate);
      };
    },
  },
  {
    name: 'clicks',
    count: 2000,
    cuts: [0.4, 0.7],
    path: (random) => {
      const slow = remembering(random, 0.5, 0.6);
      return (t) => 0.1 * Math.exp(0.3 * day(t, 24) + 0.5 * slow()) + (random() < 0.01 ? 1 : 0);
    },
  },
  {
    name: 'visits',
    count: 4000,
    cuts: [0.6, 0.8],
    path: (random) => {
      const slow = remembering(random, 0.7, 0.5);
      return (t) => {
        const hour = t % 24;
        const weekend = Math.floor(t / 24) % 7 > 4;
        return hour < 7
          ? 0
          : poisson(random, Math.exp(1.5 - (weekend ? 0.8 : 0) - (hour - 14) ** 2 / 40 + 0.3 * slow()));
      };
    },
  },
];

/** Made series that behave like real ones. Their truth is the side of each reading, as for real series. */
export function madeSeries(seed: number): { signals: Series[]; counts: Series[] } {
  return {
    signals: SIGNALS.flatMap((generator, i) => make(generator, mulberry32(seed + i))),
    counts: COUNTS.flatMap((generator, i) => make(generator, mulberry32(seed + 100 + i))),
  };
}

function make({ name, count, cuts, path, gaps = false }: Generator, random: Random): Series[] {
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  const at = path(random);
  let t = 0;
  for (let i = 0; i < count; i++) {
    if (i > 0) t += gaps && random() < 0.01 ? 3 + 30 * random() : 1;
    times[i] = t;
    values[i] = at(t);
  }
  return cuts.map((cut) => cutAt(name, times, values, cut));
}

/** A series cut where a share of its values lies below; each reading's own side is its truth. */
export function cutAt(name: string, times: Float64Array, values: Float64Array, share: number): Series {
  const sorted = values.slice().sort();
  const threshold = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  const truth = Uint8Array.from(values, (x) => Number(x >= threshold));
  return { name: `${name}_${Math.round(100 * share)}`, threshold, times, values, truth };
}
