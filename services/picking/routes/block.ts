/** A block of parallel aisles between two cross aisles, the front one at y = 0 and the back one at y = `backM`. */
export interface Block {
  /** Where each aisle stands along the cross aisles, metres, rising. */
  aisleX: readonly number[];
  /** Distance from the front to the back cross aisle, metres. */
  backM: number;
  /** The tour starts and ends at the front of this aisle (index into `aisleX`). */
  depotAisle: number;
}

/** A place to visit: aisle (index into `aisleX`) and distance from the front cross aisle, metres. */
export interface Stop {
  aisle: number;
  y: number;
}

/**
 * A block whose aisles stand at equal distances.
 * @throws RangeError when a number makes no block; it says which.
 */
export function evenBlock(of: { aisles: number; aisleDistanceM: number; backM: number; depotAisle?: number }): Block {
  const { aisles, aisleDistanceM, backM, depotAisle = 0 } = of;
  if (!Number.isInteger(aisles) || aisles < 1) {
    throw new RangeError(`a block has a whole number of aisles, at least 1, not ${aisles}`);
  }
  const block = { aisleX: Array.from({ length: aisles }, (_, a) => a * aisleDistanceM), backM, depotAisle };
  checkBlock(block);
  return block;
}

/** @throws RangeError when the block is none; it says what is wrong with which number. */
export function checkBlock({ aisleX, backM, depotAisle }: Block): void {
  if (aisleX.length === 0) throw new RangeError('a block has at least one aisle; aisleX is empty');
  for (const [a, x] of aisleX.entries()) {
    if (!Number.isFinite(x) || (a > 0 && x < aisleX[a - 1]!)) {
      throw new RangeError(`aisleX must rise: aisle ${a} stands at ${x} m, the one before at ${aisleX[a - 1]} m`);
    }
  }
  if (!(Number.isFinite(backM) && backM >= 0)) {
    throw new RangeError(`the back cross aisle lies at 0 m or more from the front one, not at ${backM} m`);
  }
  if (!Number.isInteger(depotAisle) || aisleX[depotAisle] === undefined) {
    throw new RangeError(`depotAisle is an index into the ${aisleX.length} aisles, not ${depotAisle}`);
  }
}

/** @throws RangeError when a stop lies outside the block; it says which stop and where it may lie. */
export function checkStop({ aisleX, backM }: Block, { aisle, y }: Stop, index: number): void {
  if (!Number.isInteger(aisle) || aisleX[aisle] === undefined) {
    throw new RangeError(`stop ${index} is in aisle ${aisle}, but the block has aisles 0 to ${aisleX.length - 1}`);
  }
  if (!(y >= 0 && y <= backM)) {
    throw new RangeError(`stop ${index} lies ${y} m from the front; the aisles reach from 0 to ${backM} m`);
  }
}
