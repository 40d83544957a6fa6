/**
 * What it costs to fetch everything in one aisle: from its front and back again, from its back, or from both ends
 * leaving out the widest gap, metres there and back. `front` is -1 in an aisle where nothing lies; `gap` is Infinity
 * where there is no gap to leave out.
 */
export interface AisleCosts {
  front: Float64Array;
  back: Float64Array;
  gap: Float64Array;
}

/**
 * Length of the shortest tour through a block of parallel aisles, metres, by the dynamic program of H. D. Ratliff and
 * A. S. Rosenthal, "Order-picking in a rectangular warehouse: a solvable case of the traveling salesman problem",
 * Operations Research 31 (1983) 507–521. Left to right, it keeps the cheapest partial tour of each class: how often the
 * last aisle's front and back are met (not, oddly, evenly) and whether its pieces hang together. The depot has to be
 * among what is fetched, as a stop at the front of its aisle. `first` and `last` are the outermost aisles in which
 * something lies; with first > last there is nothing to do and the length is 0.
 */
export function walkLength(
  aisleX: ArrayLike<number>,
  backM: number,
  { front, back, gap }: AisleCosts,
  first: number,
  last: number,
): number {
  if (first > last) return 0;
  const twice = 2 * backM;
  // Both ends odd; only the front even; only the back; both even in one piece; both even in two.
  let odd = backM;
  let atFront = front[first]!;
  let atBack = back[first]!;
  let one = twice;
  let two = gap[first]!;
  for (let a = first + 1; a <= last; a += 1) {
    const across = 2 * (aisleX[a]! - aisleX[a - 1]!);
    odd += across;
    const alongFront = Math.min(atFront, one) + across;
    const alongBack = Math.min(atBack, one) + across;
    one += 2 * across;
    two += 2 * across;
    const apart = Math.min(alongFront, alongBack, two);
    const f = front[a]!;
    // The even classes become odd by walking through once; odd ones even.
    const even = Math.min(apart, one);
    if (f < 0) {
      const through = odd + backM;
      odd = Math.min(odd, even + backM);
      one = Math.min(one, through, apart + twice);
      atFront = alongFront;
      atBack = alongBack;
      continue;
    }
    const b = back[a]!;
    const g = gap[a]!;
    const least = Math.min(f, b, g);
    const through = odd + backM;
    odd = Math.min(odd + least, even + backM);
    one = Math.min(one + least, through, apart + twice);
    two = Math.min(two + least, alongFront + Math.min(b, g), alongBack + Math.min(f, g));
    atFront = alongFront + f;
    atBack = alongBack + b;
  }
  return Math.min(atFront, atBack, one);
}
