/** What a flip in one direction is worth before anything is learned. */
export interface ReferenceRate {
  plain: number;
  readings: number;
  patience: number;
  /** Its cost, by the mean of both directions. */
  moves: number;
}

export interface ReferenceRates {
  enter: ReferenceRate;
  leave: ReferenceRate;
}

/** A shadow bank of the reference. */
interface Shadow {
  readonly byDistance: boolean;
  readonly factor: number;
  readonly handicap: number;
  inside: boolean;
  votes: number;
  regret: number;
}

/** A vote as the reference states it. `n` counts this observation and those after the first. */
export interface ReferenceVote {
  inside: boolean;
  weight: number;
  votes: number;
  share: number;
  n: number;
}

/** What a bank learns, written from the text of the decision record with a side in words and costs as they are. */
export class ReferenceLadder {
  private turns = 0;
  private lastInside = false;
  private readonly shadows: Shadow[] = [
    { byDistance: true, factor: 0.35, handicap: 1, inside: false, votes: 0, regret: 0 },
    { byDistance: true, factor: 1, handicap: 0, inside: false, votes: 0, regret: 0 },
    { byDistance: true, factor: 3, handicap: 1, inside: false, votes: 0, regret: 0 },
    { byDistance: false, factor: 0.3, handicap: 1, inside: false, votes: 0, regret: 0 },
    { byDistance: false, factor: 1, handicap: 1, inside: false, votes: 0, regret: 0 },
  ];

  place(inside: boolean): void {
    this.lastInside = inside;
    for (const shadow of this.shadows) Object.assign(shadow, { inside, votes: 0 });
  }

  /** Price and exponent of a flip of the bank at this rate, as the ladder stands. */
  lean(rate: ReferenceRate): { price: number; power: number } {
    const best = Math.min(...this.shadows.map(({ regret, handicap }) => regret + handicap));
    const weighed = this.shadows
      .map((shadow) => ({ shadow, behind: shadow.regret + shadow.handicap - best }))
      .filter(({ behind }) => behind <= 12)
      .map(({ shadow, behind }) => ({ shadow, weight: Math.exp(-behind) }));
    const mean = (value: (shadow: Shadow) => number) =>
      weighed.reduce((sum, { shadow, weight }) => sum + weight * value(shadow), 0) /
      weighed.reduce((sum, { weight }) => sum + weight, 0);
    return {
      price: Math.exp(mean((shadow) => Math.log(this.price(shadow, rate)))),
      power: mean((shadow) => Number(shadow.byDistance)),
    };
  }

  vote({ inside, weight, votes, share, n }: ReferenceVote, rates: ReferenceRates): void {
    const turned = inside !== this.lastInside ? 1 : 0;
    this.lastInside = inside;
    this.turns += (turned - this.turns) * Math.min(1, Math.max(1 / n, share));
    const turnPrice = Math.sqrt(Math.max(0.04, 1 - 2 * this.turns));
    for (const shadow of this.shadows) {
      shadow.regret *= 1 - share / 500;
      const mine = weight * (shadow.byDistance ? votes : 1);
      shadow.votes = Math.max(0, shadow.votes + (inside === shadow.inside ? -mine : mine));
      const rate = shadow.inside ? rates.leave : rates.enter;
      if (inside !== shadow.inside && shadow.votes >= this.price(shadow, rate)) {
        shadow.inside = !shadow.inside;
        shadow.votes = 0;
        shadow.regret += turnPrice * rate.moves;
      }
      if (shadow.inside !== inside) shadow.regret += share;
    }
  }

  private price({ byDistance, factor }: Shadow, { plain, readings, patience }: ReferenceRate): number {
    return patience * Math.max(2.6, factor * (byDistance ? plain : readings));
  }
}
