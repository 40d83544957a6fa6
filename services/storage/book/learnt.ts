import { defaultPairOptions, orderedWith, type PairState, type Partner, partnersOf } from '../affinity/index.ts';
import type { Effects } from '../metrics.ts';
import { type DemandState, defaultDemandOptions, expectedPicksPerDay, seen } from '../slotting/index.ts';

const DAY_MS = 86_400_000;
/** What was not seen for so long counts next to nothing, and is forgotten. */
const FORGOTTEN_DAYS = 180;

/** What is learnt of a stock from its picks. */
export interface PickedState {
  picks: DemandState;
  units: DemandState;
}

/** What is learnt from picks and orders: for each stock two numbers that fade, for each article its strongest partners. */
export class Learnt {
  readonly #picked = new Map<string, PickedState>();
  readonly #pairs = new Map<string, PairState>();

  restorePicked(stockId: string, state: PickedState): void {
    this.#picked.set(stockId, state);
  }

  restorePairs(skuId: string, state: PairState): void {
    this.#pairs.set(skuId, state);
  }

  /** A pick of `units` of a stock at an instant (epoch ms). */
  picked(stockId: string, units: number, at: number, effects: Effects): void {
    const day = Math.floor(at / DAY_MS);
    const before = this.#picked.get(stockId);
    const state = {
      picks: seen(before?.picks, day, 1, defaultDemandOptions),
      units: seen(before?.units, day, units, defaultDemandOptions),
    };
    this.#picked.set(stockId, state);
    effects.save(`picked:${stockId}`, state, at + FORGOTTEN_DAYS * DAY_MS);
  }

  /** Articles that were ordered together at an instant (epoch ms). */
  ordered(skuIds: readonly string[], at: number, effects: Effects): void {
    const day = Math.floor(at / DAY_MS);
    const all = [...new Set(skuIds)].sort();
    if (all.length > defaultPairOptions.maxLines) return;
    for (const skuId of all) {
      const others = all.filter((other) => other !== skuId);
      const state = orderedWith(this.#pairs.get(skuId), day, others, defaultPairOptions);
      this.#pairs.set(skuId, state);
      effects.save(`pairs:${skuId}`, state, at + FORGOTTEN_DAYS * DAY_MS);
    }
  }

  forgetPicked(stockId: string, effects: Effects): void {
    this.#picked.delete(stockId);
    effects.drop(`picked:${stockId}`);
  }

  forgetPairs(skuId: string, effects: Effects): void {
    this.#pairs.delete(skuId);
    effects.drop(`pairs:${skuId}`);
  }

  /**
   * Picks and units a day to be expected of a stock; undefined until its picks have been heard of for `minDays`. The day
   * counts as complete from noon (UTC).
   */
  rate(stockId: string, at: number, minDays: number): { picks: number; units: number } | undefined {
    const state = this.#picked.get(stockId);
    const day = Math.round(at / DAY_MS);
    if (state === undefined || day - state.picks.firstDay < minDays) return undefined;
    return {
      picks: expectedPicksPerDay(state.picks, day, defaultDemandOptions),
      units: expectedPicksPerDay(state.units, day, defaultDemandOptions),
    };
  }

  partners(skuId: string, top: number): Partner[] {
    return partnersOf(this.#pairs.get(skuId), top);
  }
}
