import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Summary } from '../report/summary.ts';
import { detent, startDetent } from './detent.ts';

const TIMEOUT = 120_000;
const fresh = () => ({ DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-e2e-')), DETENT_HTTP_PORT: '0' });
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, n) => total + n, 0);

async function summary(environment: Record<string, string>, scale: string): Promise<Summary> {
  const { code, stdout, stderr } = await detent(['up', '--exit', '--json', '--scale', scale], environment);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Summary;
}

describe('detent up', () => {
  it(
    'takes a simulated day from events to actions, and goes on with the next day after a restart',
    async () => {
      const environment = fresh();
      const first = await summary(environment, '1');
      const silent = Object.keys(first.events).filter((topic) => first.events[topic] === 0);
      expect(silent).toEqual([]);
      // The floor answers, and not everything as it was told.
      expect(first.statuses['rejected']).toBeGreaterThan(0);
      expect(first.statuses['failed']).toBeGreaterThan(0);
      expect(first.statuses['done']).toBeGreaterThan(10 * (first.statuses['failed']! + first.statuses['rejected']!));
      expect(sum(first.deadLetters)).toBeGreaterThan(0);
      expect(sum(first.deadLetters)).toBeLessThan(sum(first.events) / 50);
      expect(sum(first.transitions)).toBeGreaterThan(0);
      expect(sum(first.heldFlips)).toBeGreaterThan(0);
      expect(first.examples).toHaveLength(3);
      for (const service of ['picking', 'routing', 'storage'])
        expect(sum(first.actions[service] ?? {})).toBeGreaterThan(0);
      expect(first.actionExamples).toHaveLength(3);
      // Lots come in every day, and some become short.
      expect(Object.keys(first.actions['storage']!)).toEqual(expect.arrayContaining(['putaway', 'sell-first']));
      // Bulky orders of a lane go with the freight of the day together.
      expect(first.actions['routing']!['consolidate']).toBeGreaterThan(0);
      for (const dimension of ['handling', 'climate', 'transport', 'urgency', 'care'])
        expect(first.segments['order']?.[dimension]).toBeDefined();
      const second = await summary(environment, '1');
      expect(sum(second.events)).toBeGreaterThan(sum(first.events) * 1.3);
      // A re-slot costs half a day, so that a stock is moved by more than one day's picks.
      expect(second.actions['storage']!['move']).toBeGreaterThan(0);
      expect(second.entities['sku']).toBe(first.entities['sku']);
      expect(sum(second.actions['picking'] ?? {})).toBeGreaterThan(sum(first.actions['picking'] ?? {}));
    },
    TIMEOUT,
  );

  it(
    'comes to the same changes after a kill in the middle as without one',
    async () => {
      const whole = fresh();
      await summary(whole, '0.3');
      const broken = fresh();
      const running = startDetent(['up', '--scale', '0.3'], broken);
      await running.says('events sent');
      await new Promise((resolve) => setTimeout(resolve, 300));
      running.kill('SIGKILL');
      await running.ended;
      await summary(broken, '0.3');
      const digests = await Promise.all(
        [whole, broken].map((environment) => detent(['changes', 'digest', '--json'], environment)),
      );
      const [expected, actual] = digests.map(({ stdout }) => JSON.parse(stdout) as { digest: string; changes: number });
      expect(expected?.changes).toBeGreaterThan(100);
      expect(actual).toEqual(expected);
    },
    TIMEOUT,
  );

  it(
    'holds an entity where a person has pinned it, and refuses a pin that cannot be',
    async () => {
      const world = fresh();
      await summary(world, '0.1');
      const sku = 'sku-00001';
      const pin = (segment: string) =>
        detent(
          [
            'pin',
            'sku',
            sku,
            '--dimension',
            'packaging',
            '--segment',
            segment,
            '--until',
            '2026-12-01T00:00:00Z',
          ].concat(['--by', 'u1', '--reason', 'broken glass', '--at', '2026-03-03T12:00:00Z', '--json']),
          world,
        );
      const wrong = await pin('reinforcd');
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('plain')]);
      expect(JSON.parse((await pin('reinforced')).stdout)).toMatchObject({ entityId: sku, segment: 'reinforced' });
      const { transitions } = await summary(world, '0.1');
      expect(transitions['sku.packaging']).toBeGreaterThan(0);
      const { stdout } = await detent(['state', 'verify', '--json'], world);
      expect(JSON.parse(stdout)).toMatchObject({ missing: 0 });
    },
    TIMEOUT,
  );

  it(
    'stays up with its endpoints until it is stopped, then ends cleanly',
    async () => {
      const running = startDetent(['up', '--scale', '0.1', '--model', 'starter-damage'], fresh());
      await running.says('detent is up: http://');
      running.kill('SIGTERM');
      const { code, stdout } = await running.ended;
      expect(code).toBe(0);
      expect(stdout).toContain('Transitions');
    },
    TIMEOUT,
  );
});

describe('what stands in the way of a start', () => {
  it('names a taken port', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const { code, stderr } = await detent(['up', '--exit'], { ...fresh(), DETENT_HTTP_PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}: another process has it`);
  });

  it.each([
    [['up', '--model', 'fulfilmnt'], {}, 'there is no model "fulfilmnt"'],
    [['up'], { DETENT_PROFIL: 'cluster' }, 'DETENT_PROFIL is not a setting: did you mean DETENT_PROFILE?'],
    [['run', 'sorting'], {}, 'there is no service "sorting"'],
    [['replay', 'online-retail', '/nowhere/orders.csv.gz'], {}, '/nowhere/orders.csv.gz'],
    [['replay', 'onlin-retail', 'x.csv'], {}, 'online-retail'],
    [['reset'], {}, '--yes'],
  ])('refuses %j %j and says why', async (args, environment, message) => {
    const { code, stderr } = await detent(args, { ...fresh(), ...environment });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it(
    'says which address of the cluster does not answer',
    async () => {
      const nowhere = {
        DETENT_PROFILE: 'cluster',
        DETENT_KAFKA_BROKERS: '127.0.0.1:1',
        DETENT_REDIS_URL: 'redis://127.0.0.1:1',
        DETENT_HTTP_PORT: '0',
      };
      const { code, stderr } = await detent(['run', 'ingest'], nowhere);
      expect(code).toBe(1);
      expect(stderr).toContain('127.0.0.1:1');
    },
    TIMEOUT,
  );
});
