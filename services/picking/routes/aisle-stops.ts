import { type Block, checkStop, type Stop } from './block.ts';
import type { AisleCosts } from './walk-length.ts';

/** Stops by aisle and distance from the front, with what each aisle costs. Room to be used again and again. */
export class AisleStops implements AisleCosts {
  readonly front: Float64Array;
  readonly back: Float64Array;
  readonly gap: Float64Array;
  /** Aisle a holds `order[start[a] … start[a + 1]]`, from the front to the back; -1 stands for the depot. */
  readonly start: Int32Array;
  order = new Int32Array(64);
  /** How many stops of aisle a lie before the widest gap. */
  readonly beforeGap: Int32Array;
  first = 0;
  last = -1;
  readonly #block: Block;
  #y = new Float64Array(64);

  constructor(block: Block) {
    const aisles = block.aisleX.length;
    this.#block = block;
    this.front = new Float64Array(aisles);
    this.back = new Float64Array(aisles);
    this.gap = new Float64Array(aisles);
    this.start = new Int32Array(aisles + 1);
    this.beforeGap = new Int32Array(aisles);
  }

  /** Takes a list of stops in place of the one before; the depot is added. @throws RangeError for a stop outside. */
  take(stops: readonly Stop[]): void {
    const { start } = this;
    const { aisleX, depotAisle } = this.#block;
    const count = stops.length + 1;
    if (this.order.length < count) {
      this.order = new Int32Array(2 * count);
      this.#y = new Float64Array(2 * count);
    }
    start.fill(0);
    start[depotAisle + 1] = 1;
    for (let i = 0; i < stops.length; i += 1) {
      const stop = stops[i]!;
      checkStop(this.#block, stop, i);
      start[stop.aisle + 1]! += 1;
    }
    for (let a = 1; a < start.length; a += 1) start[a]! += start[a - 1]!;
    // `beforeGap` counts what each aisle holds so far.
    this.beforeGap.fill(0);
    this.#insert(-1, depotAisle, 0);
    for (let i = 0; i < stops.length; i += 1) this.#insert(i, stops[i]!.aisle, stops[i]!.y);
    this.first = aisleX.length;
    this.last = -1;
    for (let a = 0; a < aisleX.length; a += 1) this.#measure(a);
    if (stops.length === 0) this.last = -1;
  }

  /** Keeps an aisle's stops sorted; equal places stay in the order given, the depot first. */
  #insert(stop: number, aisle: number, y: number): void {
    const { order } = this;
    const from = this.start[aisle]!;
    let at = from + this.beforeGap[aisle]!;
    this.beforeGap[aisle]! += 1;
    for (; at > from && this.#y[at - 1]! > y; at -= 1) {
      order[at] = order[at - 1]!;
      this.#y[at] = this.#y[at - 1]!;
    }
    order[at] = stop;
    this.#y[at] = y;
  }

  #measure(a: number): void {
    const from = this.start[a]!;
    const to = this.start[a + 1]!;
    if (from === to) {
      this.front[a] = -1;
      return;
    }
    const { backM } = this.#block;
    if (this.last < 0) this.first = a;
    this.last = a;
    let widest = -1;
    for (let i = from + 1; i < to; i += 1) {
      const gap = this.#y[i]! - this.#y[i - 1]!;
      if (gap > widest) {
        widest = gap;
        this.beforeGap[a] = i - from;
      }
    }
    this.front[a] = 2 * this.#y[to - 1]!;
    this.back[a] = 2 * (backM - this.#y[from]!);
    this.gap[a] = widest < 0 ? Number.POSITIVE_INFINITY : 2 * (backM - widest);
  }
}
