import { expect, it } from '@jest/globals';
import { runChaos, withParts } from './testing.ts';

const TIMEOUT = 900_000;
const SEED = 1;

/** Each fault once, by seed 1; `npm run chaos` does it longer, with other seeds. */
withParts('Redis, brokers and the registry that die, lag and say nothing', () => {
  it(
    'cost time, and no change',
    async () => {
      const faults = ['redis-lost+redis-old+redis-away+registry', 'broker+commit-lost+poison', 'swept'];
      const result = await runChaos(faults, SEED);
      expect({ ...result, runs: [], told: result.ok ? '' : result.told }).toMatchObject({ ok: true, told: '' });
      expect(result.runs.map(({ fault }) => fault)).toEqual(faults);
      for (const { fault, expected } of result.runs) expect([fault, expected > 500]).toEqual([fault, true]);
      const poison = result.runs.find(({ fault }) => fault.endsWith('poison'));
      expect(poison?.letters).toBeGreaterThan(10_000);
    },
    TIMEOUT,
  );
});
