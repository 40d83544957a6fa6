import type { Effects } from '../metrics.ts';
import type { ArrivalState } from './states.ts';
import { addTo, removeFrom } from './transfers.ts';

/** Lots that came in and are not all at their places. */
export class Arrivals {
  readonly #byId = new Map<string, ArrivalState>();
  readonly #atSite = new Map<string, Set<string>>();
  readonly #ofSku = new Map<string, Set<string>>();

  get(arrivalId: string): ArrivalState | undefined {
    return this.#byId.get(arrivalId);
  }

  restore(arrival: ArrivalState): void {
    const { arrivalId, siteId, skuId } = arrival;
    this.#byId.set(arrivalId, arrival);
    addTo(this.#atSite, siteId, arrivalId);
    addTo(this.#ofSku, skuId, arrivalId);
  }

  /** `dueAt` (epoch ms): when people are called, or when it is forgotten. */
  put(arrival: ArrivalState, dueAt: number | null, effects: Effects): void {
    this.restore(arrival);
    effects.save(`arrival:${arrival.arrivalId}`, arrival, dueAt);
  }

  drop({ arrivalId, siteId, skuId }: ArrivalState, effects: Effects): void {
    this.#byId.delete(arrivalId);
    removeFrom(this.#atSite, siteId, arrivalId);
    removeFrom(this.#ofSku, skuId, arrivalId);
    effects.drop(`arrival:${arrivalId}`);
  }

  /** Those of a site, by id. */
  atSite(siteId: string): ArrivalState[] {
    return this.#all(this.#atSite.get(siteId));
  }

  /** Those of a SKU at any site, by id. */
  ofSku(skuId: string): ArrivalState[] {
    return this.#all(this.#ofSku.get(skuId));
  }

  #all(ids: ReadonlySet<string> | undefined): ArrivalState[] {
    return [...(ids ?? [])].sort().map((id) => this.#byId.get(id)!);
  }
}
