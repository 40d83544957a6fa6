import { AisleStops } from './aisle-stops.ts';
import { type Block, checkBlock, type Stop } from './block.ts';
import { type BlockEdges, FROM_BACK, FROM_BOTH, FROM_FRONT, NONE, THROUGH, TWICE, walkBlock } from './block-walk.ts';
import { walkLength } from './walk-length.ts';

/** A round trip from the depot: its length in metres, and the stops (indices) in the order in which they are met. */
export interface Route {
  lengthM: number;
  order: number[];
}

// Classes of partial tours, as `walkLength` names them: the ends of the last aisle, and in how many pieces.
const ODD = 0;
const AT_FRONT = 1;
const AT_BACK = 2;
const ONE = 3;
const TWO = 4;
const CLASSES = 5;

/** After the first aisle taken. */
const begin: readonly (readonly [how: number, to: number])[] = [
  [THROUGH, ODD],
  [FROM_FRONT, AT_FRONT],
  [FROM_BACK, AT_BACK],
  [FROM_BOTH, TWO],
  [TWICE, ONE],
];
/** From the class before an aisle to that after it. */
const take: readonly (readonly [from: number, how: number, to: number])[] = [
  ...[AT_FRONT, AT_BACK, ONE, TWO].map((from) => [from, THROUGH, ODD] as const),
  [ODD, THROUGH, ONE],
  ...[AT_FRONT, AT_BACK, TWO].map((from) => [from, TWICE, ONE] as const),
  ...[ODD, ONE, TWO].flatMap((same) => [FROM_FRONT, FROM_BACK, FROM_BOTH].map((how) => [same, how, same] as const)),
  [AT_FRONT, FROM_FRONT, AT_FRONT],
  [AT_FRONT, FROM_BACK, TWO],
  [AT_FRONT, FROM_BOTH, TWO],
  [AT_BACK, FROM_BACK, AT_BACK],
  [AT_BACK, FROM_FRONT, TWO],
  [AT_BACK, FROM_BOTH, TWO],
  ...[ODD, AT_FRONT, AT_BACK, ONE, TWO].map((same) => [same, NONE, same] as const),
];
/** Along the cross aisles to the next aisle, so many times at the front and at the back. */
const cross: readonly (readonly [from: number, to: number, front: number, back: number])[] = [
  [ODD, ODD, 1, 1],
  [AT_FRONT, AT_FRONT, 2, 0],
  [ONE, AT_FRONT, 2, 0],
  [AT_BACK, AT_BACK, 0, 2],
  [ONE, AT_BACK, 0, 2],
  [ONE, ONE, 2, 2],
  [TWO, TWO, 2, 2],
];

/**
 * Shortest round trips through one block of parallel aisles, exact for any stops and any depot aisle (Ratliff &
 * Rosenthal 1983, see `walkLength`). Time grows with the number of stops and of aisles, nothing worse. One router
 * keeps room for one list at a time.
 */
export class BlockRouter {
  readonly block: Block;
  readonly #stops: AisleStops;
  readonly #edges: BlockEdges;
  /** By aisle and class: how the aisle was taken and from which class; and the class before the cross aisle. */
  readonly #how: Int8Array;
  readonly #from: Int8Array;
  readonly #before: Int8Array;
  readonly #cost = new Float64Array(CLASSES);
  readonly #next = new Float64Array(CLASSES);

  /** @throws RangeError when the block is none. */
  constructor(block: Block) {
    checkBlock(block);
    const aisles = block.aisleX.length;
    this.block = block;
    this.#stops = new AisleStops(block);
    this.#edges = { take: new Int8Array(aisles), front: new Int8Array(aisles), back: new Int8Array(aisles) };
    this.#how = new Int8Array(aisles * CLASSES);
    this.#from = new Int8Array(aisles * CLASSES);
    this.#before = new Int8Array(aisles * CLASSES);
  }

  /** Length of the shortest round trip, metres; 0 without stops. @throws RangeError for a stop outside the block. */
  length(stops: readonly Stop[]): number {
    this.#stops.take(stops);
    const { first, last } = this.#stops;
    return walkLength(this.block.aisleX, this.block.backM, this.#stops, first, last);
  }

  /** The shortest round trip itself. @throws RangeError for a stop outside the block. */
  route(stops: readonly Stop[]): Route {
    this.#stops.take(stops);
    if (stops.length === 0) return { lengthM: 0, order: [] };
    const { first, last } = this.#stops;
    this.#begin(first);
    for (let a = first + 1; a <= last; a += 1) {
      this.#cross(a);
      this.#take(a);
    }
    let best = AT_FRONT;
    for (const end of [AT_BACK, ONE]) if (this.#cost[end]! < this.#cost[best]!) best = end;
    const lengthM = this.#cost[best]!;
    this.#trace(best, first, last);
    return { lengthM, order: walkBlock(this.#stops, this.#edges, this.block.depotAisle) };
  }

  #priceOf(how: number, a: number): number {
    const { front, back, gap } = this.#stops;
    if (how === THROUGH) return this.block.backM;
    if (how === TWICE) return 2 * this.block.backM;
    if (front[a]! < 0) return how === NONE ? 0 : Number.POSITIVE_INFINITY;
    if (how === FROM_FRONT) return front[a]!;
    if (how === FROM_BACK) return back[a]!;
    return how === FROM_BOTH ? gap[a]! : Number.POSITIVE_INFINITY;
  }

  #begin(a: number): void {
    for (const [how, to] of begin) {
      this.#cost[to] = this.#priceOf(how, a);
      this.#how[a * CLASSES + to] = how;
    }
  }

  #cross(a: number): void {
    const dx = this.block.aisleX[a]! - this.block.aisleX[a - 1]!;
    const next = this.#next.fill(Number.POSITIVE_INFINITY);
    for (const [from, to, front, back] of cross) {
      const cost = this.#cost[from]! + (front + back) * dx;
      if (cost >= next[to]!) continue;
      next[to] = cost;
      this.#before[a * CLASSES + to] = from;
    }
    this.#cost.set(next);
  }

  #take(a: number): void {
    const next = this.#next.fill(Number.POSITIVE_INFINITY);
    for (const [from, how, to] of take) {
      const cost = this.#cost[from]! + this.#priceOf(how, a);
      if (cost >= next[to]!) continue;
      next[to] = cost;
      this.#how[a * CLASSES + to] = how;
      this.#from[a * CLASSES + to] = from;
    }
    this.#cost.set(next);
  }

  /** Notes the edges of the tour that ends in a class after the last aisle. */
  #trace(end: number, first: number, last: number): void {
    const { take, front, back } = this.#edges;
    take.fill(NONE);
    front.fill(0);
    back.fill(0);
    let to = end;
    for (let a = last; a >= first; a -= 1) {
      take[a] = this.#how[a * CLASSES + to]!;
      if (a === first) break;
      const crossed = this.#from[a * CLASSES + to]!;
      to = this.#before[a * CLASSES + crossed]!;
      front[a] = crossed === ODD ? 1 : crossed === AT_BACK ? 0 : 2;
      back[a] = crossed === ODD ? 1 : crossed === AT_FRONT ? 0 : 2;
    }
    // From the back as far as the depot is twice through the aisle, and the walk starts there.
    const { depotAisle } = this.block;
    if (take[depotAisle] === FROM_BACK) take[depotAisle] = TWICE;
  }
}
