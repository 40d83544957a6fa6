import type { Alternative, Standings } from '@detent/pipeline';

const HOUR_MS = 3_600_000;

/** What picking keeps of a lot. */
export interface LotState {
  /** Its article; empty where nobody told it. */
  skuId: string;
  /** The date on its label, epoch ms; null: it has none, or none was told. */
  expiresAt: number | null;
  /** Life that its temperatures have cost, beyond the clock's own, ms. */
  lostMs: number;
  standings: Standings;
  /** True where its segments say that nobody is to take it. */
  isHeld: boolean;
}

/** Lots: how long each is good, by its date and by what it has been through, and whether it may be taken at all. */
export class Lots {
  readonly #lots = new Map<string, LotState>();
  /** Shelf lives by article, hours; of those that have one. */
  readonly #shelfLives = new Map<string, number>();

  /** Takes back a state; one of before segments of lots were read holds the article and the date alone. */
  restore(lotId: string, lot: Partial<LotState>): void {
    this.#lots.set(lotId, { ...newLot(), ...lot });
  }

  of(lotId: string): LotState | undefined {
    return this.#lots.get(lotId);
  }

  put(lotId: string, lot: LotState): void {
    this.#lots.set(lotId, lot);
  }

  drop(lotId: string): boolean {
    return this.#lots.delete(lotId);
  }

  /** How long goods of an article keep, hours; null where that is not known. */
  shelfLifeHours(skuId: string): number | null {
    return this.#shelfLives.get(skuId) ?? null;
  }

  /** Returns false where that was known. */
  putShelfLife(skuId: string, hours: number | null): boolean {
    if (this.shelfLifeHours(skuId) === hours) return false;
    if (hours === null) this.#shelfLives.delete(skuId);
    else this.#shelfLives.set(skuId, hours);
    return true;
  }

  /**
   * Until when a lot is good, epoch ms: its date, brought forward by the life that it is known to have lost. Infinity for
   * what does not expire, for lots of which no date was told, and without a lot (`''`).
   */
  goodUntil(lotId: string): number {
    const lot = this.#lots.get(lotId);
    return lot === undefined || lot.expiresAt === null ? Number.POSITIVE_INFINITY : lot.expiresAt - lot.lostMs;
  }

  isHeld(lotId: string): boolean {
    return this.#lots.get(lotId)?.isHeld === true;
  }

  /** Why a lot has its place in the order of going out, for people; undefined where it has no date. */
  reasonOf(lotId: string): string | undefined {
    const lot = this.#lots.get(lotId);
    if (lot === undefined || lot.expiresAt === null) return undefined;
    if (lot.lostMs === 0) return `expires ${minute(lot.expiresAt)}`;
    return `good until ${minute(lot.expiresAt - lot.lostMs)}: expires ${minute(lot.expiresAt)}, and warmth has cost ${hoursOf(lot.lostMs)} h of its life`;
  }

  /** True where a lot has the earlier date. */
  isDatedBefore(lotId: string, otherId: string): boolean {
    return (this.#lots.get(lotId)?.expiresAt ?? Infinity) < (this.#lots.get(otherId)?.expiresAt ?? Infinity);
  }

  /** What speaks against taking a lot of an earlier date before another that has less life left, with its number. */
  whyNot(lotId: string, insteadOfId: string): Alternative {
    const hours = hoursOf(this.goodUntil(lotId) - this.goodUntil(insteadOfId));
    return {
      what: `lot ${lotId}, whose date is earlier, before lot ${insteadOfId}`,
      rejectedBecause: `lot ${lotId} is good for ${hours} h longer: lot ${insteadOfId} is ${this.reasonOf(insteadOfId)}`,
      value: hours,
      unit: 'h',
    };
  }
}

/** A lot of which nothing was told. */
export function newLot(): LotState {
  return { skuId: '', expiresAt: null, lostMs: 0, standings: {}, isHeld: false };
}

function hoursOf(ms: number): number {
  return Math.round((ms / HOUR_MS) * 10) / 10;
}

/** An instant in UTC to the minute: `2026-03-02T09:00Z`. */
function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
