/**
 * Free space as a list of maximal empty boxes, which may overlap (Lai and Chan 1997). Flat for speed: six numbers each,
 * near lower left corner, then the far upper right one.
 */
export type Spaces = number[];

/** Numbers that one space takes. */
export const STRIDE = 6;

/**
 * What is left of free space once a box stands in it. Pieces thinner than `thin` on an axis are dropped, since nothing
 * fits there. The list that is given stays as it is.
 */
export function occupy(
  spaces: Spaces,
  x0: number,
  y0: number,
  z0: number,
  x1: number,
  y1: number,
  z1: number,
  thin: number,
): Spaces {
  const kept: Spaces = [];
  const pieces: Spaces = [];
  for (let i = 0; i < spaces.length; i += STRIDE) {
    const a0 = spaces[i]!;
    const b0 = spaces[i + 1]!;
    const c0 = spaces[i + 2]!;
    const a1 = spaces[i + 3]!;
    const b1 = spaces[i + 4]!;
    const c1 = spaces[i + 5]!;
    if (x0 >= a1 || x1 <= a0 || y0 >= b1 || y1 <= b0 || z0 >= c1 || z1 <= c0) {
      if (a1 - a0 >= thin && b1 - b0 >= thin && c1 - c0 >= thin) kept.push(a0, b0, c0, a1, b1, c1);
      continue;
    }
    if (x0 - a0 >= thin) pieces.push(a0, b0, c0, x0, b1, c1);
    if (a1 - x1 >= thin) pieces.push(x1, b0, c0, a1, b1, c1);
    if (y0 - b0 >= thin) pieces.push(a0, b0, c0, a1, y0, c1);
    if (b1 - y1 >= thin) pieces.push(a0, y1, c0, a1, b1, c1);
    if (z0 - c0 >= thin) pieces.push(a0, b0, c0, a1, b1, z0);
    if (c1 - z1 >= thin) pieces.push(a0, b0, z1, a1, b1, c1);
  }
  const whole = kept.length;
  for (let p = 0; p < pieces.length; p += STRIDE) {
    if (!isWithinAny(pieces, p, kept, whole) && !isWithinOther(pieces, p))
      kept.push(pieces[p]!, pieces[p + 1]!, pieces[p + 2]!, pieces[p + 3]!, pieces[p + 4]!, pieces[p + 5]!);
  }
  return kept;
}

function isWithinAny(pieces: Spaces, p: number, spaces: Spaces, end: number): boolean {
  for (let i = 0; i < end; i += STRIDE) if (isWithin(pieces, p, spaces, i)) return true;
  return false;
}

/** True where another piece holds this one; of equal pieces the first stays. */
function isWithinOther(pieces: Spaces, p: number): boolean {
  for (let i = 0; i < pieces.length; i += STRIDE) {
    if (i !== p && isWithin(pieces, p, pieces, i) && (i < p || !isWithin(pieces, i, pieces, p))) return true;
  }
  return false;
}

function isWithin(inner: Spaces, p: number, outer: Spaces, i: number): boolean {
  return (
    inner[p]! >= outer[i]! &&
    inner[p + 1]! >= outer[i + 1]! &&
    inner[p + 2]! >= outer[i + 2]! &&
    inner[p + 3]! <= outer[i + 3]! &&
    inner[p + 4]! <= outer[i + 4]! &&
    inner[p + 5]! <= outer[i + 5]!
  );
}
