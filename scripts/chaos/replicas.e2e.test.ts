import { expect, it } from '@jest/globals';
import { runChaos, withParts } from './testing.ts';

const TIMEOUT = 600_000;
const SEED = 1;

/** By itself, for it needs three brokers: so it may run beside the faults that share a single one. */
withParts('one of three brokers that dies', () => {
  it(
    'costs time, and no change',
    async () => {
      const result = await runChaos(['replicas'], SEED);
      expect({ ...result, runs: [], told: result.ok ? '' : result.told }).toMatchObject({ ok: true, told: '' });
      expect(result.runs.map(({ expected }) => expected > 500)).toEqual([true]);
    },
    TIMEOUT,
  );
});
