import {
  type Decider,
  type Effects,
  type Fact,
  membershipsOf,
  type PlaybookFor,
  type StatusNews,
  takeChange,
  takeStockChange,
} from '@detent/pipeline';
import type {
  Action,
  LocationDescribed,
  SegmentChanged,
  SkuDescribed,
  StockChanged,
  ZoneDescribed,
} from '@detent/schemas';
import { Book, type StockState } from './book.ts';
import type { StorageConfig } from './config.ts';
import { findMove, gain, type Slotting } from './slot.ts';

/** What the storage decider is made from. */
export interface StorageOptions {
  config: StorageConfig;
  playbookFor: PlaybookFor;
}

/** Answers changes of velocity with moves that pay. See README.md for the rules. */
export class StorageDecider implements Decider {
  readonly book = new Book();
  readonly #config: StorageConfig;
  readonly #playbookFor: PlaybookFor;

  constructor({ config, playbookFor }: StorageOptions) {
    this.#config = config;
    this.#playbookFor = playbookFor;
  }

  restore(key: string, value: object): void {
    this.book.restore(key, value);
  }

  restored(): void {
    this.book.restored();
  }

  decide({ name, value, at }: Fact, effects: Effects): void {
    if (name === 'detent.segments.SegmentChanged') this.#change(value as SegmentChanged, at, effects);
    else if (name === 'detent.inventory.StockChanged') this.#stock(value as StockChanged, at, effects);
    else if (name === 'detent.inventory.SkuDescribed') this.#sku(value as SkuDescribed, at, effects);
    else if (name === 'detent.sites.ZoneDescribed') this.#zone(value as ZoneDescribed, at, effects);
    else if (name === 'detent.sites.LocationDescribed') this.#location(value as LocationDescribed, at, effects);
  }

  /** A move was not done in its time: its room is free again. */
  due(key: string, at: number, effects: Effects): void {
    const move = this.book.moves.get(key.slice('move:'.length));
    if (move === undefined) return;
    effects.note('move-expired');
    this.book.dropMove(move, effects);
    this.#retry(move.siteId, 'room', at, effects);
  }

  /** A move that will not be done gives its room back. One that is done keeps it until the stock says so. */
  status({ status, at }: StatusNews, { actionId }: Action, effects: Effects): void {
    const move = this.book.moves.get(actionId);
    if (move === undefined || (status !== 'failed' && status !== 'rejected' && status !== 'expired')) return;
    effects.note(status === 'expired' ? 'move-expired' : 'move-failed');
    this.book.dropMove(move, effects);
    this.#retry(move.siteId, 'room', at, effects);
  }

  #change(change: SegmentChanged, at: number, effects: Effects): void {
    if (change.entityType !== 'stock') return;
    const { entityType, entityId, dimension } = change;
    let stock = this.book.stocks.get(entityId);
    if (stock === undefined) {
      if (change.to === null || change.to === undefined) return;
      const cut = entityId.lastIndexOf('@');
      const of = { stockId: entityId, skuId: entityId.slice(0, cut), siteId: entityId.slice(cut + 1) };
      stock = { ...of, standings: {}, cause: null, picksPerDay: 0, wants: null, acted: 0 };
    }
    const taken = takeChange(stock.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return;
    }
    if (taken === 'ended') {
      this.book.dropStock(stock, effects);
      return;
    }
    const standing = stock.standings[dimension];
    if (standing !== undefined && dimension === 'velocity') {
      const told = change.attributes['picksPerDay'];
      stock.picksPerDay = typeof told === 'number' ? told : (this.#config.picksPerDay[standing.segment] ?? 0);
      stock.wants = null;
      if (standing.commands) {
        stock.cause = { ...standing, entityType, entityId, dimension };
        this.#slot(stock, at, effects);
      }
    }
    this.book.putStock(stock, effects);
  }

  #stock(changed: StockChanged, at: number, effects: Effects): void {
    const { skuId, siteId, locationId } = changed;
    // Goods that may not be sold take room all the same, so every status counts here.
    const grown = this.book.changeContents(locationId, skuId, (onHand) => takeStockChange(onHand, changed), effects);
    if (grown > 0) this.#arrived(locationId, skuId, grown, effects);
    const stock = this.book.stocks.get(`${skuId}@${siteId}`);
    if (stock?.wants === 'facts') this.#slotAndKeep(stock, at, effects);
    if (grown < 0 && this.book.occupancy(locationId).skuIds.length === 0) this.#retry(siteId, 'room', at, effects);
  }

  /** Units came to a location: they are those of the moves that lead there, as far as they go. */
  #arrived(locationId: string, skuId: string, units: number, effects: Effects): void {
    let left = units;
    for (const move of this.book.movesAt(locationId)) {
      if (left <= 0 || move.to !== locationId || move.skuId !== skuId) continue;
      const done = Math.min(left, move.units);
      left -= done;
      move.units -= done;
      if (move.units > 0) {
        this.book.putMove(move, effects);
      } else {
        effects.note('move-done');
        effects.done(move.actionId);
        this.book.dropMove(move, effects);
      }
    }
  }

  #sku(sku: SkuDescribed, at: number, effects: Effects): void {
    const { skuId, lengthMm, widthMm, heightMm } = sku;
    const isMeasured = lengthMm != null && widthMm != null && heightMm != null;
    const known = {
      skuId,
      volumeL: isMeasured ? (lengthMm * widthMm * heightMm) / 1e6 : null,
      weightG: sku.weightG ?? null,
      minTempC: sku.minTempC ?? null,
      maxTempC: sku.maxTempC ?? null,
    };
    this.book.skus.set(skuId, known);
    effects.save(`sku:${skuId}`, known);
    for (const stock of this.book.wantingSku(skuId)) this.#slotAndKeep(stock, at, effects);
  }

  #zone({ zoneId, siteId, kind }: ZoneDescribed, at: number, effects: Effects): void {
    const zone = { zoneId, siteId, kind };
    this.book.zones.set(zoneId, zone);
    effects.save(`zone:${zoneId}`, zone);
    this.#retry(siteId, 'facts', at, effects);
  }

  #location(described: LocationDescribed, at: number, effects: Effects): void {
    const { locationId, siteId, zoneId, capacityL, maxWeightG } = described;
    const { travelM = null, minTempC = null, maxTempC = null } = described;
    const location = { locationId, siteId, zoneId, capacityL, maxWeightG, travelM, minTempC, maxTempC };
    this.book.putLocation(location, effects);
    this.#retry(siteId, 'facts', at, effects);
    this.#retry(siteId, 'room', at, effects);
  }

  /** Tries again what waits at a site; what waits for room a few at a time, for each may take what there is. */
  #retry(siteId: string, wants: 'facts' | 'room', at: number, effects: Effects): void {
    const waiting = this.book.wanting(siteId, wants);
    const tried = wants === 'room' ? waiting.slice(0, this.#config.retries) : waiting;
    for (const stock of tried) this.#slotAndKeep(stock, at, effects);
  }

  #slotAndKeep(stock: StockState, at: number, effects: Effects): void {
    this.#slot(stock, at, effects);
    this.book.putStock(stock, effects);
  }

  /** Decides on a stock whose velocity changed, and notes what it still wants. */
  #slot(stock: StockState, at: number, effects: Effects): void {
    const { skuId, siteId, cause, picksPerDay } = stock;
    const velocity = stock.standings['velocity']!.segment;
    const sku = this.book.skus.get(skuId);
    const sources = this.book.sources(skuId, siteId);
    const places = this.book.places(siteId, this.#config.zoneKinds[velocity] ?? []);
    if (cause === null) return;
    if (sku === undefined || sources.length === 0 || places === undefined) {
      if (stock.wants !== 'facts') effects.note('waits-for-facts');
      stock.wants = 'facts';
      return;
    }
    stock.wants = null;
    if (sku.volumeL === null || sku.weightG === null) {
      effects.note('sku-not-measured');
      return;
    }
    const occupancyOf = (locationId: string) => this.book.occupancy(locationId);
    const slotting = findMove(sku, picksPerDay, sources, places, occupancyOf, this.#config);
    if (slotting.best !== undefined) {
      this.#move(stock, slotting, at, effects);
    } else if (slotting.lacksRoom) {
      stock.wants = 'room';
      effects.note('waits-for-room');
    } else {
      effects.note('not-worth-it');
    }
  }

  #move(stock: StockState, { best, alternatives }: Slotting, at: number, effects: Effects): void {
    const { skuId, siteId, picksPerDay } = stock;
    const cause = stock.cause!;
    const { from, to, units, savingM, costM } = best!;
    const { horizonDays, moveValidMs } = this.#config;
    const validUntil = at + moveValidMs;
    const gained = Math.round(gain(best!));
    stock.acted += 1;
    const actionId = effects.act({
      type: 'move',
      target: { entityType: 'stock', entityId: stock.stockId },
      siteId,
      cause,
      n: stock.acted,
      because: `velocity is ${cause.segment}: ${cause.text}. ${to.locationId} is ${from.travelM! - to.travelM!} m nearer than ${from.locationId}; in ${horizonDays} days that saves ${gained} m more than the move costs`,
      details: {
        from: from.locationId,
        to: to.locationId,
        units,
        picksPerDay,
        horizonDays,
        savingM: Math.round(savingM),
        costM: Math.round(costM),
      },
      tasks: [{ skuId, quantity: units, fromLocationId: from.locationId, toLocationId: to.locationId }],
      alternatives,
      playbook: this.#playbookFor(membershipsOf('stock', stock.standings)),
      validUntil,
      undo: { type: 'move', details: { from: to.locationId, to: from.locationId, units } },
    });
    const move = { actionId, skuId, siteId, from: from.locationId, to: to.locationId, units, validUntil };
    this.book.putMove(move, effects);
    effects.note('move-commanded');
  }
}
