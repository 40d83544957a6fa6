import { type Effects, type OnHand, unitsOf } from '@detent/pipeline';
import type { ContentsState } from './states.ts';
import { addTo, removeFrom } from './transfers.ts';

/** What lies where, and where a SKU or a lot lies. */
export class Shelves {
  readonly #contents = new Map<string, ContentsState>();
  readonly #placesOfSku = new Map<string, Set<string>>();
  readonly #placesOfLot = new Map<string, Set<string>>();

  restore(locationId: string, contents: ContentsState): void {
    this.#contents.set(locationId, contents);
    for (const skuId in contents.skus) this.#note(skuId, locationId, {});
  }

  /** What lies at a place, by SKU. */
  at(locationId: string): Readonly<Record<string, OnHand>> {
    return this.#contents.get(locationId)?.skus ?? {};
  }

  /** What lies of a SKU at a place, by lot. */
  onHand(locationId: string, skuId: string): Readonly<OnHand> {
    return this.at(locationId)[skuId] ?? {};
  }

  /** Places where a SKU lies, at any site, by id. */
  placesOf(skuId: string): string[] {
    return [...(this.#placesOfSku.get(skuId) ?? [])].sort();
  }

  /** Places where a lot lies, by id. Lots are told apart by their id alone. */
  placesOfLot(lotId: string): string[] {
    return [...(this.#placesOfLot.get(lotId) ?? [])].sort();
  }

  /** Lets `change` alter what lies of a SKU at a location; returns by how many units that grew. */
  change(locationId: string, skuId: string, change: (onHand: OnHand) => void, effects: Effects): number {
    const contents = this.#contents.get(locationId) ?? { skus: {} };
    const onHand = contents.skus[skuId] ?? {};
    const before = { ...onHand };
    change(onHand);
    if (Object.keys(onHand).length > 0) contents.skus[skuId] = onHand;
    else delete contents.skus[skuId];
    this.#contents.set(locationId, contents);
    effects.save(`contents:${locationId}`, contents);
    this.#note(skuId, locationId, before);
    return unitsOf(onHand) - unitsOf(before);
  }

  #note(skuId: string, locationId: string, before: Readonly<OnHand>): void {
    const onHand = this.#contents.get(locationId)?.skus[skuId];
    if (onHand) addTo(this.#placesOfSku, skuId, locationId);
    else removeFrom(this.#placesOfSku, skuId, locationId);
    for (const lotId in before) if (lotId !== '' && !onHand?.[lotId]) removeFrom(this.#placesOfLot, lotId, locationId);
    for (const lotId in onHand) if (lotId !== '') addTo(this.#placesOfLot, lotId, locationId);
  }
}
