import { PastErrors } from './interval.ts';
import { type FreightShipment, logOf, numbersOf } from './shipment.ts';
import { type BoostedTrees, growTrees, type TreesBudget } from './trees.ts';

/** How a predictor learns. */
export interface FreightSettings {
  /** Labels, and labels together, whose past costs tell of the next. */
  labels: readonly (readonly string[])[];
  /** Label whose values have intervals of their own. */
  intervalBy: string;
  /** Share of outcomes that an interval is to hold, 0..1. */
  share: number;
  /** Trees are grown anew after so many outcomes. */
  every: number;
  /** Outcomes before the first trees. */
  least: number;
  /** Outcomes that a label's own mean must have to count as much as none at all. */
  shrink: number;
  trees: TreesBudget;
}

export const defaultFreightSettings: FreightSettings = {
  labels: [
    ['country'],
    ['mode'],
    ['country', 'mode'],
    ['vendor'],
    ['site'],
    ['group'],
    ['subgroup'],
    ['terms'],
    ['form'],
    ['project'],
    ['item'],
    ['site', 'country', 'mode'],
    ['project', 'mode', 'via'],
  ],
  intervalBy: 'mode',
  share: 0.8,
  every: 250,
  least: 300,
  shrink: 5,
  trees: { trees: 120, depth: 5, rate: 0.1, leastInLeaf: 12, bins: 48 },
};

/** An estimate of freight, in the currency of what was learnt. */
export interface FreightQuote {
  /** As often too high as too low. */
  cost: number;
  /** Between these lies the share of outcomes that was set; null while too few estimates have met their outcome. */
  low: number | null;
  high: number | null;
}

/** Sums for a straight line. */
interface Line {
  n: number;
  x: number;
  y: number;
  xx: number;
  xy: number;
}

/**
 * Learns what freight costs from what it cost. A line on the logarithms of weight and cost carries the bulk; how much dearer or cheaper
 * each label was, shrunk towards none by how little was seen, and boosted trees over these and the shipment's numbers
 * carry the rest. Outcomes come in the order in which they became known, and an estimate rests on those before it alone.
 */
export class FreightPredictor {
  readonly #settings: FreightSettings;
  readonly #line: Line = { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
  readonly #weightByValue: Line = { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
  readonly #labels: Map<string, { n: number; sum: number }>[];
  readonly #examples: number[][] = [];
  readonly #targets: number[] = [];
  readonly #errors = new PastErrors();
  #trees: BoostedTrees | undefined;

  constructor(settings: FreightSettings = defaultFreightSettings) {
    this.#settings = settings;
    this.#labels = settings.labels.map(() => new Map());
  }

  /** Undefined until the first outcomes are known. */
  quote(shipment: FreightShipment): FreightQuote | undefined {
    const { n } = this.#line;
    if (n === 0) return undefined;
    const base = this.#baseOf(shipment);
    const rest = this.#trees?.predict(this.#exampleOf(shipment)) ?? 0;
    const cost = Math.exp(base + rest);
    const range = this.#errors.range(this.#groupOf(shipment), this.#settings.share);
    if (range === undefined) return { cost, low: null, high: null };
    return { cost, low: cost * Math.exp(range[0]), high: cost * Math.exp(range[1]) };
  }

  /**
   * Takes what a shipment has cost; `quoted`: what was estimated for it before, so that intervals rest on it. A cost that
   * is not above 0 is not one (included in something else, not told yet) and throws: unknown is never 0.
   */
  learn(shipment: FreightShipment, cost: number, quoted?: FreightQuote): void {
    const y = logOf(cost);
    if (!Number.isFinite(y)) throw new RangeError(`a freight cost of ${cost} cannot be learnt from: leave it out`);
    if (quoted && this.#trees) this.#errors.add(this.#groupOf(shipment), y - Math.log(quoted.cost));
    const base = this.#baseOf(shipment);
    this.#examples.push(this.#exampleOf(shipment));
    this.#targets.push(y - base);
    if (this.#line.n > 0) {
      for (const [index, names] of this.#settings.labels.entries()) {
        const key = keyOf(names, shipment);
        const seen = this.#labels[index]!.get(key);
        if (seen === undefined) this.#labels[index]!.set(key, { n: 1, sum: y - base });
        else {
          seen.n += 1;
          seen.sum += y - base;
        }
      }
    }
    const { value, weightKg } = shipment;
    addTo(this.#weightByValue, logOf(value), logOf(weightKg));
    addTo(this.#line, this.#sizeOf(shipment), y);
    const count = this.#targets.length;
    if (count >= this.#settings.least && (this.#trees === undefined || count % this.#settings.every === 0))
      this.#grow();
  }

  #grow(): void {
    const columns = this.#examples[0]!.map((_, c) => Float64Array.from(this.#examples, (example) => example[c]!));
    this.#trees = growTrees(columns, Float64Array.from(this.#targets), this.#settings.trees);
  }

  /** Logarithm of the weight; of what goods of its value weigh, where it was not told. */
  #sizeOf({ weightKg, value }: FreightShipment): number {
    const told = logOf(weightKg);
    if (!Number.isNaN(told)) return told;
    const worth = logOf(value);
    return at(this.#weightByValue, Number.isNaN(worth) ? mean(this.#weightByValue) : worth);
  }

  #baseOf(shipment: FreightShipment): number {
    return at(this.#line, this.#sizeOf(shipment));
  }

  #exampleOf(shipment: FreightShipment): number[] {
    const { labels, shrink } = this.#settings;
    const means = labels.map((names, index) => {
      const seen = this.#labels[index]!.get(keyOf(names, shipment));
      return seen === undefined ? 0 : seen.sum / (seen.n + shrink);
    });
    return [...numbersOf(shipment), ...means];
  }

  #groupOf({ labels }: FreightShipment): string {
    return labels[this.#settings.intervalBy] ?? '';
  }
}

function keyOf(names: readonly string[], { labels }: FreightShipment): string {
  return names.length === 1 ? (labels[names[0]!] ?? '') : JSON.stringify(names.map((name) => labels[name] ?? ''));
}

function addTo(line: Line, x: number, y: number): void {
  if (Number.isNaN(x) || Number.isNaN(y)) return;
  line.n += 1;
  line.x += x;
  line.y += y;
  line.xx += x * x;
  line.xy += x * y;
}

function mean({ n, x }: Line): number {
  return n === 0 ? 0 : x / n;
}

/** The line at x by least squares; the mean where there is no slope to be had, 0 where nothing is known. */
function at({ n, x: sumX, y: sumY, xx, xy }: Line, x: number): number {
  if (n === 0) return 0;
  const spread = n * xx - sumX * sumX;
  const slope = n > 20 && spread > 1e-9 * n * n ? (n * xy - sumX * sumY) / spread : 0;
  return sumY / n + slope * (x - sumX / n);
}
