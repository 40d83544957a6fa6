import { expect, it } from '@jest/globals';
import { mulberry32 } from './experiment/index.ts';
import { createStepOutcome, dimensionProgram, type StepOutcome, stepDimension } from './index.ts';
import { isQuiet } from './quiet.ts';
import { stepFully } from './step.ts';
import { randomDefinition, World } from './testkit/random-dimension.ts';

/** What else an outcome holds means something only where the entity moved. */
function describe(out: StepOutcome): string {
  const { moved, from, to, held, heldTo } = out;
  return JSON.stringify(moved ? out : { moved, from, to, held, heldTo });
}

it('leaves state and outcome as the full step does, on random plain dimensions', () => {
  const different: string[] = [];
  let quiet = 0;
  let steps = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const random = mulberry32(seed);
    const { segments, clauses } = randomDefinition(random);
    const definition = {
      clauses,
      segments: segments.map(({ bypass, ...segment }) => {
        const { confirm, leaveConfirm, bypassConfirm, ...knobs } = segment.knobs;
        return { ...segment, knobs: { ...knobs, evidence: false } };
      }),
    };
    const program = dimensionProgram(definition);
    expect(program.plain).toBe(true);
    const world = new World(random, definition);
    const quick = new Float64Array(program.size);
    const full = new Float64Array(program.size);
    const quickOut = createStepOutcome();
    const fullOut = createStepOutcome();
    for (let t = 1000; t < 1200; t += Math.ceil(3 * random())) {
      world.observe();
      if (isQuiet(program, quick, 0, world.readings)) quiet++;
      stepDimension(program, quick, 0, world.readings, t, true, quickOut);
      stepFully(program, full, 0, world.readings, t, true, fullOut);
      steps++;
      // Compared here, asserted once: an assertion per step would take most of the time.
      const same = describe(quickOut) === describe(fullOut) && quick.every((word, i) => Object.is(word, full[i]));
      if (!same) different.push(`seed ${seed}, t ${t}: ${describe(quickOut)} instead of ${describe(fullOut)}`);
    }
  }
  expect(different).toEqual([]);
  expect(quiet).toBeGreaterThan(steps / 4);
  expect(quiet).toBeLessThan((steps * 9) / 10);
});
