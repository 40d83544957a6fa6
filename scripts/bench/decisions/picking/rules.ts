import type { Block, Stop } from '../../../../services/picking/routes/index.ts';

/** Lengths by rules that people walk by; the depot at the front of its aisle, metres. */
interface AisleUse {
  aisle: number;
  ys: number[];
}

function usedAisles(stops: readonly Stop[]): AisleUse[] {
  const by = new Map<number, number[]>();
  for (const { aisle, y } of stops) by.set(aisle, [...(by.get(aisle) ?? []), y]);
  return [...by].map(([aisle, ys]) => ({ aisle, ys: ys.sort((a, b) => a - b) })).sort((a, b) => a.aisle - b.aisle);
}

/** Along the front from the depot round all used aisles and back. */
function across({ aisleX, depotAisle }: Block, used: readonly AisleUse[]): number {
  const depot = aisleX[depotAisle]!;
  const first = Math.min(depot, aisleX[used[0]!.aisle]!);
  const last = Math.max(depot, aisleX[used.at(-1)!.aisle]!);
  return 2 * (last - first);
}

/** S-shape: through every used aisle; the last of an odd number is walked in and out. */
export function sShape(block: Block, stops: readonly Stop[]): number {
  const used = usedAisles(stops);
  if (used.length === 0) return 0;
  const odd = used.length % 2 === 1;
  const through = (odd ? used.length - 1 : used.length) * block.backM;
  return across(block, used) + through + (odd ? 2 * used.at(-1)!.ys.at(-1)! : 0);
}

/** Largest gap: through the first and the last used aisle; the others from both ends, without their widest gap. */
export function largestGap(block: Block, stops: readonly Stop[]): number {
  const used = usedAisles(stops);
  if (used.length === 0) return 0;
  if (used.length === 1) return across(block, used) + 2 * used[0]!.ys.at(-1)!;
  let length = across(block, used) + 2 * block.backM;
  for (const { ys } of used.slice(1, -1)) {
    const ends = [0, ...ys, block.backM];
    const widest = Math.max(...ends.slice(1).map((y, i) => y - ends[i]!));
    length += 2 * (block.backM - widest);
  }
  return length;
}
