import { expect, it } from '@jest/globals';
import { runChaos, withParts } from './testing.ts';

const TIMEOUT = 600_000;
const SEED = 1;

withParts('the embedded profile, killed, locked and out of room', () => {
  it(
    'goes on where it was, and comes to the same changes',
    async () => {
      const result = await runChaos(['embedded-kill', 'embedded-locked', 'embedded-full'], SEED);
      expect({ ...result, runs: [], told: result.ok ? '' : result.told }).toMatchObject({ ok: true, told: '' });
      expect(result.runs.map(({ kills }) => kills)).toEqual([6, 0, 0]);
      for (const { expected } of result.runs) expect(expected).toBeGreaterThan(1_000);
    },
    TIMEOUT,
  );
});
