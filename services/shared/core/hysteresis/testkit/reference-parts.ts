import type { ConditionNode, Readings } from '../../conditions/tree.ts';
import type { Confirm, Knobs, SegmentDefinition, SwitchCost } from '../types.ts';

/** What the reference keeps of one measured value. `weight` and `share` are those of its vote in the current step. */
export interface Statistics {
  n: number;
  lastT: number;
  lastX: number;
  ewma: number;
  dNoise: number;
  sNoise: number;
  gap: number;
  weight: number;
  share: number;
}

/** Folds a value at `t` under switch cost `c` into the statistics of `key`, as published. */
export function foldOne(statistics: Map<string, Statistics>, key: string, t: number, x: number, c: number): void {
  const s = statistics.get(key);
  if (!s) {
    statistics.set(key, { n: 0, lastT: t, lastX: x, ewma: x, dNoise: 0, sNoise: 0, gap: 0, weight: 0, share: 0 });
    return;
  }
  if (t < s.lastT) return;
  if (t === s.lastT) {
    s.lastX = x;
    return;
  }
  s.n += 1;
  const k = Math.min(s.n, 200);
  const cap = (v: number, m: number) => (s.n <= 20 ? v : Math.min(v, 3 * m + 1e-9));
  const elapsed = t - s.lastT;
  s.gap += (cap(elapsed, s.gap) - s.gap) / k;
  const dt = Math.min(elapsed, 10 * s.gap);
  s.dNoise += (cap(Math.abs(x - s.lastX), s.dNoise) - s.dNoise) / k;
  s.sNoise += (cap(Math.abs(x - s.ewma), s.sNoise) - s.sNoise) / k;
  s.ewma += (1 - Math.exp(-dt / c)) * (x - s.ewma);
  s.weight = Math.min(1, (2 * dt) / s.gap);
  s.share = dt / c;
  s.lastT = t;
  s.lastX = x;
}

/** Plain price in votes, and readings within the switch cost; undefined before there is noise to price. */
export function priceOne(s: Statistics | undefined, c: number): { plain: number; readings: number } | undefined {
  if (!s || s.n === 0) return undefined;
  const sd = Math.max(0.886227 * s.dNoise, 1e-9);
  const sr = Math.max(1.253314 * s.sNoise, 1e-9);
  const readings = Math.max(c / s.gap, 1);
  const h0 = Math.log(10 * readings ** 2);
  const wander = Math.min(Math.max(sr / sd, 1), Math.sqrt(10));
  return { plain: Math.max(h0, Math.min(h0 * wander, readings)), readings };
}

/** A condition without wrappings of one. */
export function flattened(node: ConditionNode): ConditionNode {
  return 'nodes' in node && node.nodes.length === 1 ? flattened(node.nodes[0]!) : node;
}

/** Clauses of a condition, each once. */
export function clausesOf(node: ConditionNode): number[] {
  if (node.kind === 'clause') return [node.index];
  return node.kind === 'gate' ? [] : [...new Set(node.nodes.flatMap(clausesOf))];
}

/** Votes that a distance is worth. */
export function votesFor(distance: number): number {
  const a = Math.abs(distance);
  return Math.min(Math.max(a > 1 ? a * Math.sqrt(a) : a, 0.3), 2.5);
}

/** n of the last m. */
export function confirmed(history: readonly boolean[], { n, m }: Confirm): boolean {
  return history.slice(-m).filter(Boolean).length >= n;
}

/** Equal for knobs whose moves are priced alike. */
export function costKey({ switchCost }: Knobs): string {
  const of = ({ ms, reading, horizonMs }: SwitchCost) => `${ms}/${reading}/${horizonMs}`;
  return `${of(switchCost.enter)} ${of(switchCost.leave)}`;
}

/** What moves in and out cost now, and whether that is more than they can earn. */
export function costsOf({ switchCost }: Knobs, readings: Readings) {
  const read = ({ ms, reading, horizonMs = Infinity }: SwitchCost) => {
    const said = reading === undefined ? ms : readings.costs[reading]!;
    const cost = Number.isNaN(said) ? ms : said;
    const least = reading === undefined ? 0 : 1;
    return { cost: Math.max(least, Math.min(cost, horizonMs, 3650 * 86_400_000)), unearned: cost > horizonMs };
  };
  const [enter, leave] = [read(switchCost.enter), read(switchCost.leave)];
  return {
    enter: enter.cost,
    leave: leave.cost,
    mean: (enter.cost + leave.cost) / 2,
    enterUnearned: enter.unearned,
    leaveUnearned: leave.unearned,
  };
}

/** True when everything that any condition reads has a value. */
export function isKnown(segments: readonly SegmentDefinition[], readings: Readings): boolean {
  const known = (node: ConditionNode): boolean => {
    if (node.kind === 'gate') return !Number.isNaN(readings.gates[node.index]!);
    if (node.kind === 'clause') return !Number.isNaN(readings.margins[node.index]!);
    return node.nodes.every(known);
  };
  return segments.every(({ enter, stay, bypass }) => [enter, stay, bypass].every((node) => !node || known(node)));
}
