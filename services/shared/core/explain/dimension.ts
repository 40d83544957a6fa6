import { sayInstant } from '../changes/wording.ts';
import type { Readings } from '../conditions/tree.ts';
import { type DimensionPlan, priceOf } from '../engine/dimension-plan.ts';
import { priceAt } from '../engine/move-prices.ts';
import { pinOf, positionOf } from '../engine/positions.ts';
import type { EntityState } from '../engine/state.ts';
import { budgetFreeAt, calmAt } from '../hysteresis/flaps.ts';
import { type BankReport, isUnearned, nextDue, readBank } from '../hysteresis/index.ts';
import { COOLDOWN_UNTIL } from '../hysteresis/layout.ts';
import { pinDue } from '../hysteresis/pin.ts';
import type { CompiledNode } from '../hysteresis/program.ts';
import { formatDuration } from '../model/duration.ts';
import { explainClause, holdsAt, leafOf, leavesOf, type Scene } from './clauses.ts';
import type {
  ExplainedClause,
  ExplainedDimension,
  ExplainedSegment,
  MissingEvidence,
  Need,
  Wait,
  Way,
} from './types.ts';
import { type Effort, effortOf, holdsWith, plainTarget, valuesOf } from './ways.ts';

/** An observation far inside is worth so many votes; see the bank. */
const MOST_VOTES = 2;
const MOST_SAID = 4;

/** What time alone does to each dimension, by name: found by letting a copy of the entity age. */
export type Ageing = ReadonlyMap<string, NonNullable<ExplainedDimension['byTime']>>;

/** Where an entity stands on one dimension, why, and what would move it. */
export function explainDimension(scene: Scene, dimension: DimensionPlan, ageing: Ageing): ExplainedDimension {
  const { state, now, plan } = scene;
  const position = { ...positionOf(dimension, state) };
  const { segments } = dimension.model;
  const decided = position.segment >= 0;
  const readings = readingsOf(scene, dimension);
  const explained = segments.map((_, s) => explainSegment(scene, dimension, readings, s, position.segment));
  const due = nextDue(dimension.program, state.nums, dimension.base);
  const plain = plainTarget(scene, dimension);
  const until = state.nums[dimension.dueAt]!;
  return {
    dimension: dimension.name,
    segment: segments[position.segment]?.name ?? null,
    since: decided ? position.since : null,
    plain: segments[plain]?.name ?? null,
    why: decided ? whyOf(scene, dimension, explained, position.segment, plain, now) : 'not placed yet',
    heldFlips: position.heldFlips,
    undecided: decided
      ? null
      : {
          missing: dimension.awaited.filter((name) => isMissing(scene, name)),
          until: Number.isFinite(until) && plan.dimensions.length > 0 ? until : null,
        },
    pin: explainPin(dimension, state, position),
    pending:
      position.pending < 0 ? null : { to: segments[position.pending]!.name, until: Number.isFinite(due) ? due : null },
    byTime: ageing.get(dimension.name) ?? null,
    next: decided ? waysOf(scene, dimension, readings, position.segment) : [],
    segments: explained,
  };
}

function isMissing({ plan, state, now }: Scene, name: string): boolean {
  const { value } = plan.attributes.get(name)!;
  return value.type === 'string' ? value.text(state, now) === undefined : Number.isNaN(value.num(state, now));
}

function readingsOf({ plan, state, now }: Scene, { prices }: DimensionPlan): Readings {
  return {
    margins: Float64Array.from(plan.readClause, (read) => read(state, now)),
    gates: Float64Array.from(plan.readGate, (read) => read(state, now)),
    costs: Float64Array.from(prices, ({ read }) => read(state, now)),
    folded: new Uint8Array(plan.readClause.length),
  };
}

function bankOf(scene: Scene, dimension: DimensionPlan, readings: Readings, s: number): BankReport | undefined {
  if (dimension.program.segments[s]!.bank < 0) return undefined;
  const report: BankReport = {
    inside: undefined,
    evidence: 0,
    since: 0,
    price: 0,
    distance: 0,
    clause: -1,
    gate: -1,
    noise: 0,
  };
  readBank(dimension.program, scene.state.nums, dimension.base, readings, s, report);
  return report;
}

function explainSegment(
  scene: Scene,
  dimension: DimensionPlan,
  readings: Readings,
  s: number,
  current: number,
): ExplainedSegment {
  const { name, when, stay } = dimension.model.segments[s]!;
  const { enter, stay: staying } = dimension.program.segments[s]!;
  const bank = bankOf(scene, dimension, readings, s);
  const isIn = s === current || bank?.inside === true;
  const standing = current < 0 ? 'undecided' : s === current ? 'current' : isIn ? 'masked' : 'out';
  if (enter === undefined)
    return {
      segment: name,
      standing: standing === 'masked' ? 'out' : standing,
      condition: null,
      text: null,
      holds: null,
      clauses: [],
      failsFirst: null,
      evidence: null,
    };
  const inForce = isIn && staying !== undefined ? staying : enter;
  const holds = holdsAt(scene, inForce.root);
  const evidence = bank && evidenceOf(bank);
  return {
    segment: name,
    standing,
    condition: inForce === enter ? 'when' : 'stay',
    text: (inForce === enter ? when : stay)!.text,
    holds: Number.isNaN(holds) ? null : holds === 1,
    clauses: leavesOf(scene.plan, inForce.root).map((leaf) => explainClause(scene, leaf)),
    failsFirst: holds === 1 ? null : firstFailure(scene, inForce.root),
    evidence: evidence ? { ...evidence, towards: bank.inside === true ? 'out' : 'in' } : null,
  };
}

/** Of several that must hold the first written that does not, of several that may, the nearest. */
function firstFailure(scene: Scene, node: CompiledNode): ExplainedClause | null {
  if (holdsAt(scene, node) === 1) return null;
  if (!('nodes' in node)) return explainClause(scene, leafOf(scene.plan, node));
  const failing = node.nodes.filter((child) => holdsAt(scene, child) !== 1);
  if (node.op === 'all') return firstFailure(scene, failing[0]!);
  const nearest = failing
    .map((child) => ({ child, effort: effortOf(scene, child, true) }))
    .reduce((best, each) => (each.effort.share < best.effort.share ? each : best));
  return firstFailure(scene, nearest.child);
}

function evidenceOf(bank: BankReport): MissingEvidence | null {
  // Without a price there is no bank that decides: a fact, or too little seen.
  if (bank.price === 0 || !Number.isFinite(bank.distance)) return null;
  const missing = Math.max(0, bank.price - bank.evidence);
  return {
    votes: bank.evidence,
    price: bank.price,
    since: bank.since === 0 ? null : bank.since,
    missing,
    fewestObservations: Math.max(1, Math.ceil(missing / MOST_VOTES)),
  };
}

/** Ways into the segments before the current one, and out of it; those that the conditions bear out, nearest first. */
function waysOf(scene: Scene, dimension: DimensionPlan, readings: Readings, current: number): Way[] {
  const { segments } = dimension.program;
  const { segments: models } = dimension.model;
  const ways: { way: Way; share: number }[] = [];
  const add = (kind: Way['kind'], effort: Effort, to: number, bankOfSegment: number, checked: boolean) => {
    const { needs, share } = effort;
    const bank = bankOf(scene, dimension, readings, bankOfSegment);
    const atOnce = kind === 'bypass' || bank === undefined || decidedByFacts(scene, needs);
    const evidence = atOnce ? null : evidenceOf(bank);
    const price = kind === 'bypass' ? undefined : priceOf(dimension, current, to);
    const cost = price === undefined ? null : priceAt(price, scene.state, scene.now);
    const waits = kind === 'bypass' ? bypassWaits(dimension, to) : waitsOf(scene, dimension, current, to);
    if (cost !== null && !cost.earned) waits.push({ knob: 'switchCost', ms: null, until: null, text: cost.text });
    ways.push({ way: { to: models[to]!.name, kind, needs, checked, evidence, waits, cost }, share });
  };
  for (let s = 0; s < current; s++) {
    const effort = effortOf(scene, segments[s]!.enter!.root, true);
    const values = valuesOf(effort.needs);
    const led = values && plainTarget(scene, dimension, values);
    if (led === undefined || led === s) add('enter', effort, s, s, led === s);
    const { bypass } = segments[s]!;
    if (bypass === undefined) continue;
    const past = effortOf(scene, bypass.root, true);
    const fulfilled = valuesOf(past.needs);
    const holds = fulfilled && holdsWith(scene, models[s]!.bypass!, fulfilled);
    if (holds !== false) add('bypass', past, s, s, holds === true);
  }
  const here = segments[current]!;
  if (here.enter !== undefined) {
    const effort = effortOf(scene, (here.stay ?? here.enter).root, false);
    const values = valuesOf(effort.needs);
    const led = values && plainTarget(scene, dimension, values);
    const to = led ?? segments.length - 1;
    // Another one before it, if any, is found above; and left for itself it would be no move.
    if (to > current) add('leave', effort, to, current, led !== undefined);
  }
  return ways.sort((a, b) => a.share - b.share).map(({ way }) => way);
}

function bypassWaits({ program }: DimensionPlan, to: number): Wait[] {
  const { bypassConfirm } = program.segments[to]!.knobs;
  if (bypassConfirm === undefined) return [];
  const text = `confirm ${bypassConfirm.n} of ${bypassConfirm.m}`;
  return [{ knob: 'confirm', ms: null, until: null, text }];
}

/** What no measured clause has a part in moves at once. */
function decidedByFacts({ plan }: Scene, needs: readonly Need[]): boolean {
  const measured = new Set(plan.conditions.clauseLeaves.map(({ text }) => text));
  return needs.length > 0 && needs.every(({ clause }) => !measured.has(clause));
}

function waitsOf({ state, now }: Scene, dimension: DimensionPlan, current: number, to: number): Wait[] {
  const { segments } = dimension.program;
  const { enterAfterMs, confirm } = segments[to]!.knobs;
  const { leaveAfterMs, leaveConfirm } = segments[current]!.knobs;
  const waits: Wait[] = [];
  const cooldown = state.nums[dimension.base + COOLDOWN_UNTIL]!;
  if (confirm) waits.push({ knob: 'confirm', ms: null, until: null, text: `confirm ${confirm.n} of ${confirm.m}` });
  if (leaveConfirm) {
    const text = `${leaveConfirm.n} of ${leaveConfirm.m} outside`;
    waits.push({ knob: 'confirm', ms: null, until: null, text });
  }
  if (enterAfterMs > 0)
    waits.push({ knob: 'enterAfter', ms: enterAfterMs, until: null, text: `after ${formatDuration(enterAfterMs)}` });
  if (leaveAfterMs > 0)
    waits.push({
      knob: 'leaveAfter',
      ms: leaveAfterMs,
      until: null,
      text: `${formatDuration(leaveAfterMs)} outside`,
    });
  if (cooldown > now)
    waits.push({
      knob: 'cooldown',
      ms: cooldown - now,
      until: cooldown,
      text: `not before ${sayInstant(cooldown, now)}`,
    });
  const wait = (knob: Wait['knob'], until: number, text: string) => {
    if (until > now && until < Infinity)
      waits.push({ knob, ms: until - now, until, text: `${text} ${sayInstant(until, now)}` });
  };
  const { nums } = state;
  const { program, base } = dimension;
  wait('flapBudget', budgetFreeAt(program, nums, base), 'its moves are used up until');
  wait('quarantine', calmAt(program, nums, base), 'in quarantine, calm until');
  wait('pin', pinDue(nums, base), 'pinned until');
  return waits;
}

function explainPin(
  dimension: DimensionPlan,
  state: EntityState,
  { pinned }: { pinned: number },
): ExplainedDimension['pin'] {
  const pin = pinOf(dimension, state);
  return pin && { ...pin, to: dimension.model.segments[pinned]!.name };
}

function whyOf(
  scene: Scene,
  dimension: DimensionPlan,
  explained: readonly ExplainedSegment[],
  current: number,
  plain: number,
  now: number,
): string {
  const pin = explainPin(dimension, scene.state, positionOf(dimension, scene.state));
  if (pin !== null && pin.to === explained[current]!.segment)
    return `pinned by ${pin.by} until ${sayInstant(pin.until, now)}: ${pin.reason}`;
  const here = explained[current]!;
  const said = here.clauses.filter(({ holds }) => holds === true).slice(0, MOST_SAID);
  if (plain === current) {
    if (here.condition !== null && said.length > 0) return said.map(({ text }) => text).join(' and ');
    const failures = explained.flatMap(({ failsFirst }) => failsFirst ?? []);
    return failures.length === 0
      ? 'the default'
      : `the default; ${[...new Set(failures.map(({ text }) => text))].join('; ')}`;
  }
  const other = dimension.model.segments[plain]?.name;
  // Into a higher segment its own bank counts, out of the current one that of the current.
  const bank = explained[Math.min(plain, current)]!.evidence;
  const votes = bank
    ? `${bank.votes.toFixed(1)} of ${bank.price.toFixed(1)} votes${bank.since === null ? '' : ` since ${sayInstant(bank.since, now)}`}`
    : 'held';
  const { nums } = scene.state;
  const due = nextDue(dimension.program, nums, dimension.base);
  const price = isUnearned(nums, dimension.base) ? priceOf(dimension, current, plain) : undefined;
  if (price !== undefined) return `the conditions point to ${other}; held: ${priceAt(price, scene.state, now).text}`;
  if (Number.isFinite(due)) return `the conditions point to ${other}; it waits until ${sayInstant(due, now)}`;
  if (plain > current && here.condition === 'stay' && here.holds === true)
    return `${said.map(({ text }) => text).join(' and ')} (to stay; to come in it would not be enough)`;
  return `hysteresis keeps it: the conditions point to ${other}, ${votes}`;
}
