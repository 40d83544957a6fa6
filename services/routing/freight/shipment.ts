/** What is known of a shipment when its freight is to be estimated. */
export interface FreightShipment {
  /** When it is to be delivered, epoch ms. */
  dueAt: number;
  /** Null where it was not told: never 0. */
  weightKg: number | null;
  /** Value of the goods, in the currency of costs. */
  value: number;
  /** Units in it, and lines. */
  quantity: number;
  lines: number;
  /** Country, mode, vendor, … by name. A label that is absent counts as one of its own. */
  labels: Readonly<Record<string, string>>;
}

const YEAR_MS = 365.25 * 86_400_000;

/** Numbers of a shipment that trees ask about; NaN: not known. Amounts as logarithms, for costs follow their ratios. */
export function numbersOf({ dueAt, weightKg, value, quantity, lines }: FreightShipment): number[] {
  const weight = logOf(weightKg);
  const worth = logOf(value);
  const units = logOf(quantity);
  return [weight, worth, units, worth - units, weight - units, worth - weight, dueAt / YEAR_MS, logOf(lines)];
}

/** Natural logarithm; NaN where there is nothing to take it of. */
export function logOf(value: number | null): number {
  return value !== null && value > 0 ? Math.log(value) : Number.NaN;
}
