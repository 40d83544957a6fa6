/** Places and what lies at them, as numbers. Place 0 is the nearest. */
export interface Layout {
  /** Way of a pick there and back, metres, by place; ascending. */
  wayM: Float64Array;
  /** Article at each place; each article at one place. */
  occupant: Int32Array;
  /** Picks to be expected within the horizon, by article. */
  picks: Float64Array;
  /** Whether moving an article is labour; 0 for the emptiness of an empty place. */
  isGoods: Uint8Array;
  /** Whether an article may lie at a place. Undefined: any may, anywhere. */
  fits: ((article: number, place: number) => boolean) | undefined;
  /** What articles save because of what lies beside them. Undefined: nothing. */
  beside: Beside | undefined;
}

/** What articles save because of what lies beside a place; partners are taken to stay where they are. */
export interface Beside {
  /** Metres that an article saves within the horizon at a place. */
  metres: (article: number, place: number) => number;
  /** The places where that is more than 0; empty for most articles. */
  places: (article: number) => readonly number[];
}

const ROUNDS = 6;
const LEAST_M = 1e-9;

/**
 * Exchanges articles while the travel saved exceeds the labour, the largest gain first. Labour is counted on the outcome:
 * an article that was moved already costs nothing to move on, and gets its labour back when it comes home. So chains and
 * cycles cost what they are, not two moves for each exchange that they are made of.
 *
 * Deterministic; steps are bounded by rounds. Places of the same way are one band, of which only the least picked article
 * counts, as long as any article may lie anywhere.
 */
export class Exchange {
  readonly placeOf: Int32Array;
  moves = 0;
  readonly #home: Int32Array;
  readonly #at: Int32Array;
  readonly #bandOf: Int32Array;
  readonly #bandFrom: number[] = [];
  readonly #leastHome: Int32Array;
  readonly #leastMoved: Int32Array;
  readonly #gain: Float64Array;
  readonly #target: Int32Array;
  readonly #layout: Layout;
  readonly #labourM: number;

  constructor(layout: Layout, labourM: number) {
    this.#layout = layout;
    this.#labourM = labourM;
    const places = layout.wayM.length;
    this.#at = layout.occupant.slice();
    this.placeOf = new Int32Array(places);
    this.#at.forEach((article, place) => {
      this.placeOf[article] = place;
    });
    this.#home = this.placeOf.slice();
    this.#bandOf = new Int32Array(places);
    for (let place = 0; place < places; place += 1) {
      if (place === 0 || layout.wayM[place] !== layout.wayM[place - 1]) this.#bandFrom.push(place);
      this.#bandOf[place] = this.#bandFrom.length - 1;
    }
    this.#bandFrom.push(places);
    this.#leastHome = new Int32Array(this.#bandFrom.length).fill(-1);
    this.#leastMoved = new Int32Array(this.#bandFrom.length).fill(-1);
    for (let band = 0; band + 1 < this.#bandFrom.length; band += 1) this.#refresh(band);
    this.#gain = new Float64Array(places);
    this.#target = new Int32Array(places);
  }

  /** Runs until no exchange gains, and returns how many articles lie elsewhere than before. */
  run(): number {
    for (let round = 0; round < ROUNDS; round += 1) if (!this.#round()) break;
    return this.moves;
  }

  #round(): boolean {
    const heap: number[] = [];
    for (let article = 0; article < this.placeOf.length; article += 1) {
      this.#look(article);
      if (this.#gain[article]! > 0) heap.push(article);
    }
    heap.sort((a, b) => this.#gain[b]! - this.#gain[a]! || a - b);
    let hasChanged = false;
    while (heap.length > 0) {
      const article = heap[0]!;
      const before = this.#gain[article]!;
      this.#look(article);
      if (this.#gain[article]! <= 0) {
        const last = heap.pop()!;
        if (heap.length > 0) {
          heap[0] = last;
          this.#sift(heap);
        }
        continue;
      }
      if (this.#gain[article]! < before - LEAST_M) {
        this.#sift(heap);
        if (heap[0] !== article) continue;
      }
      this.#exchange(article, this.#target[article]!);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** The best exchange of an article with what lies nearer. */
  #look(article: number): void {
    const { wayM, picks, isGoods, fits, beside } = this.#layout;
    const from = this.placeOf[article]!;
    const picked = picks[article]!;
    let best = LEAST_M;
    let target = -1;
    const consider = (place: number): void => {
      if (place < 0 || place >= from) return;
      const gain = this.#gainOf(article, place);
      if (gain <= best || (fits && !(fits(article, place) && fits(this.#at[place]!, from)))) return;
      best = gain;
      target = place;
    };
    // Only these two exchanges bring one of them home, and so may gain more than travel.
    consider(this.#home[article]!);
    consider(this.placeOf[this.#layout.occupant[from]!]!);
    const leastLabour = isGoods[article] === 1 && this.#home[article] === from ? this.#labourM : 0;
    for (let band = 0; band < this.#bandOf[from]!; band += 1) {
      const first = this.#bandFrom[band]!;
      if (picked * (wayM[from]! - wayM[first]!) - leastLabour <= best) break;
      if (fits) {
        for (let place = first; place < this.#bandFrom[band + 1]!; place += 1) consider(place);
      } else {
        consider(this.#leastHome[band]!);
        consider(this.#leastMoved[band]!);
      }
    }
    // What lies beside a place may be worth more than its way.
    if (beside && isGoods[article] === 1) for (const place of beside.places(article)) consider(place);
    this.#gain[article] = target < 0 ? 0 : best;
    this.#target[article] = target;
  }

  #gainOf(article: number, place: number): number {
    const { wayM, picks, beside } = this.#layout;
    const from = this.placeOf[article]!;
    const other = this.#at[place]!;
    let saved = (picks[article]! - picks[other]!) * (wayM[from]! - wayM[place]!);
    if (beside) {
      saved += beside.metres(article, place) - beside.metres(article, from);
      saved += beside.metres(other, from) - beside.metres(other, place);
    }
    return saved - this.#labourM * (this.#moveCount(article, from, place) + this.#moveCount(other, place, from));
  }

  /** 1 where an article leaves home, −1 where it comes home. */
  #moveCount(article: number, from: number, to: number): number {
    if (this.#layout.isGoods[article] === 0) return 0;
    const home = this.#home[article]!;
    return (to === home ? 0 : 1) - (from === home ? 0 : 1);
  }

  #exchange(article: number, place: number): void {
    const from = this.placeOf[article]!;
    const other = this.#at[place]!;
    this.moves += this.#moveCount(article, from, place) + this.#moveCount(other, place, from);
    this.#at[place] = article;
    this.#at[from] = other;
    this.placeOf[article] = place;
    this.placeOf[other] = from;
    this.#refresh(this.#bandOf[place]!);
    this.#refresh(this.#bandOf[from]!);
  }

  #refresh(band: number): void {
    const { picks, isGoods } = this.#layout;
    let home = -1;
    let moved = -1;
    for (let place = this.#bandFrom[band]!; place < this.#bandFrom[band + 1]!; place += 1) {
      const article = this.#at[place]!;
      if (isGoods[article] === 1 && this.#home[article] === place) {
        if (home < 0 || picks[article]! < picks[this.#at[home]!]!) home = place;
      } else if (moved < 0 || picks[article]! < picks[this.#at[moved]!]!) {
        moved = place;
      }
    }
    this.#leastHome[band] = home;
    this.#leastMoved[band] = moved;
  }

  /** The first of a heap has become smaller. */
  #sift(heap: number[]): void {
    const gain = (at: number) => this.#gain[heap[at]!]!;
    for (let at = 0; ; ) {
      let largest = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && gain(child) > gain(largest)) largest = child;
      }
      if (largest === at) return;
      [heap[at], heap[largest]] = [heap[largest]!, heap[at]!];
      at = largest;
    }
  }
}
