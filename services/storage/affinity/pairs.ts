/** How what is ordered together is counted. */
export interface PairOptions {
  /** Orders so many days ago weigh half. */
  halfLifeDays: number;
  /** Partners counted for an article; the weakest makes room. */
  counted: number;
  /** Orders of more lines tell nothing about any two of them, and are left out. */
  maxLines: number;
}

/** What is kept of an article: never more than `counted` partners. */
export interface PairState {
  /** Weighted orders with the article, as of `day`. */
  orders: number;
  /** Days since the epoch. */
  day: number;
  /** By partner: weighted orders with both, and how much of that may be another's that it took the place of. */
  partners: Record<string, [orders: number, over: number]>;
}

/** An article that is ordered together with another. */
export interface Partner {
  skuId: string;
  /** Share of the orders with the article that have this one too, 0 to 1; never more than was seen. */
  share: number;
}

export const defaultPairOptions: PairOptions = { halfLifeDays: 28, counted: 16, maxLines: 20 };

/**
 * Takes an order of `day` (whole days since the epoch) with the article and `others`. Returns the new state; the old one
 * is left as it was.
 *
 * Counts the most frequent partners in bounded memory: a new partner takes the place of the weakest and inherits its
 * count as a possible error (Metwally, Agrawal, El Abbadi 2005, "Efficient computation of frequent and top-k elements in
 * data streams"), here with counts that fade.
 */
export function orderedWith(
  state: PairState | undefined,
  day: number,
  others: readonly string[],
  { halfLifeDays, counted }: PairOptions,
): PairState {
  const now = Math.max(state?.day ?? day, day);
  const fade = state === undefined ? 0 : 2 ** (-(now - state.day) / halfLifeDays);
  const weight = 2 ** (-(now - day) / halfLifeDays);
  const partners: PairState['partners'] = {};
  for (const skuId in state?.partners) {
    const [orders, over] = state.partners[skuId]!;
    partners[skuId] = [orders * fade, over * fade];
  }
  for (const skuId of others) {
    const known = partners[skuId];
    if (known !== undefined) {
      known[0] += weight;
      continue;
    }
    const all = Object.keys(partners);
    if (all.length < counted) {
      partners[skuId] = [weight, 0];
      continue;
    }
    const weakest = all.reduce((a, b) => (partners[b]![0] < partners[a]![0] ? b : a));
    const inherited = partners[weakest]![0];
    delete partners[weakest];
    partners[skuId] = [inherited + weight, inherited];
  }
  return { orders: (state?.orders ?? 0) * fade + weight, day: now, partners };
}

/** The strongest partners, at most `top`, by what is certain of their share; equals go by id. */
export function partnersOf(state: PairState | undefined, top: number): Partner[] {
  if (state === undefined) return [];
  return Object.entries(state.partners)
    .map(([skuId, [orders, over]]) => ({ skuId, share: Math.max(0, orders - over) / state.orders }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || (a.skuId < b.skuId ? -1 : 1))
    .slice(0, top);
}
