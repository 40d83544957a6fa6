import type { FlapBudget } from '../types.ts';

/** The flap budget and its quarantine, slow and plain: every move and the last flip are remembered. */
export class ReferenceFlaps {
  readonly #budget: FlapBudget | undefined;
  readonly #moves: number[] = [];
  #flippedAt = 0;
  #quarantinedAt: number | undefined;

  constructor(budget: FlapBudget | undefined) {
    this.#budget = budget;
  }

  moved(t: number): void {
    if (!this.#budget) return;
    const { moves, perMs, quarantineMs } = this.#budget;
    const within = this.#moves.filter((moved) => t - moved < perMs).length + 1;
    this.#moves.push(t);
    this.#quarantinedAt = within >= moves && quarantineMs > 0 ? t : undefined;
  }

  flipped(t: number): void {
    if (t >= this.#calm()) this.#quarantinedAt = undefined;
    this.#flippedAt = t;
  }

  /** When an n-th last move has left the window, and when nothing has flipped for long enough. */
  end(): number {
    if (!this.#budget) return 0;
    const { moves, perMs } = this.#budget;
    return Math.max(this.#moves.length >= moves ? this.#moves.at(-moves)! + perMs : 0, this.#calm());
  }

  #calm(): number {
    if (this.#quarantinedAt === undefined) return 0;
    return Math.max(this.#quarantinedAt, this.#flippedAt) + (this.#budget?.quarantineMs ?? 0);
  }
}
