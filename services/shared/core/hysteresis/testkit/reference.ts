import type { ConditionNode, Readings } from '../../conditions/tree.ts';
import type { DimensionDefinition, MoveKind } from '../types.ts';
import { ReferenceFlaps } from './reference-flaps.ts';
import { ReferenceLadder } from './reference-ladder.ts';
import {
  clausesOf,
  confirmed,
  costKey,
  costsOf,
  foldOne,
  isKnown,
  type Statistics,
  votesFor,
} from './reference-parts.ts';
import { implied, ratesOf } from './reference-pricing.ts';
import type { ReferenceOutcome, Result, Segment } from './reference-types.ts';

/**
 * The rules again, slow and plain, written from their text and sharing no code with the engine: lists, objects and no
 * saved work. The differential test holds the engine against it. Bounds are constants, so a clause is known by its value.
 */
export class Reference {
  readonly definition: DimensionDefinition;
  readonly segments: Segment[];
  readonly statistics = new Map<string, Statistics>();
  current = -1;
  raw = -1;
  heldFlips = 0;
  cooldownUntil = -Infinity;
  readonly flaps: ReferenceFlaps;
  pinned: { segment: number; until: number } | undefined;
  pending:
    | { target: number; cause: NonNullable<Segment['flipped']>; enterFrom?: number; unearned: boolean }
    | undefined;
  leaveFrom: number | undefined;

  constructor(definition: DimensionDefinition) {
    this.definition = definition;
    this.flaps = new ReferenceFlaps(definition.flapBudget);
    this.segments = definition.segments.map((segment) => ({
      ...segment,
      inside: undefined,
      votes: 0,
      ladder: new ReferenceLadder(),
      history: [],
      leaveHistory: [],
      bypassHistory: [],
      result: { value: Number.NaN },
      plainlyIn: false,
      flipped: undefined,
    }));
  }

  step(readings: Readings, t: number, votes: boolean, decideMissing = false): ReferenceOutcome {
    const from = this.current;
    const done = (kind: MoveKind | undefined, evidence = 0, price = 0, flips = 0): ReferenceOutcome => {
      const outcome = {
        from,
        to: this.current,
        kind,
        evidence,
        price,
        heldFlips: flips,
        held: false,
        heldTo: -1,
        due: 0,
      };
      if (from >= 0) Object.assign(outcome, this.countHeld(t));
      return { ...outcome, due: this.due() };
    };
    if (!decideMissing) this.fold(readings, t, votes);
    const over = !decideMissing && this.pinned !== undefined && t >= this.pinned.until;
    if (over) this.pinned = undefined;
    const { pinned } = this;
    if (this.current < 0) {
      if (!decideMissing && !pinned && !isKnown(this.segments, readings)) return done(undefined);
      const bypassed = this.placeAll(readings, votes, t);
      if (pinned && !(bypassed >= 0 && bypassed < pinned.segment)) {
        this.current = pinned.segment;
        return done('pinned');
      }
      return done(decideMissing ? 'missing' : 'initial');
    }
    if (decideMissing) return { ...done(undefined), held: false };

    const fallback = this.segments.length - 1;
    for (const segment of this.segments.slice(0, -1)) this.vote(segment, readings);
    this.cut();
    let target = this.bankTarget(readings);
    const bypass = this.bypass(readings, votes);
    if (bypass === this.current && target > this.current) target = this.current;
    if (votes) {
      for (const [s, segment] of this.segments.entries()) {
        const own = segment === this.segments[fallback] ? this.segments : [segment];
        const nodes = own.flatMap((o) => [o.enter, o.stay, ...(own.length > 1 ? [o.bypass] : [])]);
        if (nodes.some((node) => node && this.concerns(node, readings))) {
          segment.history.push(s === target);
          segment.leaveHistory.push(s !== target);
        }
      }
    }
    if (pinned || over) {
      const wanted = pinned ? pinned.segment : target;
      this.pending = undefined;
      this.leaveFrom = undefined;
      if (bypass >= 0 && bypass < wanted) {
        if (bypass === this.current) return done(undefined);
        this.reset();
        return done('bypass', 0, 0, this.move(bypass, t));
      }
      if (wanted === this.current) return done(undefined);
      const flips = this.heldFlips;
      this.current = wanted;
      this.heldFlips = 0;
      this.forgetConfirms();
      if (!pinned) this.enter(wanted);
      return done(pinned ? 'pinned' : 'released', 0, 0, flips);
    }
    const waited = this.pending?.target === target;
    this.follow(target, t, readings);
    const passes = target !== this.current && t >= this.waitEnd();
    if (bypass >= 0 && bypass < this.current && !(passes && target <= bypass)) {
      this.reset();
      const flips = this.move(bypass, t);
      this.follow(this.bankTarget(readings), t, readings);
      return done('bypass', 0, 0, flips);
    }
    if (passes) {
      const { cause } = this.pending!;
      const flips = this.move(target, t);
      return done(waited ? 'dwell' : cause.kind, cause.evidence, cause.price, flips);
    }
    return done(undefined);
  }

  private fold(readings: Readings, t: number, votes: boolean): void {
    for (const one of this.statistics.values()) one.weight = 0;
    if (!votes) return;
    const seen = new Set<string>();
    for (const segment of this.segments) {
      if (!segment.knobs.evidence) continue;
      for (const index of [segment.enter, segment.stay].flatMap((node) => (node ? clausesOf(node) : []))) {
        const clause = this.definition.clauses[index]!;
        const key = `${clause.measured} ${costKey(segment.knobs)}`;
        const margin = readings.margins[index]!;
        if (seen.has(key) || !readings.folded[index] || !Number.isFinite(margin)) continue;
        seen.add(key);
        const { mean } = costsOf(segment.knobs, readings);
        foldOne(this.statistics, key, t, clause.direction * margin + clause.bound, mean);
      }
    }
  }

  private evaluate(node: ConditionNode, readings: Readings, cost: string | undefined): Result {
    if (node.kind === 'gate') {
      const gate = readings.gates[node.index]!;
      return { value: Number.isNaN(gate) ? Number.NaN : gate === 1 ? Infinity : -Infinity };
    }
    if (node.kind === 'clause') return { value: this.distance(node.index, readings, cost), clause: node.index };
    const all = node.kind === 'all';
    const results = node.nodes.map((child) => this.evaluate(child, readings, cost));
    const settled = results.find(({ value }) => value === (all ? -Infinity : Infinity));
    if (settled) return settled;
    const missing = results.find(({ value }) => Number.isNaN(value));
    if (missing) return missing;
    const values = results.map(({ value }) => value);
    const extreme = all ? Math.min(...values, Infinity) : Math.max(...values, -Infinity);
    return results.find(({ value }) => value === extreme) ?? { value: extreme };
  }

  private distance(index: number, readings: Readings, cost: string | undefined): number {
    const clause = this.definition.clauses[index]!;
    const margin = readings.margins[index]!;
    if (!Number.isFinite(margin)) return margin;
    const inside = clause.strict ? margin > 0 : margin >= 0;
    if (clause.unitVotes) return inside ? 1 : -1;
    const s = cost === undefined ? undefined : this.statistics.get(`${clause.measured} ${cost}`);
    const sr = cost === undefined ? 1 : Math.max(1.253314 * (s?.sNoise ?? 0), 1e-9);
    return margin === 0 && !inside ? -1e-300 : margin / sr;
  }

  private vote(segment: Segment, readings: Readings): void {
    const { knobs } = segment;
    const cost = knobs.evidence ? costKey(knobs) : undefined;
    const before = segment.inside ?? false;
    const node = before && segment.stay ? segment.stay : segment.enter!;
    const result = this.evaluate(node, readings, cost);
    const plain = this.evaluate(segment.enter!, readings, cost).value;
    segment.result = result;
    segment.plainlyIn = Number.isNaN(plain) ? before : plain >= 0;
    segment.flipped = undefined;
    if (Number.isNaN(result.value)) return;
    const side = result.value >= 0;
    const stated = Math.abs(result.value) === Infinity;
    if (stated || segment.inside === undefined || !knobs.evidence) {
      const kind: MoveKind = stated ? 'gate' : knobs.evidence ? 'missing' : 'band';
      this.put(segment, side);
      if (side !== before) segment.flipped = { kind, evidence: 0, price: 0 };
      return;
    }
    const voter = this.voter(node, result.clause!, readings, costKey(knobs));
    if (!voter) return;
    const rates = ratesOf(this, segment, node, readings)!;
    const { weight, share, n } = voter;
    const vote = { inside: side, weight, votes: votesFor(result.value), share, n };
    segment.ladder.vote(vote, rates);
    const { price, power } = segment.ladder.lean(segment.inside ? rates.leave : rates.enter);
    const votes = weight * vote.votes ** power;
    segment.votes = Math.max(0, segment.votes + (side === segment.inside ? -votes : votes));
    if (side === segment.inside || segment.votes < price) return;
    segment.flipped = { kind: 'evidence', evidence: segment.votes, price };
    segment.inside = side;
    segment.votes = 0;
  }

  private put(segment: Segment, inside: boolean): void {
    segment.inside = inside;
    segment.votes = 0;
    segment.ladder.place(inside);
  }

  private voter(node: ConditionNode, decider: number, readings: Readings, cost: string): Statistics | undefined {
    const folded = clausesOf(node).map((index) => ({
      statistics: this.statistics.get(`${this.definition.clauses[index]!.measured} ${cost}`),
      distance: this.distance(index, readings, cost),
      decides: index === decider,
    }));
    const weight = ({ statistics }: (typeof folded)[0]) => statistics?.weight ?? 0;
    const own = folded.find(({ decides }) => decides)!;
    if (weight(own) > 0) return own.statistics;
    const voting = folded.filter((one) => weight(one) > 0);
    const strength = (one: (typeof folded)[0]) => weight(one) * votesFor(one.distance);
    return voting.reduce((best, one) => (!best || strength(one) > strength(best) ? one : best), voting[0])?.statistics;
  }

  private price(segment: Segment, readings: Readings): number {
    const rates = ratesOf(this, segment, segment.enter!, readings);
    return rates ? segment.ladder.lean(segment.inside ? rates.leave : rates.enter).price : 0;
  }

  private cut(): void {
    for (const segment of this.segments.filter(({ flipped }) => flipped)) {
      const { inside, flipped } = segment;
      for (const other of this.segments.slice(0, -1)) {
        if (
          !(inside ? implied(this.definition, segment, other) : implied(this.definition, other, segment)) ||
          other.inside === inside
        )
          continue;
        this.put(other, inside === true);
        other.flipped = flipped;
      }
    }
  }

  private bankTarget(readings: Readings): number {
    const fallback = this.segments.length - 1;
    const first = this.segments.findIndex(({ inside }) => inside);
    if (first >= 0 || this.current === fallback) return first >= 0 ? first : fallback;
    const share = (segment: Segment) => (segment.votes > 0 ? segment.votes / this.price(segment, readings) : 0);
    const candidates = this.segments
      .map((segment, index) => ({ index, share: index < fallback && index !== this.current ? share(segment) : 0 }))
      .filter((candidate) => candidate.share >= 0.5)
      .sort((a, b) => b.share - a.share || a.index - b.index);
    return candidates[0]?.index ?? fallback;
  }

  private bypass(readings: Readings, votes: boolean): number {
    const holding = this.segments.map(({ bypass, bypassHistory, knobs }) => {
      if (!bypass) return false;
      const holds = this.evaluate(bypass, readings, undefined).value >= 0;
      if (!knobs.bypassConfirm) return holds;
      if (votes && this.concerns(bypass, readings)) bypassHistory.push(holds);
      return holds && confirmed(bypassHistory, knobs.bypassConfirm);
    });
    return holding.indexOf(true);
  }

  private concerns(node: ConditionNode, readings: Readings): boolean {
    if (node.kind === 'gate') return true;
    if (node.kind === 'clause') return readings.folded[node.index] === 1;
    return node.nodes.some((child) => this.concerns(child, readings));
  }

  private follow(target: number, t: number, readings: Readings): void {
    if (target === this.current) {
      this.pending = undefined;
      this.leaveFrom = undefined;
      return;
    }
    if (this.pending?.target !== target)
      this.pending = { target, cause: this.cause(target, readings), unearned: false };
    // Upwards it costs what it costs to come in, downwards what it costs to leave.
    const upwards = target < this.current;
    const { knobs } = this.segments[upwards ? target : this.current]!;
    this.pending.unearned = costsOf(knobs, readings)[upwards ? 'enterUnearned' : 'leaveUnearned'];
    if (this.pending.enterFrom === undefined && !this.isConfirmed(target)) return;
    this.pending.enterFrom ??= t;
    this.leaveFrom ??= t;
  }

  private isConfirmed(target: number): boolean {
    const { confirm } = this.segments[target]!.knobs;
    const { leaveConfirm } = this.segments[this.current]!.knobs;
    return (
      (!confirm || confirmed(this.segments[target]!.history, confirm)) &&
      (!leaveConfirm || confirmed(this.segments[this.current]!.leaveHistory, leaveConfirm))
    );
  }

  private forgetConfirms(): void {
    for (const segment of this.segments) Object.assign(segment, { history: [], leaveHistory: [] });
  }

  private cause(target: number, readings: Readings): NonNullable<Segment['flipped']> {
    const fallback = this.segments.length - 1;
    const entered = target < fallback ? this.segments[target]! : undefined;
    const left = this.current < fallback ? this.segments[this.current]! : undefined;
    const flipped = entered?.flipped ?? left?.flipped;
    if (flipped) return flipped;
    const segment = (entered ?? left)!;
    const { knobs, votes, result } = segment;
    if (Math.abs(result.value) === Infinity) return { kind: 'gate', evidence: votes, price: 0 };
    if (!knobs.evidence) return { kind: 'band', evidence: votes, price: 0 };
    return { kind: 'evidence', evidence: votes, price: this.price(segment, readings) };
  }

  private reset(): void {
    for (const segment of this.segments.slice(0, -1)) {
      if (segment.inside === undefined) continue;
      this.put(segment, segment.plainlyIn);
      segment.flipped = undefined;
    }
  }

  private due(): number {
    return this.pinned && this.current >= 0 ? Math.min(this.pinned.until, this.waitEnd()) : this.waitEnd();
  }

  private waitEnd(): number {
    if (this.pending?.enterFrom === undefined || this.pending.unearned) return Infinity;
    const entered = this.pending.enterFrom + this.segments[this.pending.target]!.knobs.enterAfterMs;
    const left = this.leaveFrom! + this.segments[this.current]!.knobs.leaveAfterMs;
    return Math.max(entered, left, this.cooldownUntil, this.flaps.end());
  }

  private move(to: number, t: number): number {
    const flips = this.heldFlips;
    const { cooldownMs } = this.segments[to]!.knobs;
    this.flaps.moved(t);
    this.current = to;
    this.heldFlips = 0;
    this.pending = undefined;
    this.leaveFrom = undefined;
    this.cooldownUntil = cooldownMs > 0 ? t + cooldownMs : -Infinity;
    this.forgetConfirms();
    this.enter(to);
    return flips;
  }

  private enter(to: number): void {
    const entered = this.segments[to]!;
    if (!entered.enter) return;
    for (const segment of this.segments.slice(0, -1)) {
      if ((segment !== entered && !implied(this.definition, entered, segment)) || segment.inside) continue;
      this.put(segment, true);
    }
  }

  private placeAll(readings: Readings, votes: boolean, t: number): number {
    for (const segment of this.segments.slice(0, -1)) {
      const cost = segment.knobs.evidence ? costKey(segment.knobs) : undefined;
      const { value } = this.evaluate(segment.enter!, readings, cost);
      if (!Number.isNaN(value)) this.put(segment, value >= 0);
      segment.plainlyIn = value >= 0;
    }
    const first = this.segments.findIndex(({ inside }) => inside);
    this.raw = first < 0 ? this.segments.length - 1 : first;
    const bypass = this.bypass(readings, votes);
    this.current = bypass >= 0 ? Math.min(bypass, this.raw) : this.raw;
    if (this.current !== this.raw) this.enter(this.current);
    this.cooldownUntil = Math.min(this.cooldownUntil, t);
    return bypass;
  }

  private countHeld(t: number): { held: boolean; heldTo: number } {
    const first = this.segments.slice(0, -1).findIndex(({ plainlyIn }) => plainlyIn);
    const raw = first < 0 ? this.segments.length - 1 : first;
    const held = raw !== this.raw && raw !== this.current;
    if (raw !== this.raw) this.flaps.flipped(t);
    this.raw = raw;
    if (held) this.heldFlips += 1;
    return { held, heldTo: held ? raw : -1 };
  }
}
