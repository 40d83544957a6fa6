/**
 * What a bank learns from its own series: a ladder of shadow banks. All see the same votes; each has a price of its own
 * and moves a side of its own. What each would have cost is kept as regret, in moves, and the bank's own price leans to
 * the cheapest (exponential weights, as in Littlestone and Warmuth 1994 and Herbster and Warmuth 1998).
 *
 * Hindsight has no truth to look at. It takes the side of each reading instead: where noise puts a share p of the
 * readings on the wrong side, a wrong side shows in 1 − 2p of them on balance, so a move is charged 1 − 2p too. The share
 * follows from how often readings change sides: for white noise 1 − 2p is the root of 1 − 2 × (changes per reading).
 */

interface Rung {
  /** Price: this many plain prices in votes by distance, or … */
  readonly plain?: number;
  /** … this share of the readings within a move's price, one vote each whatever the distance. */
  readonly readings?: number;
}

/** From quick to patient by distance, then by count: the last waits as long as a move costs, as a ski renter would. */
const RUNGS: readonly Rung[] = [{ plain: 0.35 }, { plain: 1 }, { plain: 3 }, { readings: 0.3 }, { readings: 1 }];
/** Every rung but the plain one has to be better by so many moves. */
const HANDICAP = 1;
const PLAIN = 1;
/** No price is below `patience` times this, which is more than any reading's votes: one outlier never flips an empty bank. */
export const LOWEST_PRICE = 2.6;

/** Words: changes of side per reading; 1 when the last reading lay across from the bank; then two words per rung. */
const TURNS = 0;
const ACROSS = 1;
const FIRST = 2;
/** A shadow's votes v while it stands where the bank stands, −1 − v while across from it. */
const STAND = 0;
const REGRET = 1;
export const LADDER_WORDS = FIRST + 2 * RUNGS.length;

/** Regret halves in about 350 switch costs. */
const FORGET = 1 / 500;
const LEAST_TURN_PRICE = 0.2;
/** Beyond this a rung no longer counts. */
const NO_WEIGHT = 12;

/** What the ladder makes of the bank, after `voteLadder` or `leanOf`. */
export const lean = {
  /** Votes that a flip costs. */
  price: 0,
  /** How much distance counts: votes are raised to this power. 1 all, 0 one vote a reading. */
  power: 1,
};
/** Of each rung: for the flip that the bank is up to, and behind them for the one back. */
const prices = new Float64Array(2 * RUNGS.length);
const BACK = RUNGS.length;

/** What a flip in one direction is worth before anything is learned. */
export interface Rate {
  /** Plain price in votes by distance. */
  plain: number;
  /** Readings within the switch cost. */
  readings: number;
  /** The model's factor. */
  patience: number;
  /** Its cost in moves: 1 where coming in and leaving cost the same. */
  moves: number;
}

function priceRungs(first: number, { plain, readings, patience }: Readonly<Rate>): void {
  for (let i = 0; i < RUNGS.length; i++) {
    const rung = RUNGS[i]!;
    const price = rung.plain === undefined ? rung.readings! * readings : rung.plain * plain;
    prices[first + i] = patience * Math.max(LOWEST_PRICE, price);
  }
}

function behindOf(nums: Float64Array, at: number, i: number): number {
  return nums[at + FIRST + 2 * i + REGRET]! + (i === PLAIN ? 0 : HANDICAP);
}

function weigh(nums: Float64Array, at: number): void {
  let best = Infinity;
  for (let i = 0; i < RUNGS.length; i++) best = Math.min(best, behindOf(nums, at, i));
  let total = 0;
  let logPrice = 0;
  let power = 0;
  for (let i = 0; i < RUNGS.length; i++) {
    const rung = RUNGS[i]!;
    const behind = behindOf(nums, at, i) - best;
    if (behind > NO_WEIGHT) continue;
    const weight = Math.exp(-behind);
    total += weight;
    logPrice += weight * Math.log(prices[i]!);
    if (rung.plain !== undefined) power += weight;
  }
  lean.price = Math.exp(logPrice / total);
  lean.power = power / total;
}

/** Leaves in `lean` what the ladder at `at` makes of a flip of the bank now, at its rate. Changes nothing. */
export function leanOf(nums: Float64Array, at: number, own: Readonly<Rate>): void {
  priceRungs(0, own);
  weigh(nums, at);
}

/** One reading as the shadows see it. */
export interface Ballot {
  /** True when it lies across from the bank's side. */
  across: boolean;
  /** Weight of its vote, 0 < w ≤ 1, and its votes by distance. */
  weight: number;
  votes: number;
  /** The time that it stands for, as a share of the switch cost, and how many came before it, at least 1. */
  share: number;
  earlier: number;
}

/**
 * Lets the shadows vote and leaves in `lean` what they make of the bank. `own` is the rate of the flip that the bank is
 * up to, `back` that of the one back; the same object where they do not differ.
 */
export function voteLadder(
  nums: Float64Array,
  at: number,
  ballot: Readonly<Ballot>,
  own: Readonly<Rate>,
  back: Readonly<Rate>,
): void {
  const { across, weight, share } = ballot;
  const turned = across !== (nums[at + ACROSS] === 1);
  const turns = nums[at + TURNS]!;
  const now = turns + ((turned ? 1 : 0) - turns) * Math.min(1, Math.max(1 / ballot.earlier, share));
  nums[at + TURNS] = now;
  nums[at + ACROSS] = across ? 1 : 0;
  const turnPrice = Math.sqrt(Math.max(LEAST_TURN_PRICE * LEAST_TURN_PRICE, 1 - 2 * now));
  priceRungs(0, own);
  const backwards = back === own ? 0 : BACK;
  if (back !== own) priceRungs(BACK, back);
  const kept = Math.max(0, 1 - share * FORGET);
  let least = Infinity;
  for (let i = 0; i < RUNGS.length; i++) {
    const rung = at + FIRST + 2 * i;
    const stand = nums[rung + STAND]!;
    let beside = stand >= 0;
    let votes = beside ? stand : -1 - stand;
    let regret = nums[rung + REGRET]! * kept;
    const mine = RUNGS[i]!.plain === undefined ? weight : weight * ballot.votes;
    const against = across === beside;
    votes = against ? votes + mine : Math.max(0, votes - mine);
    if (against && votes >= prices[beside ? i : backwards + i]!) {
      votes = 0;
      regret += turnPrice * (beside ? own.moves : back.moves);
      beside = !beside;
    }
    if (across === beside) regret += share;
    nums[rung + STAND] = beside ? votes : -1 - votes;
    nums[rung + REGRET] = regret;
    if (regret < least) least = regret;
  }
  // Only differences count; while the shadows agree, the words stay 0 and are not stored.
  if (least > 0) for (let i = 0; i < RUNGS.length; i++) nums[at + FIRST + 2 * i + REGRET]! -= least;
  weigh(nums, at);
}

/** The bank flipped by its votes: who stood beside it now stands across. */
export function turnLadder(nums: Float64Array, at: number): void {
  nums[at + ACROSS] = 1 - nums[at + ACROSS]!;
  for (let i = 0; i < RUNGS.length; i++) nums[at + FIRST + 2 * i + STAND] = -1 - nums[at + FIRST + 2 * i + STAND]!;
}

/** The bank was put on a side: so are the shadows, with nothing in them. What they have learned stays. */
export function placeLadder(nums: Float64Array, at: number): void {
  nums[at + ACROSS] = 0;
  for (let i = 0; i < RUNGS.length; i++) nums[at + FIRST + 2 * i + STAND] = 0;
}
