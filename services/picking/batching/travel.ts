import { type Block, checkBlock, checkStop, type Stop, walkLength } from '../routes/index.ts';

/**
 * How far one walks for sets of orders, exactly and fast. Each set is a row of bits, one for each place where anything
 * lies, so that a union is an `or`, and the widest gap of an aisle is read off its bits. Rows 0 … `orders` - 1 are the
 * orders; those after them are the caller's.
 */
export class Travel {
  /** Rows of `width` words. */
  readonly words: Int32Array;
  readonly width: number;
  /** Lengths computed so far: the measure of work. */
  evaluations = 0;
  readonly #aisleX: readonly number[];
  readonly #backM: number;
  /** Word at which each aisle begins in a row; one more for the end. */
  readonly #start: Int32Array;
  /** Distance from the front of the place behind each bit, metres. */
  readonly #y: Float64Array;
  readonly #costs: { front: Float64Array; back: Float64Array; gap: Float64Array };

  /** @throws RangeError when the block is none or a stop lies outside; it names the order and the stop. */
  constructor(block: Block, orders: readonly (readonly Stop[])[], rows: number) {
    checkBlock(block);
    const all: Set<number>[] = block.aisleX.map(() => new Set());
    all[block.depotAisle]!.add(0);
    for (const [index, stops] of orders.entries()) {
      for (const [at, stop] of stops.entries()) {
        try {
          checkStop(block, stop, at);
        } catch (error) {
          throw new RangeError(`order ${index}: ${(error as Error).message}`);
        }
        all[stop.aisle]!.add(stop.y);
      }
    }
    // Aisles where nothing lies are only walked past: leaving them out changes no length.
    const used = all.flatMap((ys, a) => (ys.size > 0 ? [a] : []));
    const places = used.map((a) => all[a]!);
    const aisles = used.length;
    const number = new Map(used.map((a, k) => [a, k]));
    this.#aisleX = used.map((a) => block.aisleX[a]!);
    this.#backM = block.backM;
    this.#start = new Int32Array(aisles + 1);
    for (let a = 0; a < aisles; a += 1) this.#start[a + 1] = this.#start[a]! + ((places[a]!.size + 31) >> 5);
    this.width = this.#start[aisles]!;
    this.words = new Int32Array(this.width * rows);
    this.#y = new Float64Array(32 * this.width);
    const bit = places.map((ys, a) => {
      const sorted = [...ys].sort((p, q) => p - q);
      this.#y.set(sorted, 32 * this.#start[a]!);
      return new Map(sorted.map((y, k) => [y, 32 * this.#start[a]! + k]));
    });
    const depot = bit[number.get(block.depotAisle)!]!.get(0)!;
    for (const [index, stops] of orders.entries()) {
      this.#set(index, depot);
      for (const { aisle, y } of stops) this.#set(index, bit[number.get(aisle)!]!.get(y)!);
    }
    this.#costs = { front: new Float64Array(aisles), back: new Float64Array(aisles), gap: new Float64Array(aisles) };
  }

  #set(row: number, bit: number): void {
    this.words[row * this.width + (bit >> 5)]! |= 1 << (bit & 31);
  }

  clear(row: number): void {
    this.words.fill(0, row * this.width, (row + 1) * this.width);
  }

  copy(from: number, to: number): void {
    this.words.copyWithin(to * this.width, from * this.width, (from + 1) * this.width);
  }

  /** Adds what is in row `from` to row `to`. */
  add(from: number, to: number): void {
    const { words, width } = this;
    for (let k = 0; k < width; k += 1) words[to * width + k]! |= words[from * width + k]!;
  }

  /** Length of the shortest round trip for two rows together, metres; 0 when both are empty. */
  length(rowA: number, rowB: number): number {
    this.evaluations += 1;
    const { words } = this;
    const { front, back, gap } = this.#costs;
    const aisles = this.#aisleX.length;
    const offsetA = rowA * this.width;
    const offsetB = rowB * this.width;
    let firstAisle = aisles;
    let lastAisle = -1;
    for (let a = 0; a < aisles; a += 1) {
      let first = -1;
      let before = 0;
      let widest = -1;
      for (let word = this.#start[a]!; word < this.#start[a + 1]!; word += 1) {
        for (let bits = words[offsetA + word]! | words[offsetB + word]!; bits !== 0; bits &= bits - 1) {
          const y = this.#y[32 * word + 31 - Math.clz32(bits & -bits)]!;
          if (first < 0) first = y;
          else if (y - before > widest) widest = y - before;
          before = y;
        }
      }
      if (first < 0) {
        front[a] = -1;
        continue;
      }
      if (lastAisle < 0) firstAisle = a;
      lastAisle = a;
      front[a] = 2 * before;
      back[a] = 2 * (this.#backM - first);
      gap[a] = widest < 0 ? Number.POSITIVE_INFINITY : 2 * (this.#backM - widest);
    }
    return walkLength(this.#aisleX, this.#backM, this.#costs, firstAisle, lastAisle);
  }
}
