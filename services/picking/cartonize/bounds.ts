import { type BoxType, type Size, standings, volumeOf } from './boxes.ts';

/** A function on 0..1 under which boxes that fit keep fitting side by side: a dual feasible function. */
type Scale = (share: number) => number;

/** Against rounding. */
const SLACK = 1e-9;
/** Cuts that are tried on each axis. */
const CUTS = 12;
/** Triples of scales from which it climbs. */
const STARTS = 6;

const identity: Scale = (share) => share;

/** Rounds a share to steps of 1/k, in favour of what does not divide evenly (Fekete and Schepers 2004). */
function rounded(k: number): Scale {
  return (share) => {
    const steps = (k + 1) * share;
    const whole = Math.floor(steps + SLACK);
    return Math.abs(steps - whole) < SLACK ? share : whole / k;
  };
}

/** Takes what leaves less than `small` for whole, and what is less than that for nothing. */
function cut(small: number): Scale {
  return (share) => (share > 1 - small + SLACK ? 1 : share < small - SLACK ? 0 : share);
}

/** What each box alone, and volume, rule out: the reason, or null. */
export function tooLarge(container: Size, types: readonly BoxType[]): 'too-long' | 'volume' | null {
  if (types.some((box) => waysIn(container, box).length === 0)) return 'too-long';
  const volume = types.reduce((sum, box) => sum + box.count * volumeOf(box), 0);
  return volume > volumeOf(container) ? 'volume' : null;
}

/**
 * True where it is proved that the boxes cannot all be in the container, whatever the arrangement: volume is lacking
 * after lengths were scaled so that boxes which exclude each other count for more than they measure. False proves
 * nothing. Each box alone must fit (`tooLarge`).
 */
export function cannotFit(container: Size, types: readonly BoxType[]): boolean {
  const ways = types.map((box) => waysIn(container, box));
  const offsets = [0];
  for (const list of ways) offsets.push(offsets.at(-1)! + list.length);
  const counts = types.map(({ count }) => count);
  const xs = scalesFor(container.l, ways, ({ l }) => l);
  const ys = scalesFor(container.w, ways, ({ w }) => w);
  const zs = scalesFor(container.h, ways, ({ h }) => h);
  // Every triple of scales proves something; climbing axis by axis from a few starts finds nearly what all triples would.
  for (let start = 0; start < STARTS; start++) {
    const chosen = [xs[start % xs.length]!, ys[start % ys.length]!, zs[start % zs.length]!];
    let most = 0;
    for (let axis = start % 3, still = 0; still < 3; axis = (axis + 1) % 3, still++) {
      const [a, b] = [chosen[(axis + 1) % 3]!, chosen[(axis + 2) % 3]!];
      const base = a.map((share, i) => share * b[i]!);
      for (const scale of [xs, ys, zs][axis]!) {
        const sum = total(base, scale, offsets, counts);
        if (sum > 1 + SLACK) return true;
        if (sum <= most + SLACK) continue;
        most = sum;
        chosen[axis] = scale;
        still = 0;
      }
    }
  }
  return false;
}

function waysIn(container: Size, box: BoxType): Size[] {
  return standings(box).filter(({ l, w, h }) => l <= container.l && w <= container.w && h <= container.h);
}

/** Scaled volume of all boxes, each standing so that it takes least; shares of the container. */
function total(base: Float64Array, z: Float64Array, offsets: readonly number[], counts: readonly number[]): number {
  let sum = 0;
  for (let type = 0; type < counts.length; type++) {
    let least = Infinity;
    for (let i = offsets[type]!; i < offsets[type + 1]!; i++) {
      const share = base[i]! * z[i]!;
      if (share < least) least = share;
    }
    sum += counts[type]! * least;
  }
  return sum;
}

/** For each scale worth trying on an axis: the scaled side of every standing of every type, one after the other. */
function scalesFor(length: number, ways: readonly Size[][], side: (size: Size) => number): Float64Array[] {
  const shares = ways.flat().map((size) => side(size) / length);
  const small = [...new Set(shares.map((share) => Math.min(share, 1 - share)))].filter((share) => share > SLACK);
  const scales = [identity, ...[1, 2, 3].map(rounded), ...spread(small, CUTS).map(cut)];
  return scales.map((scale) => Float64Array.from(shares, scale));
}

/** At most `most` of the values, evenly over their order. */
function spread(values: readonly number[], most: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, i) => sorted[Math.floor((i * (sorted.length - 1)) / (most - 1))]!);
}
