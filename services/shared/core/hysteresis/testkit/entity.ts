import type { Clause, ConditionNode, Readings } from '../../conditions/tree.ts';
import { normal } from '../experiment/index.ts';
import {
  type BankReport,
  createStepOutcome,
  type DimensionDefinition,
  type DimensionProgram,
  type Directed,
  decideMissing,
  dimensionProgram,
  dimensionStateSize,
  initDimensionState,
  type Knobs,
  nextDue,
  readBank,
  type SegmentDefinition,
  type StepOutcome,
  stepDimension,
} from '../index.ts';

/** The same to come in and to leave. */
export const alike = <T>(value: T): Directed<T> => ({ enter: value, leave: value });

/** Nothing but evidence: what a measured dimension does by default. A move costs 20 time units. */
export const EVIDENCE: Knobs = {
  evidence: true,
  switchCost: alike({ ms: 20 }),
  patience: alike(1),
  enterAfterMs: 0,
  leaveAfterMs: 0,
  cooldownMs: 0,
};
/** Follows every reading. */
export const PLAIN: Knobs = { ...EVIDENCE, evidence: false };

/** `signal >= bound` for direction 1, `signal <= bound` for −1. */
export function cut(signal: string, bound: number, rest: Partial<Clause> = {}): Clause {
  const text = `${signal} ${rest.direction === -1 ? '<=' : '>='} ${bound}`;
  return { text, strict: false, unitVotes: false, measured: signal, direction: 1, bound, ...rest };
}

export const clause = (index: number): ConditionNode => ({ kind: 'clause', index });
export const gate = (index: number): ConditionNode => ({ kind: 'gate', index });
export const all = (...nodes: ConditionNode[]): ConditionNode => ({ kind: 'all', nodes });
export const any = (...nodes: ConditionNode[]): ConditionNode => ({ kind: 'any', nodes });

/** What one observation says: signals by name, gates and costs by index; undefined is missing. Signals named are folded. */
export interface Seen {
  readonly signals?: Readonly<Record<string, number | undefined>>;
  readonly gates?: Readonly<Record<number, boolean | undefined>>;
  readonly costs?: readonly number[];
}

/** One entity on one dimension, told what is seen and asked where it stands, by names. Segments keep priority order. */
export class Entity {
  readonly program: DimensionProgram;
  readonly nums: Float64Array;
  readonly readings: Readings;
  readonly out: StepOutcome = createStepOutcome();
  t = 0;

  constructor(
    clauses: readonly Clause[],
    segments: readonly SegmentDefinition[],
    gates = 0,
    flapBudget?: DimensionDefinition['flapBudget'],
  ) {
    this.program = dimensionProgram({ segments, clauses, ...(flapBudget && { flapBudget }) });
    this.nums = new Float64Array(dimensionStateSize(this.program));
    initDimensionState(this.program, this.nums, 0);
    this.readings = {
      margins: new Float64Array(clauses.length).fill(Number.NaN),
      folded: new Uint8Array(clauses.length),
      gates: new Float64Array(gates).fill(Number.NaN),
      costs: new Float64Array(2).fill(Number.NaN),
    };
  }

  /** Folds an observation at `t`. Returns the segment entered by it, or undefined. */
  see(t: number, seen: Seen, votes = true): string | undefined {
    this.show(seen);
    this.t = t;
    stepDimension(this.program, this.nums, 0, this.readings, t, votes, this.out);
    return this.entered();
  }

  /** Lets time alone pass to `t`. Returns the segment entered, or undefined. */
  tick(t: number, seen: Seen = {}): string | undefined {
    this.show(seen);
    this.readings.folded.fill(0);
    this.t = t;
    stepDimension(this.program, this.nums, 0, this.readings, t, false, this.out);
    return this.entered();
  }

  /** Decides with what is known. */
  decide(t: number): string | undefined {
    decideMissing(this.program, this.nums, 0, this.readings, t, this.out);
    return this.entered();
  }

  get due(): number {
    return nextDue(this.program, this.nums, 0);
  }

  /** The segment after the last step. */
  get segment(): string | undefined {
    return this.program.segments[this.out.to]?.name;
  }

  bank(name: string): BankReport {
    const report = { inside: undefined, evidence: 0, since: 0, price: 0, distance: 0, clause: -1, gate: -1, noise: 0 };
    const index = this.program.segments.findIndex((segment) => segment.name === name);
    readBank(this.program, this.nums, 0, this.readings, index, report);
    return report;
  }

  private show({ signals = {}, gates = {}, costs = [] }: Seen): void {
    this.readings.folded.fill(0);
    this.program.clauses.forEach(({ measured, direction, bound }, i) => {
      if (!(measured in signals)) return;
      this.readings.margins[i] = direction * ((signals[measured] ?? Number.NaN) - bound);
      this.readings.folded[i] = 1;
    });
    costs.forEach((cost, i) => {
      this.readings.costs[i] = cost;
    });
    for (const [index, value] of Object.entries(gates)) {
      this.readings.gates[Number(index)] = value === undefined ? Number.NaN : Number(value);
    }
  }

  private entered(): string | undefined {
    return this.out.moved ? this.segment : undefined;
  }
}

/** Hot from x = 0 upwards, else not. */
export function hotOrNot(knobs = EVIDENCE): Entity {
  return new Entity(
    [cut('x', 0)],
    [
      { name: 'hot', enter: clause(0), knobs },
      { name: 'not', knobs },
    ],
  );
}

/** Fills a signal with noise around a level, one reading per time unit. Returns the segments entered. */
export function feed(entity: Entity, signal: string, level: number, count: number, random: () => number): string[] {
  const entered: string[] = [];
  for (let i = 0; i < count; i++) {
    const to = entity.see(entity.t + 1, { signals: { [signal]: level + 0.5 * normal(random) } });
    if (to) entered.push(to);
  }
  return entered;
}
