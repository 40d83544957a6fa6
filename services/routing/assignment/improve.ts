import type { Plan } from './plan.ts';

/** Smallest saving that counts: below it, rounding would turn in circles. */
const LEAST = 1e-9;

/**
 * Betters a plan until neither a shift (one shipment to a cheaper option that fits) nor an ejection (one to a cheaper
 * option that does not fit, and another out of its way, be it into the place that the first leaves: a swap) saves
 * anything. Each step lowers the cost, so it ends. `looks`: shipments that may be looked at for ejections in all; when they
 * are spent, shifts alone are made.
 */
export function improve(plan: Plan, looks = Number.POSITIVE_INFINITY): void {
  const { flat, chosen } = plan;
  let left = looks;
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (let i = 0; i < flat.shipments; i += 1) {
      const now = plan.costOf(chosen[i]!);
      for (let k = flat.first[i]!; k < flat.first[i + 1]!; k += 1) {
        const saving = now - flat.cost[k]!;
        if (saving <= LEAST) break;
        if (plan.fits(i, k)) plan.move(i, k);
        else if (left < flat.shipments) continue;
        else {
          left -= flat.shipments;
          if (!eject(plan, i, k, saving)) continue;
        }
        isBetter = true;
        break;
      }
    }
  }
}

/** Puts shipment i on option k by moving another one to the option that costs least, where less than `saving`. */
function eject(plan: Plan, i: number, k: number, saving: number): boolean {
  const { flat, chosen, left, holds } = plan;
  const { first, firstUse, resource, cost, unservedCost, shipments } = flat;
  const old = chosen[i]!;
  plan.move(i, k);
  // The first capacity that is overdrawn: whoever leaves must hold of it.
  let short = -1;
  for (let u = firstUse[k]!; short < 0; u += 1) if (left[resource[u]!]! < 0) short = resource[u]!;
  const lack = -left[short]!;
  let who = -1;
  let to = -1;
  let least = saving - LEAST;
  for (let j = 0; j < shipments; j += 1) {
    if (holds[short * shipments + j]! < lack || j === i) continue;
    const held = chosen[j]!;
    const own = cost[held]!;
    for (let o = first[j]!; o < first[j + 1]!; o += 1) {
      const dearer = cost[o]! - own;
      if (dearer >= least) break;
      if (o === held || !plan.fits(j, o) || isShort(plan, j, o, k)) continue;
      who = j;
      to = o;
      least = dearer;
      break;
    }
    if (unservedCost - own < least && !isShort(plan, j, -1, k)) {
      who = j;
      to = -1;
      least = unservedCost - own;
    }
  }
  if (who < 0) {
    plan.move(i, old);
    return false;
  }
  plan.move(who, to);
  return true;
}

/** True where a capacity of option k would still be overdrawn after shipment j has gone to option o. */
function isShort({ flat, left, holds }: Plan, j: number, o: number, k: number): boolean {
  const { firstUse, resource, amount, shipments } = flat;
  for (let u = firstUse[k]!; u < firstUse[k + 1]!; u += 1) {
    const r = resource[u]!;
    let free = left[r]! + holds[r * shipments + j]!;
    if (o >= 0) for (let v = firstUse[o]!; v < firstUse[o + 1]!; v += 1) if (resource[v] === r) free -= amount[v]!;
    if (free < 0) return true;
  }
  return false;
}
