import type { LotReceived } from '@detent/schemas';

/** What picking keeps of a lot that expires. */
export interface LotState {
  skuId: string;
  /** The date on it, epoch ms. */
  expiresAt: number;
}

/** Until when lots are good, by their date. */
export class Lots {
  readonly #lots = new Map<string, LotState>();

  restore(lotId: string, lot: LotState): void {
    this.#lots.set(lotId, lot);
  }

  of(lotId: string): LotState | undefined {
    return this.#lots.get(lotId);
  }

  /** Takes what is told of a lot; of one that does not expire there is nothing to keep. Undefined where nothing is new. */
  take({ lotId, skuId, expiresAt }: LotReceived): 'kept' | 'dropped' | undefined {
    if (expiresAt == null) return this.drop(lotId) ? 'dropped' : undefined;
    if (this.#lots.get(lotId)?.expiresAt === expiresAt) return undefined;
    this.#lots.set(lotId, { skuId, expiresAt });
    return 'kept';
  }

  drop(lotId: string): boolean {
    return this.#lots.delete(lotId);
  }

  /** When a lot expires, epoch ms; Infinity for what does not, for lots of which nothing was told, and without a lot (`''`). */
  expiresAt(lotId: string): number {
    return this.#lots.get(lotId)?.expiresAt ?? Number.POSITIVE_INFINITY;
  }
}
