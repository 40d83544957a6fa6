import { type Beside, Exchange, type Layout } from './exchange.ts';

/** What is to be slotted. Articles and places are numbers from 0. */
export interface ReslotInput {
  /** Way of a pick there and back, metres, by place; ascending. */
  wayM: readonly number[] | Float64Array;
  /** The article at each place; −1 for an empty one. */
  occupant: readonly number[] | Int32Array;
  /** Picks a day to be expected, by article. */
  picksPerDay: readonly number[] | Float64Array;
  /** Days over which a move must earn its labour. */
  horizonDays: number;
  /** Labour of a move, in metres walked in the same time. */
  labourM: number;
  /** Moves at most. */
  budget: number;
  /** Hard constraints: whether an article may lie at a place. Undefined: any may, anywhere. */
  fits?: (article: number, place: number) => boolean;
  /** What articles save because of what lies beside them. Undefined: nothing. */
  beside?: Beside;
}

/** An article that goes to another place. */
export interface SlotMove {
  article: number;
  from: number;
  to: number;
  /** Travel saved within the horizon by this article alone, metres; below 0 for one that makes room. */
  savedM: number;
}

/** What to move, all together: each article's room is made by the others. */
export interface Reslotting {
  moves: SlotMove[];
  /** Travel saved within the horizon by all moves, less their labour, metres. */
  gainM: number;
  /** What a move must earn, metres: `labourM`, or more where the budget did not reach for all that pay. */
  priceM: number;
}

const PRICE_STEPS = 10;
const DEAREST = 4096;

/**
 * The moves of one round of re-slotting: those whose travel saved over the horizon exceeds their labour. Where these are
 * more than the budget, labour is made dearer until they are not, which keeps whole chains that pay best, instead of
 * cutting a list. Never plans moves that together do not pay; `budget` 0 plans none.
 *
 * @throws RangeError when ways do not ascend, an article lies at two places, or lengths differ.
 */
export function reslot(input: ReslotInput): Reslotting {
  const layout = layoutOf(input);
  const run = (labourM: number): Exchange => {
    const exchange = new Exchange(layout, labourM);
    exchange.run();
    return exchange;
  };
  const { labourM, budget } = input;
  let best = run(labourM);
  let priceM = labourM;
  if (best.moves > budget) {
    let low = Math.max(labourM, 1);
    let high = low * DEAREST;
    let found: Exchange | undefined;
    for (let step = 0; step < PRICE_STEPS && budget > 0; step += 1) {
      const price = Math.sqrt(low * high);
      const exchange = run(price);
      if (exchange.moves > budget) {
        low = price;
      } else {
        high = price;
        found = exchange;
        if (exchange.moves >= 0.97 * budget) break;
      }
    }
    if (found === undefined) return { moves: [], gainM: 0, priceM: high };
    best = found;
    priceM = high;
  }
  return { ...movesOf(layout, best.placeOf, input), priceM };
}

function layoutOf({ wayM, occupant, picksPerDay, horizonDays, fits, beside }: ReslotInput): Layout {
  const places = wayM.length;
  if (occupant.length !== places)
    throw new RangeError(`${places} ways but ${occupant.length} occupants: give one each`);
  const articles = picksPerDay.length;
  const isPlaced = new Uint8Array(articles);
  // Articles that lie nowhere take no part; the emptiness of each empty place is an article that nobody picks.
  const indexOf: number[] = [];
  const filled = new Int32Array(places);
  const numbers = new Int32Array(places).fill(-1);
  for (let place = 0; place < places; place += 1) {
    if (place > 0 && wayM[place]! < wayM[place - 1]!) {
      throw new RangeError(`place ${place} is nearer than place ${place - 1}: sort places by way, nearest first`);
    }
    const article = occupant[place]!;
    if (article >= 0) {
      if (article >= articles || isPlaced[article] === 1) {
        throw new RangeError(`article ${article} at place ${place} has no forecast or lies at two places`);
      }
      isPlaced[article] = 1;
    }
    indexOf.push(article);
    filled[place] = place;
    numbers[place] = article;
  }
  const picks = Float64Array.from(indexOf, (article) => (article < 0 ? 0 : picksPerDay[article]! * horizonDays));
  const isGoods = Uint8Array.from(indexOf, (article) => (article < 0 ? 0 : 1));
  const mayLie = fits && ((index: number, place: number) => numbers[index]! < 0 || fits(numbers[index]!, place));
  const besideOf: Beside | undefined = beside && {
    metres: (index, place) => (numbers[index]! < 0 ? 0 : beside.metres(numbers[index]!, place)),
    places: (index) => (numbers[index]! < 0 ? [] : beside.places(numbers[index]!)),
  };
  return { wayM: Float64Array.from(wayM), occupant: filled, picks, isGoods, fits: mayLie, beside: besideOf };
}

function movesOf(
  { wayM, picks, isGoods }: Layout,
  placeOf: Int32Array,
  { occupant, labourM, beside }: ReslotInput,
): Omit<Reslotting, 'priceM'> {
  const moves: SlotMove[] = [];
  let gainM = 0;
  // Layouts number what lies at a place by that place.
  for (let from = 0; from < placeOf.length; from += 1) {
    const to = placeOf[from]!;
    if (to === from || isGoods[from] === 0) continue;
    const article = occupant[from]!;
    const besideM = beside ? beside.metres(article, to) - beside.metres(article, from) : 0;
    const savedM = picks[from]! * (wayM[from]! - wayM[to]!) + besideM;
    gainM += savedM - labourM;
    moves.push({ article, from, to, savedM });
  }
  return { moves, gainM };
}
