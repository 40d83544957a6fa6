import { expect, it } from '@jest/globals';
import { runChaos, withParts } from './testing.ts';

const TIMEOUT = 900_000;
const SEED = 1;

/** Each fault once, by seed 1; `npm run chaos` does it longer, with other seeds. All on one broker, which is started once. */
withParts('services that die, come, go and stand still', () => {
  it(
    'lose nothing and double nothing, refuse the late writes of who stood still, and what was tampered with is found out',
    async () => {
      const inTurn = 'kill+members+pause+redrive';
      const { runs, broken, told } = await runChaos([inTurn, 'outage', 'tampered'], SEED);
      const tampered = runs.find(({ fault }) => fault === 'tampered');
      const struck = runs.filter((run) => run !== tampered);
      const ok = broken.length === 0 && struck.every((run) => run.ok);
      expect({ ok, told: ok ? '' : told }).toEqual({ ok: true, told: '' });
      expect(struck.map(({ fault }) => fault)).toEqual([inTurn, 'outage']);
      expect(struck[0]?.kills).toBe(20);
      expect(struck[0]?.expected).toBeGreaterThan(1_000);
      expect(struck[0]?.notes.join()).not.toContain('verify skipped');
      expect(struck[0]?.notes.join()).toMatch(/pause: .*[1-9]\d* tasks refused as fenced/);

      expect(tampered).toMatchObject({ ok: false, missing: 0, sequenceFaults: 1 });
      expect(tampered?.doubled).toBeGreaterThan(0);
      expect(tampered?.redisFaults).toBeGreaterThan(0);
      expect(tampered?.examples.join()).toMatch(/verify, segmenter: doubled/);
    },
    TIMEOUT,
  );
});
