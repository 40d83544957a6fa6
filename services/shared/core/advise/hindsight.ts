/** The least that hindsight could have paid, ms, and with how many moves. */
export interface HindsightCost {
  cost: number;
  switches: number;
}

/**
 * OPT of one entity on one dimension: the dynamic program over its segments, carried along as time passes. Where the
 * plain conditions point, nothing is paid; elsewhere time is; moves have their price. The part for choosing and the part
 * for checking are each by themselves, with the first place free.
 */
export class Hindsight {
  readonly #names: readonly string[];
  readonly #priceOf: (from: string, to: string) => number;
  #best: HindsightCost[];
  #fit: HindsightCost = { cost: 0, switches: 0 };
  #isChecking = false;

  constructor(names: readonly string[], priceOf: (from: string, to: string) => number) {
    this.#names = names;
    this.#priceOf = priceOf;
    this.#best = fresh(names);
  }

  /** Time passes while the plain conditions point to `raw`. */
  pass(raw: string, ms: number, checks: boolean): void {
    if (checks && !this.#isChecking) {
      this.#fit = least(this.#best);
      this.#best = fresh(this.#names);
      this.#isChecking = true;
    }
    this.#names.forEach((name, i) => {
      if (name !== raw) this.#best[i]!.cost += ms;
    });
  }

  /** They come to point elsewhere: the only instants at which hindsight would move. */
  turn(): void {
    const before = this.#best;
    this.#best = this.#names.map((to, i) => {
      let best = before[i]!;
      this.#names.forEach((from, j) => {
        if (i === j) return;
        const cost = before[j]!.cost + this.#priceOf(from, to);
        const switches = before[j]!.switches + 1;
        if (cost < best.cost || (cost === best.cost && switches < best.switches)) best = { cost, switches };
      });
      return { ...best };
    });
  }

  addTo(fit: HindsightCost, check: HindsightCost): void {
    const last = least(this.#best);
    add(fit, this.#isChecking ? this.#fit : last);
    if (this.#isChecking) add(check, last);
  }
}

function fresh(names: readonly string[]): HindsightCost[] {
  return names.map(() => ({ cost: 0, switches: 0 }));
}

function least(costs: readonly HindsightCost[]): HindsightCost {
  return costs.reduce((a, b) => (b.cost < a.cost || (b.cost === a.cost && b.switches < a.switches) ? b : a));
}

function add(to: HindsightCost, { cost, switches }: HindsightCost): void {
  to.cost += cost;
  to.switches += switches;
}
