import { expect, it } from '@jest/globals';
import { runChaos, withParts } from './testing.ts';

const TIMEOUT = 900_000;
const SEED = 1;

/** Each fault once, by seed 1; `npm run chaos` does it longer, with other seeds. */
withParts('services that die, come, go and stand still', () => {
  it(
    'lose nothing and double nothing, and refuse the late writes of who stood still',
    async () => {
      const result = await runChaos(['kill', 'members', 'pause', 'redrive', 'outage'], SEED);
      expect({ ...result, runs: [], told: result.ok ? '' : result.told }).toMatchObject({ ok: true, told: '' });
      const of = (name: string) => result.runs.find(({ fault }) => fault === name);
      expect(of('kill')?.kills).toBe(20);
      expect(of('kill')?.expected).toBeGreaterThan(1_000);
      expect(of('pause')?.notes.join()).toMatch(/[1-9]\d* tasks refused as fenced/);
    },
    TIMEOUT,
  );

  it(
    'would be told of a change that is doubled and a state that is gone',
    async () => {
      const { ok, doubled, missing, runs } = await runChaos(['tampered'], SEED);
      expect({ ok, missing }).toEqual({ ok: false, missing: 0 });
      expect(doubled).toBeGreaterThan(0);
      expect(runs[0]?.redisFaults).toBeGreaterThan(0);
      expect(runs[0]?.sequenceFaults).toBe(1);
      expect(runs[0]?.examples.join()).toMatch(/verify, segmenter: doubled/);
    },
    TIMEOUT,
  );
});
