import type { Clause, ConditionNode, Readings } from '../../conditions/tree.ts';
import { normal, type Random } from '../experiment/index.ts';
import type { DimensionDefinition, Directed, Knobs, SwitchCost } from '../index.ts';

const SIGNALS = 3;
const GATES = 3;
const COSTS = 2;

/** Values and bounds in sixteenths, so that margins are exact and both sides see the same numbers. */
const sixteenths = (x: number): number => Math.round(x * 16) / 16;

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

function randomClauses(random: Random): Clause[] {
  return Array.from({ length: 8 }, (_, i) => {
    const signal = i % SIGNALS;
    // The third signal is a flag: it votes without a distance.
    const unitVotes = signal === 2;
    return {
      text: `clause ${i}`,
      strict: random() < 0.3,
      unitVotes,
      measured: `signal${signal}`,
      direction: random() < 0.75 ? (1 as const) : (-1 as const),
      bound: unitVotes ? 0.5 : sixteenths(3 * random() - 1.5),
    };
  });
}

function randomNode(random: Random, clauses: number, depth: number): ConditionNode {
  const u = random();
  if (depth > 0 && u < 0.4) {
    const nodes = Array.from({ length: 1 + Math.floor(3 * random()) }, () => randomNode(random, clauses, depth - 1));
    return { kind: random() < 0.5 ? 'all' : 'any', nodes };
  }
  if (u < 0.55) return { kind: 'gate', index: Math.floor(random() * GATES) };
  return { kind: 'clause', index: Math.floor(random() * clauses) };
}

function randomKnobs(random: Random): Knobs {
  const sometimes = (value: number) => (random() < 0.3 ? Math.round(value * random()) : 0);
  const confirm = () => {
    const m = 1 + Math.floor(4 * random());
    return random() < 0.2 ? { n: 1 + Math.floor(m * random()), m } : undefined;
  };
  /** Mostly the same in both directions. */
  const directed = <T>(draw: () => T): Directed<T> => {
    const enter = draw();
    return { enter, leave: random() < 0.3 ? draw() : enter };
  };
  const switchCost = (): SwitchCost => ({
    ms: pick(random, [5, 20, 60]),
    ...(random() < 0.2 && { reading: Math.floor(COSTS * random()) }),
    ...(random() < 0.2 && { horizonMs: 30 }),
  });
  return {
    evidence: random() < 0.7,
    switchCost: directed(switchCost),
    patience: directed(() => pick(random, [0.5, 1, 1.5])),
    enterAfterMs: sometimes(20),
    leaveAfterMs: sometimes(20),
    cooldownMs: sometimes(50),
    confirm: confirm(),
    leaveConfirm: confirm(),
    bypassConfirm: confirm(),
  };
}

/** A dimension with anything that a model can say: nested conditions, cuts on one value, bands, bypasses, knobs. */
export function randomDefinition(random: Random): DimensionDefinition {
  const clauses = randomClauses(random);
  const count = 2 + Math.floor(3 * random());
  const depth = random() < 0.4 ? 0 : 2;
  const segments = Array.from({ length: count }, (_, i) => {
    const knobs = randomKnobs(random);
    const name = `s${i}`;
    if (i === count - 1) return { name, knobs };
    const node = () => randomNode(random, clauses.length, depth);
    const stay = random() < 0.25 ? node() : undefined;
    return { name, knobs, enter: node(), stay, bypass: random() < 0.25 ? node() : undefined };
  });
  const flapBudget = {
    moves: 1 + Math.floor(3 * random()),
    perMs: 5 + Math.floor(30 * random()),
    quarantineMs: random() < 0.5 ? Math.floor(20 * random()) : 0,
  };
  return { segments, clauses, ...(random() < 0.3 && { flapBudget }) };
}

/** What an entity shows: signals that shift their level under noise, gates that flip, both missing at times. */
export class World {
  readonly random: Random;
  readonly definition: DimensionDefinition;
  readonly values: number[];
  readonly levels: number[];
  readonly readings: Readings;

  constructor(random: Random, definition: DimensionDefinition) {
    this.random = random;
    this.definition = definition;
    this.levels = Array.from({ length: SIGNALS }, () => 0);
    this.values = Array.from({ length: SIGNALS }, () => (random() < 0.4 ? Number.NaN : 0));
    this.readings = {
      margins: new Float64Array(definition.clauses.length),
      folded: new Uint8Array(definition.clauses.length),
      costs: new Float64Array(COSTS).fill(Number.NaN),
      gates: Float64Array.from({ length: GATES }, () => (random() < 0.1 ? Number.NaN : Number(random() < 0.5))),
    };
  }

  observe(): void {
    const { random, readings } = this;
    const folded = this.values.map((_, s) => {
      if (random() < 0.03) this.levels[s] = sixteenths(4 * random() - 2);
      if (random() < 0.4) return false;
      const flag = Number(random() < (this.levels[s]! > 0 ? 0.9 : 0.1));
      const u = random();
      if (u < 0.04) this.values[s] = Number.NaN;
      else if (u < 0.05) this.values[s] = s === 2 ? 1 : -Infinity;
      else this.values[s] = s === 2 ? flag : sixteenths(this.levels[s]! + normal(random));
      return true;
    });
    for (let g = 0; g < GATES; g++) {
      if (random() < 0.05) readings.gates[g] = random() < 0.1 ? Number.NaN : Number(random() < 0.5);
    }
    for (let c = 0; c < COSTS; c++) {
      if (random() < 0.1) readings.costs[c] = pick(random, [Number.NaN, 3.7, 11.3, 25, 50, Infinity]);
    }
    this.show(folded);
  }

  show(folded: readonly boolean[]): void {
    this.definition.clauses.forEach(({ measured, direction, bound }, i) => {
      const signal = Number(measured.slice(-1));
      const margin = direction * (this.values[signal]! - bound);
      // An infinite margin is how a stale value leaves: outside, whatever the direction.
      this.readings.margins[i] = Math.abs(margin) === Infinity ? -Infinity : margin;
      this.readings.folded[i] = Number(folded[signal] ?? false);
    });
  }
}
