import { EPSILON, type Plan } from './plan.ts';

/**
 * Starts with every order alone and merges, again and again, the two batches that together save most travel and fit
 * (savings of Clarke & Wright 1964, recomputed after each merge). Afterwards nothing that fits would save.
 */
export function mergeBySavings(plan: Plan): void {
  const { count, travel } = plan;
  for (let i = 0; i < count; i += 1) {
    plan.put(i, i);
    plan.measure(i, false);
  }
  const saved = new Float64Array(count * count);
  const price = (a: number, b: number): void => {
    const fits = plan.fits(a, plan.size[b]!, plan.weight[b]!);
    saved[a * count + b] = fits ? plan.length[a]! + plan.length[b]! - travel.length(count + a, count + b) : -1;
  };
  const open = Array.from({ length: count }, (_, b) => b);
  for (const a of open) for (const b of open) if (a < b) price(a, b);
  for (;;) {
    let best = EPSILON;
    let from = -1;
    let to = -1;
    for (const a of open) {
      for (const b of open) {
        if (a < b && saved[a * count + b]! > best) {
          best = saved[a * count + b]!;
          to = a;
          from = b;
        }
      }
    }
    if (to < 0) break;
    for (const i of [...plan.members[from]!]) {
      plan.take(i);
      plan.put(i, to);
    }
    plan.measure(from, false);
    plan.measure(to, false);
    open.splice(open.indexOf(from), 1);
    for (const b of open) if (b !== to) price(Math.min(to, b), Math.max(to, b));
  }
  for (let b = 0; b < count; b += 1) plan.measure(b);
}
