import { type BoxType, type Placement, type Size, standings } from './boxes.ts';

/**
 * What is wrong with a packing, in words; empty when nothing is: every box inside, in a standing that it may have, no two
 * in the same room, none more often than there is of it. With `whole`, none less often either. Knows nothing of how
 * packings are found.
 */
export function faultsOf(
  container: Size,
  types: readonly BoxType[],
  placements: readonly Placement[],
  options: { readonly whole?: boolean } = {},
): string[] {
  const faults: string[] = [];
  const counts = types.map(() => 0);
  for (const [n, p] of placements.entries()) {
    const type = types[p.type];
    if (type === undefined) {
      faults.push(`box ${n} is of type ${p.type}, which there is not`);
      continue;
    }
    counts[p.type]! += 1;
    if (![p.x, p.y, p.z].every(Number.isFinite)) faults.push(`box ${n} has no place`);
    if (p.x < 0 || p.y < 0 || p.z < 0 || p.x + p.l > container.l || p.y + p.w > container.w || p.z + p.h > container.h)
      faults.push(`box ${n} stands out of the container`);
    if (!standings(type).some(({ l, w, h }) => l === p.l && w === p.w && h === p.h))
      faults.push(`box ${n} stands as ${p.l}×${p.w}×${p.h}, which type ${p.type} must not`);
    for (let m = 0; m < n; m++) if (overlap(p, placements[m]!)) faults.push(`boxes ${m} and ${n} overlap`);
  }
  for (const [type, count] of counts.entries()) {
    if (count > types[type]!.count)
      faults.push(`type ${type} is packed ${count} times, there are ${types[type]!.count}`);
    if (options.whole && count < types[type]!.count)
      faults.push(`type ${type} is packed ${count} times of ${types[type]!.count}`);
  }
  return faults;
}

/** True where two boxes share room. Touching is not sharing. */
export function overlap(a: Placement, b: Placement): boolean {
  return a.x < b.x + b.l && b.x < a.x + a.l && a.y < b.y + b.w && b.y < a.y + a.w && a.z < b.z + b.h && b.z < a.z + a.h;
}
