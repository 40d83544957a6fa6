/** How a demand is forecast. */
export interface DemandOptions {
  /** Picks so many days ago weigh half. */
  halfLifeDays: number;
  /** A new article is taken for so many days older than it is, so that its first orders do not make it the fastest. */
  youthDays: number;
}

/** What is kept of one article: bounded, and the same whatever batches its picks came in. */
export interface DemandState {
  /** Weighted picks, as of the begin of `day`. */
  weighted: number;
  /** Days since the epoch. */
  day: number;
  /** The first day on which it was picked. */
  firstDay: number;
}

export const defaultDemandOptions: DemandOptions = { halfLifeDays: 12, youthDays: 3 };

/**
 * Takes `picks` of `day` (whole days since the epoch, not before the last one given). Returns the new state; the old one
 * is left as it was.
 */
export function seen(
  state: DemandState | undefined,
  day: number,
  picks: number,
  { halfLifeDays }: DemandOptions,
): DemandState {
  if (state === undefined) return { weighted: picks, day, firstDay: day };
  const late = Math.max(0, state.day - day);
  const age = Math.max(0, day - state.day);
  return {
    weighted: state.weighted * 2 ** (-age / halfLifeDays) + picks * 2 ** (-late / halfLifeDays),
    day: Math.max(state.day, day),
    firstDay: Math.min(state.firstDay, day),
  };
}

/**
 * Picks a day to be expected, seen from the begin of `day`; 0 for what was never picked.
 *
 * An exponentially weighted rate that divides by the days the article can have been picked on, not by those of a full
 * memory: a plain average needs two half-lives before it believes in a new article. Division by the weights given so far
 * is the usual correction of a running average's start (Kingma & Ba 2015, section 3, for moments of gradients).
 */
export function expectedPicksPerDay(
  state: DemandState | undefined,
  day: number,
  { halfLifeDays, youthDays }: DemandOptions,
): number {
  if (state === undefined) return 0;
  const daily = 2 ** (-1 / halfLifeDays);
  const memory = 1 / (1 - daily);
  const exposure = memory * (1 - daily ** Math.max(0, day - state.firstDay)) + youthDays;
  // The newest complete day weighs 1.
  const weighted = state.weighted * daily ** (day - 1 - state.day);
  return weighted / Math.min(memory, exposure);
}
