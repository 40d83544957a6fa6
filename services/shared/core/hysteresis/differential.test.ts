import { describe, expect, it } from '@jest/globals';
import { mulberry32 } from './experiment/index.ts';
import {
  createStepOutcome,
  decideMissing,
  dimensionProgram,
  nextDue,
  pinDimension,
  stepDimension,
  unpinDimension,
} from './index.ts';
import { randomDefinition, World } from './testkit/random-dimension.ts';
import { Reference } from './testkit/reference.ts';
import type { ReferenceOutcome } from './testkit/reference-types.ts';

const PROGRAMS = 300;
const STEPS = 130;
function describeOutcome(outcome: ReferenceOutcome): string {
  const { from, to, kind, heldFlips, held, heldTo, due } = outcome;
  // What did not move has no votes to report. The reference sums over values, the engine over margins: the last bits differ.
  const votes = kind ? `${outcome.evidence.toFixed(6)} of ${outcome.price.toFixed(6)}, ${heldFlips} flips` : '';
  return `${from}>${to} ${kind} ${votes} ${held ? `held from ${heldTo}` : ''} due ${due}`;
}

describe('stepDimension against the plain reference', () => {
  it('agrees on random programs, step by step', () => {
    const kinds = new Map<string, number>();
    const different: string[] = [];
    let held = 0;
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const random = mulberry32(seed);
      const definition = randomDefinition(random);
      const world = new World(random, definition);
      const program = dimensionProgram(definition);
      const reference = new Reference(definition);
      const base = 5;
      const nums = new Float64Array(program.size + 2 * base).fill(7, 0, base).fill(7, program.size + base);
      const out = createStepOutcome();
      let t = 1000;
      const compare = (expected: ReferenceOutcome, what: string) => {
        const moved = expected.kind !== undefined;
        const seen = describeOutcome({
          from: out.from,
          to: out.to,
          kind: out.moved ? out.kind : undefined,
          evidence: out.evidence,
          price: out.price,
          heldFlips: out.heldFlips,
          held: out.held !== undefined,
          heldTo: out.heldTo,
          due: nextDue(program, nums, base),
        });
        const wanted = describeOutcome(expected);
        // Compared here, asserted once: an assertion per step would take most of the time.
        if (seen !== wanted) different.push(`seed ${seed}, t ${t}, ${what}: ${seen} instead of ${wanted}`);
        if (expected.held) held++;
        if (moved) kinds.set(out.kind, (kinds.get(out.kind) ?? 0) + 1);
      };
      for (let i = 0; i < STEPS; i++) {
        const next = t + Math.floor(4 * random());
        const due = nextDue(program, nums, base);
        if (due <= next) {
          t = Math.max(t, due);
          world.show([]);
          const votes = random() < 0.5;
          stepDimension(program, nums, base, world.readings, t, votes, out);
          compare(reference.step(world.readings, t, votes), 'timer');
        }
        t = Math.max(t, next);
        world.observe();
        if (random() < 0.02) {
          const segment = Math.floor(random() * definition.segments.length);
          const until = t + 1 + Math.floor(30 * random());
          pinDimension(program, nums, base, segment, until);
          reference.pinned = { segment, until };
        } else if (random() < 0.01) {
          unpinDimension(nums, base, t);
          if (reference.pinned) reference.pinned.until = Math.min(reference.pinned.until, t);
        }
        if (i === 4) {
          decideMissing(program, nums, base, world.readings, t, out);
          const decided = reference.current >= 0;
          const expected = reference.step(world.readings, t, false, true);
          if (!decided) compare(expected, 'undecided time-out');
        }
        const votes = random() < 0.9;
        stepDimension(program, nums, base, world.readings, t, votes, out);
        compare(reference.step(world.readings, t, votes), 'observation');
      }
      expect([...nums.subarray(0, base), ...nums.subarray(program.size + base)]).toEqual(Array(2 * base).fill(7));
    }
    expect(different).toEqual([]);
    // The inputs are worth nothing unless they reach every rule.
    for (const kind of ['initial', 'gate', 'band', 'evidence', 'dwell', 'bypass', 'missing', 'pinned', 'released']) {
      expect({ kind, enough: (kinds.get(kind) ?? 0) >= 20 }).toEqual({ kind, enough: true });
    }
    expect(held).toBeGreaterThan(1000);
  });
});
