import type { Flat } from './problem.ts';

/** Slack for sums of decimals, which are not exact in binary: as much may be over without counting. */
const ROUNDING = 1e-9;

/**
 * A number of shipments that stay unserved in any answer, and proof of it: a set of capacities, what the shipments that
 * cannot avoid it take of it at least, and the fewest of these that must stay behind so that the rest fit. `start`: sets
 * to begin with, as indices of capacities; each is bettered by adding and removing one at a time. 0 where none proves
 * more.
 */
export function leastUnserved(flat: Flat, start: readonly (readonly number[])[]): number {
  const { capacity } = flat;
  let proved = 0;
  const seen = new Set<string>();
  for (const resources of start) {
    const inSet = new Uint8Array(capacity.length);
    for (const r of resources) inSet[r] = 1;
    let now = behind(flat, inSet);
    for (let isBetter = true; isBetter && !seen.has(inSet.join('')); ) {
      seen.add(inSet.join(''));
      isBetter = false;
      let flip = -1;
      for (let r = 0; r < capacity.length; r += 1) {
        inSet[r]! ^= 1;
        const other = behind(flat, inSet);
        inSet[r]! ^= 1;
        if (other <= now + ROUNDING) continue;
        now = other;
        flip = r;
      }
      if (flip < 0) break;
      inSet[flip]! ^= 1;
      isBetter = true;
    }
    proved = Math.max(proved, Math.ceil(now - ROUNDING));
  }
  return proved;
}

/** How many must stay behind because of a set of capacities: the largest first, the last of them in part. */
function behind(
  { shipments, first, firstUse, resource, amount, capacity, meanAmount }: Flat,
  inSet: Uint8Array,
): number {
  let excess = 0;
  for (let r = 0; r < capacity.length; r += 1) if (inSet[r]) excess -= (capacity[r]! / meanAmount[r]!) * (1 + ROUNDING);
  const needs: number[] = [];
  for (let i = 0; i < shipments; i += 1) {
    let least = Number.POSITIVE_INFINITY;
    for (let k = first[i]!; k < first[i + 1]! && least > 0; k += 1) {
      let sum = 0;
      for (let u = firstUse[k]!; u < firstUse[k + 1]!; u += 1) {
        const r = resource[u]!;
        if (inSet[r]) sum += amount[u]! / meanAmount[r]!;
      }
      least = Math.min(least, sum);
    }
    // Without any option it is unserved whatever the set.
    if (least === 0) continue;
    needs.push(least);
    if (least < Number.POSITIVE_INFINITY) excess += least;
  }
  needs.sort((a, b) => b - a);
  let count = 0;
  for (const need of needs) {
    if (need === Number.POSITIVE_INFINITY) count += 1;
    else if (excess <= 0) break;
    else {
      count += Math.min(1, excess / need);
      excess -= need;
    }
  }
  return count;
}
