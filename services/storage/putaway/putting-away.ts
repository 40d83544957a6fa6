import type { LotReceived } from '@detent/schemas';
import type { ArrivalState, StockState, TransferState } from '../book/index.ts';
import type { Desk } from '../desk.ts';
import type { Effects } from '../metrics.ts';
import { callPeople } from './call.ts';
import { questionFor } from './candidates.ts';
import { commandPutaway } from './command.ts';
import { type PutawayPlan, planPutaway } from './plan.ts';

/** Lots that came in: to which places they go, what waits, and whom to call when nothing has room. */
export class PuttingAway {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** A lot came in. Where it was put to a place that it may stay at, there is nothing to do; so where it lies at one already. */
  received(lot: LotReceived, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const { eventId, lotId, skuId, siteId, locationId = null, quantity, uom } = lot;
    const arrivalId = `${skuId}/${lotId}/${eventId}`;
    if (quantity <= 0 || book.arrivals.get(arrivalId) !== undefined) return;
    const stays = (place: string): boolean => {
      const location = book.sites.locations.get(place);
      return location === undefined || !book.sites.isIn(location, config.receivingZones);
    };
    if (locationId === null ? book.shelves.placesOfLot(lotId).some(stays) : stays(locationId)) return;
    const arrival: ArrivalState = {
      ...{ arrivalId, lotId, skuId, siteId, locationId, quantity, uom },
      ...{ waiting: null, wants: null, since: at, tries: 0, refused: [], isLate: false, calledBy: null },
    };
    this.#decide(arrival, at, effects);
  }

  /** Tries again what waits at a site, the longest first; what waits for room a few at a time. */
  retry(siteId: string, wants: 'facts' | 'room', at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const waiting = book.arrivals.atSite(siteId).filter((arrival) => arrival.wants === wants);
    waiting.sort((a, b) => a.since - b.since);
    for (const arrival of wants === 'room' ? waiting.slice(0, config.retries) : waiting) {
      this.#decide(arrival, at, effects);
    }
  }

  /** Tries again what waits, when an article or the velocity of one of its stocks has become known. */
  retrySku(skuId: string, at: number, effects: Effects): void {
    for (const arrival of this.#desk.book.arrivals.ofSku(skuId)) {
      if (arrival.wants !== null) this.#decide(arrival, at, effects);
    }
  }

  /**
   * Units of a lot came to a place, and no command brought them: somebody has put it away. What waits is less by them, and
   * so is what is under way, the last task first.
   */
  cameElsewhere(skuId: string, lotId: string, locationId: string, units: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const location = book.sites.locations.get(locationId);
    if (location === undefined || book.sites.isIn(location, config.receivingZones)) return;
    let left = units;
    for (const arrival of book.arrivals.ofSku(skuId)) {
      if (arrival.lotId !== lotId || arrival.siteId !== location.siteId) continue;
      const put = Math.min(left, arrival.waiting ?? 0);
      if (put > 0) arrival.waiting = arrival.waiting! - put;
      left -= put;
      for (const transfer of book.transfers.ofArrival(arrival.arrivalId).reverse()) {
        if (left <= 0) break;
        const less = Math.min(left, transfer.units);
        left -= less;
        transfer.units -= less;
        transfer.lots = [{ lotId, units: transfer.units }];
        if (transfer.units > 0) {
          book.transfers.put(transfer, effects);
          continue;
        }
        book.transfers.drop(transfer, effects);
        if (book.transfers.of(transfer.actionId).length > 0) continue;
        effects.withdraw(transfer.actionId, `lot ${lotId} was put to ${locationId}`);
      }
      this.#settle(arrival, effects);
    }
  }

  /** Units have left the place where a lot stands: no more than what is still there waits. */
  left(skuId: string, locationId: string, effects: Effects): void {
    const { book } = this.#desk;
    for (const arrival of book.arrivals.ofSku(skuId)) {
      if (arrival.locationId !== locationId || !arrival.waiting) continue;
      const there = book.lotsStaying(skuId, locationId)[arrival.lotId] ?? book.unitsStaying(skuId, locationId);
      if (there >= arrival.waiting) continue;
      arrival.waiting = Math.max(0, there);
      this.#settle(arrival, effects);
    }
  }

  /** A task of a putaway has arrived whole. */
  arrived({ arrivalId }: TransferState, effects: Effects): void {
    const arrival = arrivalId === undefined ? undefined : this.#desk.book.arrivals.get(arrivalId);
    if (arrival !== undefined) this.#settle(arrival, effects);
  }

  /**
   * Tasks of a putaway will not be done: their units wait again, and go to other places. `isRefused`: not to these ones.
   * After so many tries people are called instead, and the lot is theirs.
   */
  gaveUp(transfers: readonly TransferState[], isRefused: boolean, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    const arrivalId = transfers[0]?.arrivalId;
    const arrival = arrivalId === undefined ? undefined : book.arrivals.get(arrivalId);
    if (arrival === undefined) return;
    if (arrival.wants === null) arrival.since = at;
    for (const { units, to } of transfers) {
      arrival.waiting = (arrival.waiting ?? 0) + units;
      if (isRefused && !arrival.refused.includes(to)) arrival.refused.push(to);
    }
    if (arrival.tries < config.putawayTries) {
      this.#decide(arrival, at, effects, transfers[0]!.actionId);
      return;
    }
    const stock = this.#stockOf(arrival);
    if (stock !== undefined) callPeople(arrival, stock, 'putaway-not-done', [], at, this.#desk, effects);
    effects.note('putaway-given-up');
    this.#drop(arrival, effects);
  }

  /** It has waited too long: people are called; or it is forgotten. */
  due(arrivalId: string, at: number, effects: Effects): void {
    const arrival = this.#desk.book.arrivals.get(arrivalId);
    if (arrival === undefined || arrival.wants === null) return;
    if (!this.#isCallable(arrival)) {
      effects.note('putaway-given-up');
      this.#drop(arrival, effects);
      return;
    }
    arrival.isLate = true;
    const stock = this.#stockOf(arrival);
    if (stock !== undefined) {
      const why = arrival.wants === 'room' ? 'putaway-without-room' : 'putaway-without-facts';
      const rejected = this.#plan(arrival, stock, at)?.alternatives ?? [];
      arrival.calledBy = callPeople(arrival, stock, why, rejected, at, this.#desk, effects);
    }
    this.#keep(arrival, effects);
  }

  /** The lot is no more. */
  ended(skuId: string, lotId: string, effects: Effects): void {
    for (const arrival of this.#desk.book.arrivals.ofSku(skuId)) {
      if (arrival.lotId === lotId) this.#drop(arrival, effects);
    }
  }

  #decide(arrival: ArrivalState, at: number, effects: Effects, supersedes?: string): void {
    const { skuId, siteId, uom } = arrival;
    if (arrival.isUnzoned && this.#desk.book.sites.hasZones(siteId)) {
      arrival.isUnzoned = false;
      arrival.since = at;
    }
    const unitsPer = this.#desk.book.skus.get(skuId)?.unitsPer?.[uom];
    if (unitsPer !== undefined) arrival.waiting ??= arrival.quantity * unitsPer;
    const stock = this.#stockOf(arrival);
    const plan = stock === undefined ? undefined : this.#plan(arrival, stock, at);
    const before = arrival.wants;
    if (plan === undefined) {
      arrival.wants = 'facts';
      if (before !== 'facts') effects.note('putaway-waits-for-facts');
    } else {
      if (plan.puttings.length > 0) commandPutaway(arrival, plan, stock!, at, this.#desk, effects, supersedes);
      arrival.waiting = plan.left;
      arrival.wants = plan.left >= 1 ? 'room' : null;
      if (arrival.wants === 'room' && before !== 'room') effects.note('putaway-waits-for-room');
    }
    if (arrival.wants === null) this.#closeCall(arrival, `there is room for lot ${arrival.lotId} now`, effects);
    this.#keep(arrival, effects);
  }

  /** Undefined: facts are missing. */
  #plan(arrival: ArrivalState, stock: StockState, at: number): PutawayPlan | undefined {
    const sku = this.#desk.book.skus.get(arrival.skuId);
    if (sku?.volumeL == null || sku.weightG === null || arrival.waiting === null) return undefined;
    const question = questionFor(arrival, sku, stock, at, this.#desk);
    return question && planPutaway(question);
  }

  /** The stock that a lot adds to, once its velocity is known. */
  #stockOf({ skuId, siteId }: ArrivalState): StockState | undefined {
    const stock = this.#desk.book.stocks.get(`${skuId}@${siteId}`);
    return stock?.placed == null ? undefined : stock;
  }

  #settle(arrival: ArrivalState, effects: Effects): void {
    if (arrival.waiting !== null && arrival.waiting < 1) arrival.wants = null;
    const isUnderWay = this.#desk.book.transfers.ofArrival(arrival.arrivalId).length > 0;
    if (arrival.wants === null && !isUnderWay) this.#drop(arrival, effects);
    else this.#keep(arrival, effects);
  }

  #keep(arrival: ArrivalState, effects: Effects): void {
    const { putawayCallMs, putawayForgetMs } = this.#desk.config;
    arrival.isUnzoned ||= !this.#desk.book.sites.hasZones(arrival.siteId);
    const wait = this.#isCallable(arrival) ? putawayCallMs : putawayForgetMs;
    this.#desk.book.arrivals.put(arrival, arrival.wants === null ? null : arrival.since + wait, effects);
  }

  /** People are called once, and not where a site has no zones: nothing is put away there, by nobody. */
  #isCallable({ isLate, isUnzoned }: ArrivalState): boolean {
    return !isLate && !isUnzoned;
  }

  #drop(arrival: ArrivalState, effects: Effects): void {
    this.#closeCall(arrival, `lot ${arrival.lotId} waits no more`, effects);
    this.#desk.book.arrivals.drop(arrival, effects);
  }

  #closeCall(arrival: ArrivalState, because: string, effects: Effects): void {
    if (arrival.calledBy !== null) effects.withdraw(arrival.calledBy, because);
    arrival.calledBy = null;
  }
}
