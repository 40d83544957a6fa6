import { type Decider, type Fact, type PlaybookFor, type StatusNews, takeChange } from '@detent/pipeline';
import type {
  Action,
  LocationDescribed,
  LotReceived,
  OrderPlaced,
  SegmentChanged,
  SkuDescribed,
  StockChanged,
  ZoneDescribed,
} from '@detent/schemas';
import { Book, type StockState } from './book/index.ts';
import type { StorageConfig } from './config.ts';
import type { Desk } from './desk.ts';
import type { Effects } from './metrics.ts';
import { Mover } from './moving/index.ts';
import { Nights } from './night/index.ts';
import { PuttingAway } from './putaway/index.ts';
import { Selling } from './selling/index.ts';
import { UnderWay } from './under-way.ts';
import { Closing } from './zones/index.ts';

/** What the storage decider is made from. */
export interface StorageOptions {
  config: StorageConfig;
  playbookFor: PlaybookFor;
}

/** Takes facts into the book and asks the rules that they may concern. See README.md for the rules. */
export class StorageDecider implements Decider {
  readonly book = new Book();
  readonly #closing: Closing;
  readonly #desk: Desk;
  readonly #mover: Mover;
  readonly #nights: Nights;
  readonly #puttingAway: PuttingAway;
  readonly #selling: Selling;
  readonly #underWay: UnderWay;

  constructor(options: StorageOptions) {
    this.#desk = { ...options, book: this.book };
    this.#mover = new Mover(this.#desk);
    this.#nights = new Nights(this.#desk);
    this.#puttingAway = new PuttingAway(this.#desk);
    this.#selling = new Selling(this.#desk);
    this.#underWay = new UnderWay(this.#desk, this.#puttingAway);
    this.#closing = new Closing(this.#desk, this.#underWay);
  }

  restore(key: string, value: object): void {
    this.book.restore(key, value);
  }

  decide({ name, value, at }: Fact, effects: Effects): void {
    if (name === 'detent.segments.SegmentChanged') this.#change(value as SegmentChanged, at, effects);
    else if (name === 'detent.inventory.StockChanged') this.#stock(value as StockChanged, at, effects);
    else if (name === 'detent.inventory.LotReceived') this.#lot(value as LotReceived, at, effects);
    else if (name === 'detent.inventory.SkuDescribed') this.#sku(value as SkuDescribed, at, effects);
    else if (name === 'detent.sites.ZoneDescribed') this.#zone(value as ZoneDescribed, at, effects);
    else if (name === 'detent.sites.LocationDescribed') this.#location(value as LocationDescribed, at, effects);
    else if (name === 'detent.orders.OrderPlaced') this.#order(value as OrderPlaced, at, effects);
  }

  /** A night has come, something was not done in its time, or waits too long, or is long past. */
  due(key: string, at: number, effects: Effects): void {
    const cut = key.indexOf(':');
    const id = key.slice(cut + 1);
    const kind = key.slice(0, cut);
    if (kind === 'night') this.#nights.due(id, at, effects);
    else if (kind === 'lot') this.book.dropLot(id, effects);
    else if (kind === 'picked') this.book.learnt.forgetPicked(id, effects);
    else if (kind === 'pairs') this.book.learnt.forgetPairs(id, effects);
    else if (kind === 'arrival') this.#puttingAway.due(id, at, effects);
    else if (kind === 'move') this.#gaveUp(this.book.transfers.get(id)?.actionId, 'expired', at, effects);
  }

  /** What will not be done gives its room back. What is done keeps it until the stock says so. */
  status({ status, at }: StatusNews, { actionId, type, target }: Action, effects: Effects): void {
    if (status !== 'failed' && status !== 'rejected' && status !== 'expired') return;
    if (type === 'sell-first') this.#selling.gaveUp(target.entityId, actionId, effects);
    else this.#gaveUp(actionId, status, at, effects);
  }

  #gaveUp(actionId: string | undefined, how: 'failed' | 'rejected' | 'expired', at: number, effects: Effects): void {
    const siteId = actionId === undefined ? undefined : this.#underWay.gaveUp(actionId, how, at, effects);
    if (siteId !== undefined) this.#retry(siteId, 'room', at, effects);
  }

  #change(change: SegmentChanged, at: number, effects: Effects): void {
    const { entityType, entityId } = change;
    if (entityType === 'stock') this.#stockChange(change, at, effects);
    if (entityType === 'zone') this.#zoneChange(change, at, effects);
    if (entityType !== 'lot') return;
    const skuId = this.book.lots.get(entityId)?.skuId;
    if (this.#selling.changed(change, at, effects) || skuId === undefined) return;
    const arrivals = this.book.arrivals.ofSku(skuId).filter(({ lotId }) => lotId === entityId);
    for (const { arrivalId } of arrivals) this.#underWay.ended(this.book.transfers.ofArrival(arrivalId), effects);
    this.#puttingAway.ended(skuId, entityId, effects);
  }

  #zoneChange(change: SegmentChanged, at: number, effects: Effects): void {
    const siteId = this.#closing.changed(change, at, effects);
    if (siteId !== undefined) this.#retry(siteId, 'room', at, effects);
  }

  #stockChange(change: SegmentChanged, at: number, effects: Effects): void {
    const { entityType, entityId, dimension } = change;
    const stock = this.book.stocks.get(entityId) ?? newStock(change);
    if (stock === undefined) return;
    const { skuId, siteId } = stock;
    const taken = takeChange(stock.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return;
    }
    if (taken === 'ended') {
      this.book.stocks.drop(stock, effects);
      return;
    }
    const standing = stock.standings[dimension];
    if (standing !== undefined && dimension === 'velocity') {
      const { picksPerDay } = this.#desk.config;
      const told = change.attributes['picksPerDay'];
      stock.picksPerDay = typeof told === 'number' ? told : (picksPerDay[standing.segment] ?? 0);
      stock.wants = null;
      const cause = { ...standing, entityType, entityId, dimension };
      if (change.origin !== 'replay') stock.placed = cause;
      if (standing.commands) {
        stock.cause = cause;
        this.#nights.await(siteId, at, effects);
        this.#mover.slot(stock, at, effects);
      }
    }
    this.book.stocks.put(stock, effects);
    if (dimension === 'velocity') this.#puttingAway.retrySku(skuId, at, effects);
  }

  #lot(lot: LotReceived, at: number, effects: Effects): void {
    this.#selling.received(lot, effects);
    this.#lies(lot, at, effects);
    this.#puttingAway.received(lot, at, effects);
  }

  /** Where a lot came in to a named place it lies there, also if nobody tells its stock. */
  #lies({ skuId, siteId, lotId, locationId, quantity, uom }: LotReceived, at: number, effects: Effects): void {
    const units = quantity * (this.book.skus.get(skuId)?.unitsPer?.[uom] ?? 0);
    if (locationId == null || !(units > 0)) return;
    if (!this.book.shelves.presume({ locationId, skuId, lotId }, units, effects)) return;
    this.#selling.stockChanged(skuId, lotId, 'receipt', at, effects);
    const stock = this.book.stocks.get(`${skuId}@${siteId}`);
    if (stock?.wants === 'facts') this.#mover.slotAndKeep(stock, at, effects);
  }

  #stock(changed: StockChanged, at: number, effects: Effects): void {
    const { skuId, siteId, locationId, lotId = null, reason } = changed;
    const stockId = `${skuId}@${siteId}`;
    // Goods that may not be sold take room all the same, so every status counts here.
    const grown = this.book.shelves.take(changed, effects);
    if (grown > 0) {
      const others = this.#underWay.arrived(locationId, skuId, lotId, grown, effects);
      if (lotId !== null && others > 0) this.#puttingAway.cameElsewhere(skuId, lotId, locationId, others, effects);
    } else if (grown < 0) {
      if (reason === 'pick') this.book.learnt.picked(stockId, -grown, at, effects);
      else if (reason === 'move') this.#underWay.departed(locationId, skuId, lotId, -grown, effects);
      this.#puttingAway.left(skuId, locationId, effects);
    }
    if (lotId !== null) this.#selling.stockChanged(skuId, lotId, reason, at, effects);
    const stock = this.book.stocks.get(stockId);
    if (stock?.wants === 'facts') this.#mover.slotAndKeep(stock, at, effects);
    if (grown < 0 && this.book.occupancy(locationId).skuIds.length === 0) this.#retry(siteId, 'room', at, effects);
  }

  #sku(sku: SkuDescribed, at: number, effects: Effects): void {
    const { skuId, lengthMm, widthMm, heightMm, baseUom, packagings } = sku;
    const isMeasured = lengthMm != null && widthMm != null && heightMm != null;
    const known = {
      skuId,
      volumeL: isMeasured ? (lengthMm * widthMm * heightMm) / 1e6 : null,
      weightG: sku.weightG ?? null,
      minTempC: sku.minTempC ?? null,
      maxTempC: sku.maxTempC ?? null,
      hazmatClass: sku.hazmatClass ?? null,
      shelfLifeHours: sku.shelfLifeHours ?? null,
      unitsPer: { ...Object.fromEntries(packagings.map(({ level, unitsPer }) => [level, unitsPer])), [baseUom]: 1 },
    };
    this.book.putSku(known, effects);
    this.#puttingAway.retrySku(skuId, at, effects);
    for (const stock of this.book.stocks.wantingSku(skuId)) this.#mover.slotAndKeep(stock, at, effects);
  }

  #zone({ zoneId, siteId, kind, capabilities }: ZoneDescribed, at: number, effects: Effects): void {
    this.book.sites.putZone({ zoneId, siteId, kind, capabilities }, effects);
    this.#retry(siteId, 'facts', at, effects);
  }

  #location(described: LocationDescribed, at: number, effects: Effects): void {
    const { locationId, siteId, zoneId, capacityL, maxWeightG } = described;
    const { travelM = null, minTempC = null, maxTempC = null, aisle = null } = described;
    const location = { locationId, siteId, zoneId, capacityL, maxWeightG, travelM, minTempC, maxTempC, aisle };
    this.book.sites.putLocation(location, effects);
    this.#retry(siteId, 'facts', at, effects);
    this.#retry(siteId, 'room', at, effects);
  }

  #order({ lines }: OrderPlaced, at: number, effects: Effects): void {
    this.book.learnt.ordered(
      lines.map(({ skuId }) => skuId),
      at,
      effects,
    );
  }

  /** What came in is tried before what lies somewhere: a dock must be empty for the next truck. */
  #retry(siteId: string, wants: 'facts' | 'room', at: number, effects: Effects): void {
    this.#puttingAway.retry(siteId, wants, at, effects);
    this.#mover.retry(siteId, wants, at, effects);
  }
}

/** A stock by its first change; undefined for one that ends it. */
function newStock({ entityId, to }: SegmentChanged): StockState | undefined {
  if (to === null || to === undefined) return undefined;
  const cut = entityId.lastIndexOf('@');
  const of = { stockId: entityId, skuId: entityId.slice(0, cut), siteId: entityId.slice(cut + 1) };
  return { ...of, standings: {}, cause: null, placed: null, picksPerDay: 0, wants: null, acted: 0 };
}
