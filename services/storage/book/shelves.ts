import { type OnHand, type StockUnits, takeStockChange, unitsOf } from '@detent/pipeline';
import type { StockChanged } from '@detent/schemas';
import type { Effects } from '../metrics.ts';
import type { ContentsState } from './states.ts';
import { addTo, removeFrom } from './transfers.ts';

/** A lot at a place. */
interface LotPlace {
  locationId: string;
  skuId: string;
  lotId: string;
}

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

  /**
   * A lot came in to a place: it is taken to lie there until its stock is told, which then counts instead. Not where the lot
   * was told already, or where the article is told without lots: then the lot is among that. Returns whether it is.
   */
  presume({ locationId, skuId, lotId }: LotPlace, units: number, effects: Effects): boolean {
    const isPresumed = this.#presumed(locationId, skuId)[lotId] !== undefined;
    const isTold = this.placesOfLot(lotId).length > 0 || (this.onHand(locationId, skuId)[''] ?? 0) > 0;
    if (isTold && !isPresumed) return false;
    this.#change(locationId, skuId, effects, (onHand, presumed) => {
      onHand[lotId] = (onHand[lotId] ?? 0) + units;
      presumed[lotId] = (presumed[lotId] ?? 0) + units;
    });
    return true;
  }

  /** Takes a change of stock; returns by how many units it grew at its location. */
  take(changed: StockChanged, effects: Effects): number {
    const { locationId, skuId, reason } = changed;
    const lotId = changed.lotId ?? '';
    // It was received here, not where its lot was said to stand.
    if (lotId !== '' && reason === 'receipt') this.#cameHere(locationId, skuId, lotId, changed.delta ?? 0, effects);
    return this.#change(locationId, skuId, effects, (onHand, presumed) => {
      takeStockChange(onHand, withoutPresumed(changed, onHand, presumed));
    });
  }

  #cameHere(locationId: string, skuId: string, lotId: string, units: number, effects: Effects): void {
    let left = units;
    for (const other of this.placesOfLot(lotId)) {
      const less = Math.min(left, this.#presumed(other, skuId)[lotId] ?? 0);
      if (other === locationId || less <= 0) continue;
      left -= less;
      this.#change(other, skuId, effects, (onHand, presumed) => {
        takeStockChange(onHand, { lotId, delta: -less });
        presumed[lotId]! -= less;
      });
    }
  }

  #presumed(locationId: string, skuId: string): Readonly<Record<string, number>> {
    return this.#contents.get(locationId)?.presumed?.[skuId] ?? {};
  }

  #change(
    locationId: string,
    skuId: string,
    effects: Effects,
    change: (onHand: OnHand, presumed: Record<string, number>) => void,
  ): number {
    const contents = this.#contents.get(locationId) ?? { skus: {} };
    const onHand = contents.skus[skuId] ?? {};
    const before = { ...onHand };
    const presumed = { ...contents.presumed?.[skuId] };
    change(onHand, presumed);
    for (const lotId in presumed) if (!(presumed[lotId]! > 0 && onHand[lotId]! > 0)) delete presumed[lotId];
    if (Object.keys(presumed).length > 0) contents.presumed = { ...contents.presumed, [skuId]: presumed };
    else if (contents.presumed !== undefined) delete contents.presumed[skuId];
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

/**
 * A change as it counts beside what was presumed of the article there. What is told of a lot, by whatever number, is told
 * instead of what was presumed; units without a lot are those that were presumed, as far as these go.
 */
function withoutPresumed(changed: StockChanged, onHand: OnHand, presumed: Record<string, number>): StockUnits {
  const { lotId, onHand: counted, delta } = changed;
  const units = delta ?? 0;
  if (counted != null || units <= 0) {
    // Counted or taken: from now on it is known.
    for (const lot in presumed) if (lot === lotId || (lotId == null && counted != null)) delete presumed[lot];
    return changed;
  }
  if (lotId != null) {
    onHand[lotId] = (onHand[lotId] ?? 0) - (presumed[lotId] ?? 0);
    delete presumed[lotId];
    return changed;
  }
  let left = units;
  for (const lot in presumed) {
    const known = Math.min(left, presumed[lot]!);
    left -= known;
    presumed[lot]! -= known;
  }
  return { ...changed, delta: left };
}
