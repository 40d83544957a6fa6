/** Three lengths along the axes: `l` from left to right, `w` from front to back, `h` upwards. Millimetres, or any one unit. */
export interface Size {
  readonly l: number;
  readonly w: number;
  readonly h: number;
}

/** Which of a box's own sides may stand upright; the other two lie. */
export interface Upright {
  readonly l: boolean;
  readonly w: boolean;
  readonly h: boolean;
}

/** Equal boxes to be packed. */
export interface BoxType extends Size {
  readonly count: number;
  /** Absent: all three, so that the box may be turned at will. */
  readonly upright?: Upright;
}

/** One box in its place: its type, its near lower left corner, and its lengths as it stands. */
export interface Placement {
  readonly type: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly l: number;
  readonly w: number;
  readonly h: number;
}

export const anyUpright: Upright = { l: true, w: true, h: true };
export const keptUpright: Upright = { l: false, w: false, h: true };

/** Volume in cubic units. */
export function volumeOf({ l, w, h }: Size): number {
  return l * w * h;
}

/** The different ways in which a box may stand, at most six. */
export function standings(box: Size & { readonly upright?: Upright }): Size[] {
  const { l, w, h, upright = anyUpright } = box;
  const found: Size[] = [];
  const add = (a: number, b: number, c: number) => {
    if (!found.some((size) => size.l === a && size.w === b && size.h === c)) found.push({ l: a, w: b, h: c });
  };
  for (const [may, a, b, c] of [
    [upright.h, l, w, h],
    [upright.w, l, h, w],
    [upright.l, w, h, l],
  ] as const) {
    if (!may) continue;
    add(a, b, c);
    add(b, a, c);
  }
  return found;
}
