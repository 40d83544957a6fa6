import { hoursLostAs } from '@detent/core';
import { endsEntity, membershipsOf, type PlaybookFor, type Standings, takeChange } from '@detent/pipeline';
import type { LotReceived, SegmentChanged, SkuDescribed } from '@detent/schemas';
import type { Book } from '../book.ts';
import type { PickingConfig } from '../config.ts';
import type { Effects } from '../metrics.ts';
import type { Sweeping } from '../queues/sweeping.ts';
import { type LotState, newLot } from './lots.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * Follows lots: their dates, the life that warmth has cost them, and whether their segments let them be taken. None of it
 * changes what was released; it counts for what is released next.
 */
export class LotNews {
  readonly #book: Book;
  readonly #config: PickingConfig;
  readonly #playbookFor: PlaybookFor;
  readonly #sweeping: Sweeping;

  constructor(book: Book, config: PickingConfig, playbookFor: PlaybookFor, sweeping: Sweeping) {
    this.#book = book;
    this.#config = config;
    this.#playbookFor = playbookFor;
    this.#sweeping = sweeping;
  }

  /** An article was described: how long its goods keep, by which a share of life is hours. */
  described({ skuId, shelfLifeHours }: SkuDescribed, effects: Effects): void {
    const hours = shelfLifeHours ?? null;
    if (!this.#book.lots.putShelfLife(skuId, hours)) return;
    if (hours === null) effects.drop(`life:${skuId}`);
    else effects.save(`life:${skuId}`, { hours });
  }

  /** A lot came in, or was told anew. Orders that wait for stock are looked at: it may be good for longer than before. */
  received({ lotId, skuId, siteId, expiresAt = null }: LotReceived, at: number, effects: Effects): void {
    const { lots } = this.#book;
    const known = lots.of(lotId);
    const isNew = known === undefined ? expiresAt !== null : known.expiresAt !== expiresAt || known.skuId !== skuId;
    if (!isNew) return;
    this.#keep(lotId, { ...(known ?? newLot()), skuId, expiresAt }, at, effects);
    this.#sweeping.begin(`stock:${siteId}/${skuId}`, at, effects);
  }

  /** A segment of a lot changed. */
  changed(change: SegmentChanged, at: number, effects: Effects): void {
    const lotId = change.entityId;
    const known = this.#book.lots.of(lotId);
    if (known === undefined && endsEntity(change)) return;
    const lot = known ?? newLot();
    const taken = takeChange(lot.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return;
    }
    // What it has been through, it has been through.
    if (taken === 'ended') lot.standings = {};
    this.#age(lot, change);
    const wasHeld = lot.isHeld;
    lot.isHeld = this.#isHeld(lot.standings);
    this.#keep(lotId, lot, at, effects);
    if (lot.isHeld === wasHeld) return;
    effects.note(lot.isHeld ? 'lot-held' : 'lot-no-longer-held');
    if (lot.isHeld) return;
    for (const id of this.#book.stock.holding(lotId, lot.skuId)) this.#sweeping.begin(`stock:${id}`, at, effects);
  }

  /** An expired lot is known for as long as any of it lies somewhere: nobody is to take it for one that is good. */
  due(lotId: string, at: number, effects: Effects): void {
    const lot = this.#book.lots.of(lotId);
    if (lot === undefined) return;
    if (this.#book.stock.holding(lotId, lot.skuId).length > 0) this.#keep(lotId, lot, at, effects);
    else this.#drop(lotId, effects);
  }

  /** Keeps a lot; one without date and segments is as one that was never told. */
  #keep(lotId: string, lot: LotState, at: number, effects: Effects): void {
    if (lot.expiresAt === null && Object.keys(lot.standings).length === 0) {
      this.#drop(lotId, effects);
      return;
    }
    this.#book.lots.put(lotId, lot);
    // Without a date it is known until its segments end.
    const forgetAt = lot.expiresAt === null ? null : Math.max(at, lot.expiresAt) + this.#config.retentionMs;
    effects.save(`lot:${lotId}`, lot, forgetAt);
  }

  #drop(lotId: string, effects: Effects): void {
    if (this.#book.lots.drop(lotId)) effects.drop(`lot:${lotId}`);
  }

  /**
   * What warmth has cost, as the change tells it. Life that is lost does not come back, and what is less than an hour
   * (`leastLossMs`) more than is known already says nothing: so two lots do not change places over rounding.
   */
  #age(lot: LotState, { attributes, occurredAt }: SegmentChanged): void {
    const shelfLifeHours = this.#book.lots.shelfLifeHours(lot.skuId);
    const hours = hoursLostAs(attributes, shelfLifeHours, lot.expiresAt, occurredAt);
    if (hours === undefined) return;
    const lostMs = Math.round((hours * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
    if (lostMs >= lot.lostMs + this.#config.leastLossMs) lot.lostMs = lostMs;
  }

  #isHeld(standings: Standings): boolean {
    const { heldLots } = this.#config;
    const isNamed = Object.keys(heldLots).some((dimension) => {
      const segment = standings[dimension]?.segment;
      return segment !== undefined && heldLots[dimension]!.includes(segment);
    });
    return isNamed || this.#playbookFor(membershipsOf('lot', standings))?.do['picking'] === false;
  }
}
