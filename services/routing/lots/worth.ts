/** What sending goods on the road elsewhere is measured by. */
export interface DivertRules {
  /** What it costs where the playbook does not say, in the currency of comparison. */
  cost: number;
  /** What goods are worth, a kilogram: no event tells it. */
  worthPerKg: number;
  /** Share of their worth that goods bring when they are sold at once, elsewhere, 0..1. */
  recovered: number;
  /** It is of no use within so many hours of the arrival. */
  leastHours: number;
}

/** What is known when it is to be judged. */
export interface DivertCase {
  weightKg: number;
  /** Life that is left on arrival where it goes now, and what its customers ask for, hours. */
  hoursOnArrival: number;
  hoursAsked: number;
  hoursToArrival: number;
  /** As the playbook has it; undefined: as the rules have it. */
  cost: number | undefined;
}

/** A judgement with its numbers, in the currency of comparison. */
export interface DivertJudgement {
  isEarned: boolean;
  saving: number;
  cost: number;
}

/**
 * Goods that would arrive with the life that is asked for save nothing by going elsewhere. Others are refused on arrival,
 * so what they bring elsewhere is saved; that must be more than the change costs, and there must be time for it.
 */
export function judgeDivert(of: DivertCase, rules: DivertRules): DivertJudgement {
  const cost = of.cost ?? rules.cost;
  const saving = of.hoursOnArrival >= of.hoursAsked ? 0 : of.weightKg * rules.worthPerKg * rules.recovered;
  return { isEarned: saving > cost && of.hoursToArrival > rules.leastHours, saving, cost };
}
