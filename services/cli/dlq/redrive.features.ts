import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { deadLetterHeader, type LogRecord, type OutRecord, REDRIVEN_HEADER, startService } from '@detent/pipeline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceByName } from '../composition.ts';
import { drain, settleMs } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { detent, startDetent } from '../test/detent.ts';
import { letters } from './letters.ts';
import { type RedriveOptions, type RedriveResult, redrive } from './redrive.ts';

const TIMEOUT = 180_000;
const DAY_MS = 86_400_000;
const EVENTS = 60;
const MANY = 2500;

/** What `dlq redrive` must do on every profile. `environment` names an empty place of its own. */
export function redriveFeatures(name: string, environment: () => Record<string, string>): void {
  describe(`dlq redrive: ${name}`, () => {
    const settings = environment();
    const config = readConfig({ environment: settings });
    const source = `${config.topicPrefix}sensors.v1`;
    const start = Date.UTC(2026, 2, 2);
    let runtime: Runtime;
    let now = start - 3 * DAY_MS;

    const open = async () => {
      runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
    };
    beforeAll(open, TIMEOUT);
    afterAll(async () => {
      await runtime.reset();
      await runtime.close();
    }, TIMEOUT);

    const run = (selection: RedriveOptions['selection'], more: Partial<RedriveOptions> = {}): Promise<RedriveResult> =>
      redrive(runtime, { selection, dryRun: false, again: false, ...more });
    async function contents(topic: string): Promise<LogRecord[]> {
      const found: LogRecord[] = [];
      for await (const page of runtime.log.read(topic)) found.push(...page);
      return found;
    }
    /** Runs ingest until it has nothing left. Returns how many events it took as new and as repeats. */
    async function ingest(): Promise<{ ok: number; duplicate: number }> {
      const { make, topics } = serviceByName('ingest', config);
      await runtime.ensureTopics(topics);
      const before = await taken();
      const service = await startService(make, runtime.env({ clock: { now: () => now }, time: 'wall' }));
      await drain([service], { settleMs: settleMs(config.profile) });
      await service.stop();
      const after = await taken();
      return { ok: after.ok - before.ok, duplicate: after.duplicate - before.duplicate };
    }
    async function taken(): Promise<{ ok: number; duplicate: number }> {
      const counts = { ok: 0, duplicate: 0 };
      for (const { labels, value } of await runtime.metrics.series('detent_ingest_records_total'))
        counts[labels['result'] as 'ok'] += value;
      return counts;
    }
    const told = ({ partition, key, value, headers }: LogRecord, without: string[] = []) => ({
      partition,
      key: String(key),
      value: value?.toString('base64'),
      headers: Object.entries(headers)
        .filter(([header]) => !without.includes(header))
        .map(([header, bytes]) => `${header}=${bytes}`)
        .sort(),
    });

    it(
      'puts records through once, after their cause is mended, bytes and headers unchanged',
      async () => {
        const events = [...simulateEvents({ scale: 0.1, defects: 0 }).events]
          .filter(({ topic }) => topic === 'sensors.v1')
          .slice(0, EVENTS);
        await feed(runtime, events, { source: '/test' });
        // A clock that is days behind: every event lies in its future.
        expect(await ingest()).toEqual({ ok: 0, duplicate: 0 });
        const originals = await contents(source);
        expect(originals).toHaveLength(EVENTS);

        expect(await run({ code: 'TRUNCATED' })).toMatchObject({ redriven: 0 });
        expect(await run({ code: 'FUTURE_TIME' }, { dryRun: true })).toMatchObject({
          redriven: EVENTS,
          byTopic: { [source]: EVENTS },
        });
        expect(await contents(source)).toHaveLength(EVENTS);

        now = start + DAY_MS;
        let first = '';
        for await (const { id } of letters(runtime)) first ||= id;
        expect(await run({ id: first })).toMatchObject({ redriven: 1, already: 0 });
        expect(await run({ topic: 'sensors.v1', service: 'ingest' })).toMatchObject({
          redriven: EVENTS - 1,
          already: 1,
        });
        const all = await contents(source);
        const redriven = all.filter(({ headers }) => headers[REDRIVEN_HEADER] !== undefined);
        const byValue = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
        expect(redriven.map((record) => told(record, [REDRIVEN_HEADER])).sort(byValue)).toEqual(
          originals.map((record) => told(record)).sort(byValue),
        );

        expect(await ingest()).toEqual({ ok: EVENTS, duplicate: 0 });
        expect(await run({})).toMatchObject({ redriven: 0, already: EVENTS });
        expect(await ingest()).toEqual({ ok: 0, duplicate: 0 });
        const { stdout } = await detentBeside(['dlq', 'list', '--json']);
        expect(JSON.parse(stdout)).toMatchObject({
          groups: [{ code: 'FUTURE_TIME', count: EVENTS, redriven: EVENTS, cameBack: 0 }],
        });
      },
      TIMEOUT,
    );

    it(
      'does not send round again what comes back, unless it is told to',
      async () => {
        const at = now + 10 * DAY_MS;
        const [event] = [...simulateEvents({ scale: 0.1, defects: 0, seed: 9, start: at }).events].filter(
          ({ topic }) => topic === 'sensors.v1',
        );
        await feed(runtime, [event!], { source: '/test' });
        await ingest();
        expect(await run({ code: 'FUTURE_TIME' })).toMatchObject({ redriven: 1 });
        await ingest();
        expect(await run({ code: 'FUTURE_TIME' })).toMatchObject({ redriven: 0, cameBack: 1 });
        now = at;
        expect(await run({ code: 'FUTURE_TIME' }, { again: true })).toMatchObject({ redriven: 1, cameBack: 0 });
        expect((await ingest()).ok).toBe(1);
      },
      TIMEOUT,
    );

    it(
      'puts nothing through twice and leaves nothing out when it is killed half way and given again',
      async () => {
        const old = await contents(source);
        await runtime.log.append(Array.from({ length: MANY }, (_, i) => fabricated(source, i)));
        const wait = await waitingRun();
        const { stdout } = await detentBeside(['dlq', 'redrive', '--code', 'MADE_UP', '--json']);
        const { redriven, already } = JSON.parse(stdout) as RedriveResult;
        expect(redriven + already).toBe(MANY);
        expect(already).toBeGreaterThan(0);
        if (wait.killed) expect(redriven).toBeGreaterThan(0);
        const put = (await contents(source)).slice(0).filter(({ key }) => String(key).startsWith('made-up'));
        expect(put).toHaveLength(MANY);
        expect(new Set(put.map(({ key }) => String(key))).size).toBe(MANY);
        expect(await contents(source)).toHaveLength(old.length + MANY);
      },
      TIMEOUT,
    );

    /** One process at a time may have the embedded file: ours lets it go meanwhile. */
    async function detentBeside(args: readonly string[]): Promise<{ stdout: string }> {
      await runtime.close();
      const ended = await detent(args, settings);
      await open();
      if (ended.code !== 0) throw new Error(ended.stderr);
      return ended;
    }

    /** Kills the command as soon as it has put back some. */
    async function waitingRun(): Promise<{ killed: boolean }> {
      await runtime.close();
      const running = startDetent(['dlq', 'redrive', '--code', 'MADE_UP'], settings);
      await running.says('dead letters put back');
      running.kill('SIGKILL');
      const { code } = await running.ended;
      await open();
      return { killed: code === null };
    }
  });
}

function fabricated(source: string, i: number): OutRecord {
  return {
    topic: source.replace('sensors.v1', 'dlq.v1'),
    partition: 0,
    key: Buffer.from(`made-up-${i}`),
    value: Buffer.alloc(1000, i),
    timestamp: Date.now(),
    headers: {
      [deadLetterHeader.code]: 'MADE_UP',
      [deadLetterHeader.service]: 'ingest',
      [deadLetterHeader.topic]: source,
      [deadLetterHeader.partition]: '0',
      [deadLetterHeader.offset]: String(i),
    },
  };
}
