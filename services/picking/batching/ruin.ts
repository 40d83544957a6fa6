import { EPSILON, type Plan } from './plan.ts';

/** Takes two to four batches apart; returns their orders in random order. */
export function ruin(plan: Plan, random: () => number): number[] {
  const open: number[] = [];
  for (let b = 0; b < plan.count; b += 1) if (plan.members[b]!.length > 0) open.push(b);
  const loose: number[] = [];
  for (let more = 2 + Math.floor(3 * random()); more > 0 && open.length > 0; more -= 1) {
    const [b] = open.splice(Math.floor(open.length * random()), 1) as [number];
    for (const i of [...plan.members[b]!]) {
      plan.take(i);
      loose.push(i);
    }
    plan.measure(b, false);
  }
  for (let k = loose.length - 1; k > 0; k -= 1) {
    const other = Math.floor((k + 1) * random());
    [loose[k], loose[other]] = [loose[other]!, loose[k]!];
  }
  return loose;
}

/** Puts orders, one after another, where they add least to the way; into a batch of their own where none has room. */
export function reinsert(plan: Plan, orders: readonly number[]): void {
  const changed = new Set<number>();
  for (const i of orders) {
    let place = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let b = 0; b < plan.count; b += 1) {
      if (plan.members[b]!.length === 0 || !plan.fits(b, plan.sizes[i]!, plan.weights[i]!)) continue;
      const more = plan.lengthWith(i, b) - plan.length[b]!;
      if (more < least - EPSILON) {
        least = more;
        place = b;
      }
    }
    if (place < 0) place = plan.spare();
    plan.put(i, place);
    plan.measure(place, false);
    changed.add(place);
  }
  for (const b of changed) plan.measure(b);
}
