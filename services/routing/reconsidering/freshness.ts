import { hoursLostAs } from '@detent/core';
import { type Cause, type Effects, takeChange } from '@detent/pipeline';
import type { LotReceived, SegmentChanged } from '@detent/schemas';
import type { LotState } from '../book/states.ts';
import { unknownLife, withLoss } from '../lots/index.ts';
import type { Desk } from '../offers/desk.ts';
import type { Sweeping } from './sweeping.ts';

/** Hours: a share of life is told in so many digits, and the clock runs between reading and change. */
const LEAST_LOSS = 1;

/** Follows the life of lots under their real temperatures, and looks again at orders whose lots have lost some. */
export class Freshness {
  readonly #desk: Desk;
  readonly #sweeping: Sweeping;

  constructor(desk: Desk, sweeping: Sweeping) {
    this.#desk = desk;
    this.#sweeping = sweeping;
  }

  /** Only what expires is kept. */
  received({ lotId, skuId, expiresAt }: LotReceived, effects: Effects): void {
    if (expiresAt == null) return;
    const known = this.#desk.book.lots.get(lotId) ?? { standings: {}, ...unknownLife };
    this.#save({ ...known, lotId, skuId, expiresAt }, effects);
  }

  /** Takes a change of a lot. Returns it as a cause where it is new and may command. */
  change(change: SegmentChanged, at: number, effects: Effects): Cause | undefined {
    const { entityType, entityId, dimension, attributes, occurredAt } = change;
    const { book } = this.#desk;
    const lot = book.lots.get(entityId);
    if (lot === undefined) return undefined;
    const taken = takeChange(lot.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return undefined;
    }
    // It is not watched any more; what it has been through, it has been through.
    if (taken === 'ended') lot.standings = {};
    const shelfLifeHours = book.skus.get(lot.skuId)?.shelfLifeHours ?? null;
    const lost = hoursLostAs(attributes, shelfLifeHours, lot.expiresAt, occurredAt);
    const now = lost === undefined ? lot : { ...lot, ...withLoss(lot, lost, occurredAt) };
    this.#save(now, effects);
    const standing = now.standings[dimension];
    if (!standing?.commands || taken !== 'moved') return undefined;
    const cause = { ...standing, entityType, entityId, dimension };
    // Only life lost for good is a breach: a warm reading changes where it stands, but costs nothing that is not counted.
    this.#sweeping.begin(cause, now.hoursLost > lot.hoursLost + LEAST_LOSS, at, effects);
    return cause;
  }

  #save(lot: LotState, effects: Effects): void {
    this.#desk.book.lots.set(lot.lotId, lot);
    // Beyond its date: an order that takes it must not go as if nothing were known.
    effects.save(`lot:${lot.lotId}`, lot, lot.expiresAt + this.#desk.config.retentionMs);
  }
}
