/** How boosted trees are grown. */
export interface TreesBudget {
  trees: number;
  /** Questions from the root to a leaf. */
  depth: number;
  /** Share of a tree's correction that is taken. */
  rate: number;
  /** Examples that a leaf holds at least. */
  leastInLeaf: number;
  /** Values told apart in a column: bounds at its quantiles. */
  bins: number;
}

/** One tree as arrays: node n asks whether the bin of `column[n]` is at most `bin[n]`; children at 2n + 1 and 2n + 2. */
interface Tree {
  column: Int16Array;
  bin: Uint8Array;
  value: Float64Array;
}

/**
 * Boosted regression trees for the median (Friedman 2001, "Greedy function approximation", least absolute deviation):
 * each tree follows the signs of what is left, and its leaves take their medians. Columns are numbers; NaN is missing and
 * sorts below all. The same examples give the same trees.
 */
export class BoostedTrees {
  readonly #start: number;
  readonly #trees: readonly Tree[];
  readonly #bounds: readonly Float64Array[];
  readonly #rate: number;

  constructor(start: number, trees: readonly Tree[], bounds: readonly Float64Array[], rate: number) {
    this.#start = start;
    this.#trees = trees;
    this.#bounds = bounds;
    this.#rate = rate;
  }

  /** Expected median for one example. */
  predict(values: readonly number[]): number {
    const bins = this.#bounds.map((bounds, c) => binOf(bounds, values[c]!));
    let sum = this.#start;
    for (const { column, bin, value } of this.#trees) {
      let n = 0;
      while (column[n]! >= 0) n = bins[column[n]!]! <= bin[n]! ? 2 * n + 1 : 2 * n + 2;
      sum += this.#rate * value[n]!;
    }
    return sum;
  }
}

/** Grows trees on examples (`columns[c][i]`) with targets. */
export function growTrees(columns: readonly Float64Array[], targets: Float64Array, budget: TreesBudget): BoostedTrees {
  const bounds = columns.map((column) => boundsOf(column, budget.bins));
  const binned = columns.map((column, c) => Uint8Array.from(column, (value) => binOf(bounds[c]!, value)));
  const start = medianOf(Array.from(targets));
  const grower = new Grower(
    binned,
    targets.map((target) => target - start),
    budget,
  );
  const trees: Tree[] = [];
  for (let t = 0; t < budget.trees; t += 1) trees.push(grower.grow());
  return new BoostedTrees(start, trees, bounds, budget.rate);
}

/** Grows one tree after another on what the ones before left. */
class Grower {
  readonly #binned: readonly Uint8Array[];
  readonly #left: Float64Array;
  readonly #budget: TreesBudget;
  readonly #sign: Int8Array;
  /** Node that each example has come to. */
  readonly #node: Int32Array;
  /** Examples in nodes that may still be split, and where the sums of their node begin. */
  readonly #open: Int32Array;
  readonly #place: Int32Array;

  constructor(binned: readonly Uint8Array[], left: Float64Array, budget: TreesBudget) {
    this.#binned = binned;
    this.#left = left;
    this.#budget = budget;
    this.#sign = new Int8Array(left.length);
    this.#node = new Int32Array(left.length);
    this.#open = new Int32Array(left.length);
    this.#place = new Int32Array(left.length);
  }

  grow(): Tree {
    const { depth, rate } = this.#budget;
    const nodes = 2 ** (depth + 1) - 1;
    const tree = {
      column: new Int16Array(nodes).fill(-1),
      bin: new Uint8Array(nodes),
      value: new Float64Array(nodes),
    };
    const left = this.#left;
    const node = this.#node;
    node.fill(0);
    for (let i = 0; i < left.length; i += 1) this.#sign[i] = Math.sign(left[i]!);
    for (let level = 0; level < depth; level += 1) {
      this.#ask(tree, level);
      this.#part(tree, level);
    }
    const members: number[][] = Array.from({ length: nodes }, () => []);
    for (let i = 0; i < left.length; i += 1) members[node[i]!]!.push(left[i]!);
    for (const [at, values] of members.entries()) if (values.length > 0) tree.value[at] = medianOf(values);
    for (let i = 0; i < left.length; i += 1) left[i]! -= rate * tree.value[node[i]!]!;
    return tree;
  }

  /** Finds for each node of a level the question that tells signs apart best. */
  #ask(tree: Tree, level: number): void {
    const { leastInLeaf, bins } = this.#budget;
    const sign = this.#sign;
    const node = this.#node;
    const open = this.#open;
    const place = this.#place;
    const width = bins + 1;
    const from = 2 ** level - 1;
    const count = 2 ** level;
    const all = new Float64Array(count);
    const signs = new Float64Array(count);
    for (let i = 0; i < node.length; i += 1) {
      const at = node[i]! - from;
      if (at < 0) continue;
      all[at]! += 1;
      signs[at]! += sign[i]!;
    }
    let opened = 0;
    for (let i = 0; i < node.length; i += 1) {
      const at = node[i]! - from;
      if (at < 0 || all[at]! < 2 * leastInLeaf) continue;
      open[opened] = i;
      place[opened] = at * width;
      opened += 1;
    }
    const gain = new Float64Array(count).fill(1e-9);
    const counted = new Float64Array(count * width);
    const signed = new Float64Array(count * width);
    for (const [c, column] of this.#binned.entries()) {
      counted.fill(0);
      signed.fill(0);
      for (let o = 0; o < opened; o += 1) {
        const i = open[o]!;
        const slot = place[o]! + column[i]!;
        counted[slot]! += 1;
        signed[slot]! += sign[i]!;
      }
      for (let at = 0; at < count; at += 1) {
        if (all[at]! < 2 * leastInLeaf) continue;
        const before = signs[at]! ** 2 / all[at]!;
        let below = 0;
        let signsBelow = 0;
        for (let b = 0; b < width - 1; b += 1) {
          below += counted[at * width + b]!;
          signsBelow += signed[at * width + b]!;
          const above = all[at]! - below;
          if (below < leastInLeaf) continue;
          if (above < leastInLeaf) break;
          const saved = signsBelow ** 2 / below + (signs[at]! - signsBelow) ** 2 / above - before;
          if (saved <= gain[at]!) continue;
          gain[at] = saved;
          tree.column[from + at] = c;
          tree.bin[from + at] = b;
        }
      }
    }
  }

  /** Sends examples to the children of the nodes that were given a question. */
  #part(tree: Tree, level: number): void {
    const from = 2 ** level - 1;
    const node = this.#node;
    for (let i = 0; i < node.length; i += 1) {
      const at = node[i]!;
      if (at < from || tree.column[at]! < 0) continue;
      node[i] = this.#binned[tree.column[at]!]![i]! <= tree.bin[at]! ? 2 * at + 1 : 2 * at + 2;
    }
  }
}

/** Bounds between bins, at quantiles of the values that are there; at most `bins − 1`. */
function boundsOf(column: Float64Array, bins: number): Float64Array {
  const values = column.filter((value) => !Number.isNaN(value)).sort();
  const bounds: number[] = [];
  for (let b = 1; b < bins; b += 1) {
    const value = values[Math.floor((b * values.length) / bins)];
    if (value !== undefined && value > (bounds.at(-1) ?? values[0]!)) bounds.push(value);
  }
  return Float64Array.from(bounds);
}

/** 0 for missing, else one more than the number of bounds at or below the value. */
function binOf(bounds: Float64Array, value: number): number {
  if (Number.isNaN(value)) return 0;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** The middle value; the mean of both middle ones. Of none: 0. */
export function medianOf(values: number[]): number {
  if (values.length === 0) return 0;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
