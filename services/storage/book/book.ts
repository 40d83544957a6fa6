import { unitsOf } from '@detent/pipeline';
import { type LotUnits, takeFirstExpired } from '../lots/index.ts';
import type { Effects } from '../metrics.ts';
import type { Location, Occupancy, Sku } from '../places/index.ts';
import { Arrivals } from './arrivals.ts';
import { Learnt, type PickedState } from './learnt.ts';
import { Shelves } from './shelves.ts';
import { Sites } from './sites.ts';
import type { ArrivalState, ContentsState, LotState, StockState, TransferState, Zone, ZoneStanding } from './states.ts';
import { Stocks } from './stocks.ts';
import { Transfers } from './transfers.ts';

/** How long a lot is remembered after its date: it may lie about. */
const LOT_KEPT_MS = 90 * 86_400_000;

/** All that storage knows, in memory, and what follows from several parts of it. */
export class Book {
  readonly stocks = new Stocks();
  readonly sites = new Sites();
  readonly shelves = new Shelves();
  readonly transfers = new Transfers();
  readonly arrivals = new Arrivals();
  readonly learnt = new Learnt();
  readonly skus = new Map<string, Sku>();
  readonly lots = new Map<string, LotState>();
  /** Sites whose nights are planned. */
  readonly nights = new Set<string>();

  restore(key: string, value: object): void {
    const cut = key.indexOf(':');
    const id = key.slice(cut + 1);
    switch (key.slice(0, cut)) {
      case 'stock':
        this.stocks.restore(value as StockState);
        break;
      case 'sku':
        this.skus.set(id, value as Sku);
        break;
      case 'zone':
        this.sites.restoreZone(value as Zone);
        break;
      case 'standing':
        this.sites.restoreStanding(value as ZoneStanding);
        break;
      case 'location':
        this.sites.restoreLocation(value as Location);
        break;
      case 'contents':
        this.shelves.restore(id, value as ContentsState);
        break;
      case 'lot':
        this.lots.set(id, value as LotState);
        break;
      case 'night':
        this.nights.add(id);
        break;
      case 'move':
        this.transfers.restore(value as TransferState);
        break;
      case 'arrival':
        this.arrivals.restore(value as ArrivalState);
        break;
      case 'picked':
        this.learnt.restorePicked(id, value as PickedState);
        break;
      case 'pairs':
        this.learnt.restorePairs(id, value as Parameters<Learnt['restorePairs']>[1]);
        break;
    }
  }

  putSku(sku: Sku, effects: Effects): void {
    this.skus.set(sku.skuId, sku);
    effects.save(`sku:${sku.skuId}`, sku);
  }

  putLot(lot: LotState, effects: Effects): void {
    this.lots.set(lot.lotId, lot);
    effects.save(`lot:${lot.lotId}`, lot, lot.expiresAt === null ? null : lot.expiresAt + LOT_KEPT_MS);
  }

  dropLot(lotId: string, effects: Effects): void {
    if (this.lots.delete(lotId)) effects.drop(`lot:${lotId}`);
  }

  /**
   * Where a SKU lies at a site, with the units that nothing takes away yet. Not what stands in zones of these kinds or
   * capabilities.
   */
  sources(skuId: string, siteId: string, without: readonly string[] = []): { location: Location; units: number }[] {
    const sources: { location: Location; units: number }[] = [];
    for (const locationId of this.shelves.placesOf(skuId)) {
      const location = this.sites.locations.get(locationId);
      if (location?.siteId !== siteId || this.sites.isIn(location, without)) continue;
      const units = this.unitsStaying(skuId, locationId);
      if (units > 0) sources.push({ location, units });
    }
    return sources;
  }

  /** Units of a SKU at a place that nothing takes away yet. */
  unitsStaying(skuId: string, locationId: string): number {
    let units = unitsOf(this.shelves.onHand(locationId, skuId));
    for (const transfer of this.transfers.at(locationId)) {
      if (transfer.from === locationId && transfer.skuId === skuId) units -= transfer.units;
    }
    return Math.max(0, units);
  }

  /** Which lots to take from a place, the one with the least life left first; not those that are taken already. */
  lotsFirst(skuId: string, locationId: string, units: number, now: number): LotUnits[] {
    const taken = takeFirstExpired(this.lotsStaying(skuId, locationId), units, (lotId) => this.lots.get(lotId), now);
    const rest = taken.reduce((left, lot) => left - lot.units, units);
    return rest > 0 ? [...taken, { lotId: '', units: rest }] : taken;
  }

  /** Units of a SKU at a place by lot, less those that are taken already. */
  lotsStaying(skuId: string, locationId: string): Record<string, number> {
    const onHand = { ...this.shelves.onHand(locationId, skuId) };
    for (const transfer of this.transfers.at(locationId)) {
      if (transfer.from !== locationId || transfer.skuId !== skuId) continue;
      for (const { lotId, units } of transfer.lots ?? []) onHand[lotId] = (onHand[lotId] ?? 0) - units;
    }
    return onHand;
  }

  /** Lots of a SKU that are, or are to be, at a place; `''` is what is not told by lot. */
  lotsAt(skuId: string, locationId: string): Set<string> {
    const onHand = this.shelves.onHand(locationId, skuId);
    const lots = new Set(Object.keys(onHand).filter((lotId) => onHand[lotId]! > 0));
    for (const transfer of this.transfers.at(locationId)) {
      if (transfer.to !== locationId || transfer.skuId !== skuId) continue;
      for (const { lotId } of transfer.lots ?? [{ lotId: '' }]) lots.add(lotId);
    }
    return lots;
  }

  /** What is at a location and on its way there, and whether more may come. What is to leave counts until it has left. */
  occupancy(locationId: string): Occupancy {
    let usedL = 0;
    let usedG = 0;
    let isKnown = true;
    const skuIds: string[] = [];
    const add = (skuId: string, units: number): void => {
      if (units <= 0) return;
      if (!skuIds.includes(skuId)) skuIds.push(skuId);
      const sku = this.skus.get(skuId);
      if (sku?.volumeL == null || sku.weightG === null) {
        isKnown = false;
      } else {
        usedL += sku.volumeL * units;
        usedG += sku.weightG * units;
      }
    };
    const skus = this.shelves.at(locationId);
    for (const skuId in skus) add(skuId, unitsOf(skus[skuId]!));
    for (const { to, skuId, units } of this.transfers.at(locationId)) if (to === locationId) add(skuId, units);
    const place = this.sites.locations.get(locationId);
    return { usedL, usedG, skuIds, isKnown, closedBy: place === undefined ? null : this.sites.closedBy(place) };
  }

  /** Classes of the dangerous goods that are, or are to be, at the places of a zone. */
  hazardsIn({ siteId, zoneId }: Location): Set<string> {
    const hazards = new Set<string>();
    for (const location of this.sites.all(siteId)) {
      if (location.zoneId !== zoneId) continue;
      for (const skuId of this.occupancy(location.locationId).skuIds) {
        const hazard = this.skus.get(skuId)?.hazmatClass;
        if (hazard != null) hazards.add(hazard);
      }
    }
    return hazards;
  }
}
