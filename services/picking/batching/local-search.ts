import { EPSILON, type Plan } from './plan.ts';

/** Two batches in which nothing was found are not searched again before one of them changes. */
export class LocalSearch {
  readonly #plan: Plan;
  /** By pair: what `touched` of both was when nothing was found. */
  readonly #calm: Int32Array;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#calm = new Int32Array(2 * plan.count * plan.count).fill(-1);
  }

  /** Moves orders to other batches and exchanges pairs of them while that shortens the way; at most up to `until` evaluations. */
  improve(until: number): void {
    const plan = this.#plan;
    const { count } = plan;
    for (let again = true; again; ) {
      again = false;
      for (let a = 0; a < count; a += 1) {
        for (let b = a + 1; b < count; b += 1) {
          if (plan.members[a]!.length === 0 || plan.members[b]!.length === 0) continue;
          const pair = 2 * (a * count + b);
          if (this.#calm[pair] === plan.touched[a] && this.#calm[pair + 1] === plan.touched[b]) continue;
          if (plan.travel.evaluations >= until) return;
          if (this.#best(a, b)) {
            again = true;
          } else {
            this.#calm[pair] = plan.touched[a]!;
            this.#calm[pair + 1] = plan.touched[b]!;
          }
        }
      }
    }
  }

  /** Makes the best change between two batches, if any shortens the way. */
  #best(a: number, b: number): boolean {
    const plan = this.#plan;
    const now = plan.length[a]! + plan.length[b]!;
    let least = now - EPSILON;
    let fromA = -1;
    let fromB = -1;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const i of plan.members[from]!) {
        if (!plan.fits(to, plan.sizes[i]!, plan.weights[i]!) || plan.without[i]! + plan.length[to]! >= least) continue;
        const length = plan.without[i]! + plan.lengthWith(i, to);
        if (length >= least) continue;
        least = length;
        fromA = from === a ? i : -1;
        fromB = from === a ? -1 : i;
      }
    }
    for (const i of plan.members[a]!) {
      for (const j of plan.members[b]!) {
        const more = plan.sizes[j]! - plan.sizes[i]!;
        const heavier = plan.weights[j]! - plan.weights[i]!;
        if (!plan.fits(a, more, heavier) || !plan.fits(b, -more, -heavier)) continue;
        // A way never gets shorter by a stop more.
        if (Math.max(plan.without[i]!, plan.alone[j]!) + Math.max(plan.without[j]!, plan.alone[i]!) >= least) continue;
        const first = plan.lengthSwapped(i, j);
        if (first + Math.max(plan.without[j]!, plan.alone[i]!) >= least) continue;
        const length = first + plan.lengthSwapped(j, i);
        if (length >= least) continue;
        least = length;
        fromA = i;
        fromB = j;
      }
    }
    if (fromA < 0 && fromB < 0) return false;
    if (fromA >= 0) plan.take(fromA);
    if (fromB >= 0) plan.take(fromB);
    if (fromA >= 0) plan.put(fromA, b);
    if (fromB >= 0) plan.put(fromB, a);
    plan.measure(a);
    plan.measure(b);
    return true;
  }
}
