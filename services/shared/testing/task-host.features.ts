import type { CommitBatch, LogRecord, OutRecord, RunningHost, TaskHostSpec, TaskSession } from '@detent/pipeline';
import { JOURNAL_HEADER } from '@detent/pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kept } from './kept.ts';
import { state, type TaskHostFixture } from './task-host-fixture.ts';

const none: CommitBatch = { outputs: [], states: [], positions: [] };
const text = (values: (Buffer | null)[]) => values.map((value) => value?.toString() ?? null);
const textOf = (record: LogRecord) => record.value?.toString();

/** What every `TaskHost` must do. */
export function taskHostFeatures(name: string, make: () => Promise<TaskHostFixture>): void {
  describe(`task host: ${name}`, () => {
    let fixture: TaskHostFixture;
    let hosts: RunningHost[];
    let source: string;
    let other: string;
    let output: string;
    let spec: TaskHostSpec;

    beforeEach(async () => {
      fixture = await make();
      hosts = [];
      [source, other, output] = ['source.v1', 'other.v1', 'output.v1'].map((topic) => fixture.prefix + topic) as [
        string,
        string,
        string,
      ];
      spec = { service: 'worker', sources: [source], partitioning: 'per-partition' };
      await topics(2);
    });

    afterEach(async () => {
      for (const host of hosts) await host.stop();
      await fixture.close();
    });

    const topics = (partitions: number, ...names: string[]) =>
      fixture.log.ensureTopics(
        (names.length > 0 ? names : [source, other, output]).map((topic) => ({ topic, partitions, config: kept })),
      );

    const record = (topic: string, value: string, more: Partial<OutRecord> = {}): OutRecord => ({
      topic,
      partition: 0,
      key: Buffer.from('key'),
      value: Buffer.from(value),
      timestamp: 1_700_000_000_000,
      ...more,
    });
    const records = (topic: string, from: number, to: number, partition = 0) =>
      Array.from({ length: to - from }, (_, i) => record(topic, String(from + i), { partition }));

    async function start(run: (session: TaskSession) => Promise<void>, of: TaskHostSpec = spec): Promise<RunningHost> {
      const host = await fixture.host.start(of, run);
      hosts.push(host);
      return host;
    }

    /** Runs until `until` says that it has what it wants, then stops. */
    async function session<T>(
      use: (session: TaskSession) => Promise<T>,
      task = 0,
      of: TaskHostSpec = spec,
    ): Promise<T> {
      let host: RunningHost | undefined;
      try {
        return await new Promise<T>((resolve, reject) => {
          fixture.host
            .start(of, async (session) => {
              if (session.task === task) await use(session).then(resolve, reject);
              await idle(session);
            })
            .then((started) => {
              host = started;
            }, reject);
        });
      } finally {
        while (host === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
        await host.stop();
      }
    }

    async function idle(session: TaskSession): Promise<void> {
      while (!session.signal.aborted) await session.wait(50);
    }

    async function taken(session: TaskSession, count: number): Promise<LogRecord[]> {
      const found: LogRecord[] = [];
      while (found.length < count && !session.signal.aborted) {
        for (const input of session.inputs) for (let next = input.shift(); next; next = input.shift()) found.push(next);
        if (found.length < count) await session.wait(100);
      }
      return found;
    }

    const positions = (session: TaskSession) =>
      session.inputs.map(({ topic, partition, position }) => ({ topic, partition, next: position }));

    async function contents(topic: string): Promise<LogRecord[]> {
      const found: LogRecord[] = [];
      for await (const page of fixture.log.read(topic)) found.push(...page);
      return found;
    }

    /** Until a check holds: what one process commits, another sees a little later. */
    async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
      const deadline = performance.now() + 10_000;
      for (;;) {
        const value = await read();
        if (holds(value) || performance.now() > deadline) return value;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    it('hands over every record in the order of its partition, with all that it carries', async () => {
      const headers = { ce_id: 'e1', 'detent.x': Buffer.from([0, 255]) };
      await fixture.log.append([
        record(source, 'first', { headers }),
        ...records(source, 0, 500),
        record(source, 'last', { key: null, value: null }),
      ]);
      const found = await session((session) => taken(session, 502));
      expect(found.map(({ offset }) => offset)).toEqual(Array.from({ length: 502 }, (_, i) => i));
      expect(found.slice(1, 501).map(textOf)).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
      expect(found[0]).toMatchObject({ topic: source, partition: 0, timestamp: 1_700_000_000_000 });
      expect(found[0]!.key?.toString()).toBe('key');
      expect(found[0]!.headers['ce_id']?.toString()).toBe('e1');
      expect([...found[0]!.headers['detent.x']!]).toEqual([0, 255]);
      expect(found[501]).toMatchObject({ key: null, value: null });
    });

    it('relieves another service where that one had got to, and lets it go no further', async () => {
      await fixture.log.append(records(source, 0, 10));
      await fixture.log.append(records(other, 0, 10));
      const both = { ...spec, service: 'both', sources: [source, other], relieves: 'worker' };
      await session(async () => {});
      const former = await fixture.takeOver(spec, 0);
      await former.commit({ ...none, positions: [{ topic: source, partition: 0, next: 6 }] });
      const found = await session((session) => taken(session, 14), 0, both);
      expect(found.filter(({ topic }) => topic === source).map(textOf)).toEqual(['6', '7', '8', '9']);
      expect(found.filter(({ topic }) => topic === other)).toHaveLength(10);
      await expect(
        former.commit({
          outputs: [record(output, 'too late')],
          states: [],
          positions: [{ topic: source, partition: 0, next: 8 }],
        }),
      ).rejects.toThrow();
      expect(await contents(output)).toEqual([]);
    });

    it('relieves nobody who has got no further, and goes on from its own last commit', async () => {
      await fixture.log.append(records(source, 0, 10));
      const relieving = { ...spec, service: 'both', relieves: 'worker' };
      await session(async () => {});
      const former = await fixture.takeOver(spec, 0);
      await former.commit({ ...none, positions: [{ topic: source, partition: 0, next: 3 }] });
      await session(
        (session) => session.commit({ ...none, positions: [{ topic: source, partition: 0, next: 7 }] }),
        0,
        relieving,
      );
      const again = await fixture.takeOver(spec, 0);
      expect((await session((session) => taken(session, 3), 0, relieving)).map(textOf)).toEqual(['7', '8', '9']);
      await again.commit({ ...none, positions: [{ topic: source, partition: 0, next: 5 }] });
    });

    it('goes on after the last commit, and hands over again what was taken but not committed', async () => {
      await fixture.log.append(records(source, 0, 10));
      await session(async (session) => {
        await taken(session, 10);
        await session.commit({ ...none, positions: [{ topic: source, partition: 0, next: 4 }] });
      });
      const found = await session((session) => taken(session, 6));
      expect(found.map(textOf)).toEqual(['4', '5', '6', '7', '8', '9']);
      const committed = await fixture.log.committed('worker');
      expect(committed.get(source)?.get(0)).toBe(4);
    });

    it('commits outputs, states and positions together', async () => {
      await fixture.log.append(records(source, 0, 3));
      await session(async (session) => {
        await taken(session, 3);
        await session.commit({
          outputs: [record(output, 'out')],
          states: [state('order:1', 'one'), state('order:2', 'two')],
          positions: positions(session),
        });
        expect(text(await session.load(['order:2', 'order:none', 'order:1']))).toEqual(['two', null, 'one']);
      });
      expect((await contents(output)).map(textOf)).toEqual(['out']);
      await session(async (session) => {
        expect(session.inputs[0]!.position).toBeGreaterThanOrEqual(3);
        expect(text(await session.load(['order:1', 'order:2']))).toEqual(['one', 'two']);
      });
    });

    it('keeps the journal of every commit that leaves something, in order, each on one record of the changelog', async () => {
      const journal = (text: string) => ({ journal: Buffer.from(text) });
      await session(async (session) => {
        await session.commit({ ...none, states: [state('a', '1'), state('b', '2')], ...journal('states') });
        await session.commit({ ...none, outputs: [record(output, 'x')], ...journal('output') });
        await session.commit({ ...none, states: [state('a', null)], ...journal('delete') });
        expect(text(await session.load(['a', 'b']))).toEqual([null, '2']);
      }, 1);
      const changelog = `${fixture.prefix}state.worker.v1`;
      const records = await eventually(
        () => contents(changelog),
        ({ length }) => length >= 3,
      );
      expect(records.map(({ headers }) => headers[JOURNAL_HEADER]?.toString())).toEqual(['states', 'output', 'delete']);
      expect(new Set(records.map(({ partition }) => partition))).toEqual(new Set([1]));
    });

    it('leaves nothing of a run that fails before its commit, and takes the task anew', async () => {
      await fixture.log.append(records(source, 0, 2));
      let runs = 0;
      const second = new Promise<string[]>((resolve) => {
        void start(async (session) => {
          if (session.task !== 0) return idle(session);
          runs += 1;
          const found = await taken(session, 2);
          if (runs === 1) throw new Error('a fault in the processing');
          resolve(found.map((one) => String(textOf(one))));
          await idle(session);
        });
      });
      expect(await second).toEqual(['0', '1']);
      expect(runs).toBe(2);
      expect(await contents(output)).toEqual([]);
    });

    it('leaves nothing of a commit that cannot be made', async () => {
      await session(async (session) => {
        await session.commit({ ...none, states: [state('a', 'before')] });
        const refused = session.commit({
          outputs: [record(output, 'never'), record(`${fixture.prefix}missing.v1`, 'x')],
          states: [state('a', 'after')],
          positions: [],
        });
        await expect(refused).rejects.toThrow();
      });
      expect(await contents(output)).toEqual([]);
      await session(async (session) => expect(text(await session.load(['a']))).toEqual(['before']));
    });

    it('replaces, deletes and keeps binary states', async () => {
      const binary = Buffer.from([0, 1, 254, 255]);
      await session(async (session) => {
        await session.commit({
          ...none,
          states: [state('a', '1'), state('b', '1'), { ...state('c', ''), value: binary }],
        });
        await session.commit({ ...none, states: [state('a', '2'), state('b', null)] });
        expect(text(await session.load(['a', 'b']))).toEqual(['2', null]);
        expect([...(await session.load(['c']))[0]!]).toEqual([...binary]);
      });
    });

    it('keeps the states of tasks and services apart', async () => {
      await session((session) => session.commit({ ...none, states: [state('a', 'task 0')] }), 0);
      await session(async (session) => expect(await session.load(['a'])).toEqual([null]), 1);
      await session(async (session) => expect(await session.load(['a'])).toEqual([null]), 0, {
        ...spec,
        service: 'another',
      });
    });

    it('tells what is due, earliest first, no more than asked', async () => {
      await session(async (session) => {
        await session.commit({
          ...none,
          states: [state('c', 'x', 3000), state('a', 'x', 1000.5), state('b', 'x', 2000), state('never', 'x')],
        });
        expect((await session.due(2500, 10)).map(({ key }) => key)).toEqual(['a', 'b']);
        expect((await session.due(9999, 2)).map(({ key }) => key)).toEqual(['a', 'b']);
        expect(await session.due(2000, 10)).toContainEqual({ key: 'b', dueAt: 2000 });
        expect(await session.due(1000, 10)).toEqual([]);
        await session.commit({ ...none, states: [state('a', 'x'), state('b', null), state('c', 'x', 5000)] });
        expect(await session.due(9999, 10)).toEqual([{ key: 'c', dueAt: 5000 }]);
      });
      await session(async (session) => expect(await session.due(9999, 10)).toEqual([{ key: 'c', dueAt: 5000 }]));
    });

    it('scans every state once', async () => {
      const count = 2500;
      await session(async (session) => {
        await session.commit({ ...none, states: Array.from({ length: count }, (_, i) => state(`k:${i}`, String(i))) });
        await session.commit({ ...none, states: [state('k:7', null), state('k:8', 'eight')] });
        const found = new Map<string, string>();
        let pages = 0;
        for await (const page of session.scan()) {
          pages += page.length;
          for (const { key, value } of page) found.set(key, value.toString());
        }
        expect(pages).toBe(count - 1);
        expect([found.size, found.get('k:7'), found.get('k:8'), found.get('k:2499')]).toEqual([
          count - 1,
          undefined,
          'eight',
          '2499',
        ]);
      });
    });

    it('places outputs on the partition given, or by murmur2 of the key as Java does', async () => {
      await session((session) =>
        session.commit({
          ...none,
          outputs: [
            record(output, 'given', { partition: 1 }),
            record(output, 'by key', { partition: null, key: Buffer.from('foobar') }),
            record(output, 'tombstone', { partition: null, key: Buffer.from('21'), value: null }),
          ],
        }),
      );
      const found = await contents(output);
      const at = (partition: number) =>
        found.filter((one) => one.partition === partition).map((one) => one.key?.toString());
      // Java: murmur2("foobar") = -790332482, murmur2("21") = -973932308.
      expect(at(0)).toEqual(
        ['foobar', '21'].filter((key) => (({ foobar: -790332482, '21': -973932308 })[key]! & 0x7fffffff) % 2 === 0),
      );
      expect(found.find((one) => one.key?.toString() === '21')?.value).toBeNull();
      expect(at(1)).toContain('key');
      expect(found).toHaveLength(3);
    });

    it('knows whether it has caught up with what the log holds', async () => {
      await fixture.log.append(records(source, 0, 5));
      await session(async (session) => {
        const input = session.inputs[0]!;
        while (input.peek() === undefined) await session.wait(100);
        expect(input.caughtUp).toBe(false);
        await taken(session, 5);
        const caughtUp = await eventually(
          async () => input.caughtUp,
          (yes) => yes,
        );
        expect([caughtUp, input.end]).toEqual([true, 5]);
      });
    });

    it('catches up past the end of a transaction', async () => {
      await session((session) => session.commit({ ...none, outputs: [record(output, 'x')] }));
      const reader = { service: 'reader', sources: [output], partitioning: 'per-partition' as const };
      await session(
        async (session) => {
          await taken(session, 1);
          const started = performance.now();
          await eventually(
            async () => session.inputs[0]!.caughtUp,
            (yes) => yes,
          );
          expect(performance.now() - started).toBeLessThan(2000);
        },
        0,
        reader,
      );
    });

    it('wakes a waiting task when a record arrives', async () => {
      let woken = 0;
      await session(async (session) => {
        while (!session.inputs[0]!.caughtUp) await session.wait(50);
        await session.wait(1);
        const appended = new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
          fixture.log.append([record(source, 'late')]),
        );
        const started = performance.now();
        while (session.inputs[0]!.peek() === undefined) await session.wait(5000);
        woken = performance.now() - started;
        await appended;
      });
      expect(woken).toBeLessThan(3000);
    });

    it('joins the same partition of all sources in one task', async () => {
      const both = { ...spec, sources: [source, other] };
      await fixture.log.append([record(source, 's', { partition: 1 }), record(other, 'o', { partition: 1 })]);
      const found = await session((session) => taken(session, 2), 1, both);
      expect(found.map(textOf).sort()).toEqual(['o', 's']);
    });

    it('gives a single task every partition of every source', async () => {
      const single: TaskHostSpec = { service: 'single', sources: [source, other], partitioning: 'single' };
      await fixture.log.append(
        [0, 1].flatMap((partition) => [
          record(source, `s${partition}`, { partition }),
          record(other, `o${partition}`, { partition }),
        ]),
      );
      const found = await session((session) => taken(session, 4), 0, single);
      expect(found.map(textOf).sort()).toEqual(['o0', 'o1', 's0', 's1']);
    });

    it('refuses sources of unequal partition counts', async () => {
      const uneven = `${fixture.prefix}uneven.v1`;
      await topics(3, uneven);
      await expect(start(idle, { ...spec, sources: [source, uneven] })).rejects.toThrow(/partition/);
    });

    it('refuses the former owner once another has taken the task', async () => {
      const first = await new Promise<TaskSession>((resolve) => {
        void start(async (session) => {
          if (session.task === 0) resolve(session);
          await idle(session);
        });
      });
      await first.commit({ ...none, states: [state('a', 'first')] });
      const second = await fixture.takeOver(spec, 0);
      const late = first.commit({ outputs: [record(output, 'late')], states: [state('a', 'late')], positions: [] });
      await expect(late).rejects.toMatchObject({ code: 'DETENT_TASK_CLOSED' });
      expect(text(await second.load(['a']))).toEqual(['first']);
      await second.commit({ ...none, states: [state('a', 'second')] });
      expect(text(await second.load(['a']))).toEqual(['second']);
      expect(await contents(output)).toEqual([]);
    });

    it('ends sessions when stopped: the signal aborts, runs return first, nothing can be committed', async () => {
      let kept: TaskSession | undefined;
      let returned = false;
      let running: () => void = () => {};
      const ready = new Promise<void>((resolve) => {
        running = resolve;
      });
      const host = await start(async (session) => {
        if (session.task !== 0) return idle(session);
        kept = session;
        running();
        await idle(session);
        await new Promise((resolve) => setTimeout(resolve, 50));
        returned = true;
      });
      await ready;
      expect(host.tasks.has(0)).toBe(true);
      await host.stop();
      expect([returned, kept!.signal.aborted]).toEqual([true, true]);
      await expect(kept!.commit({ ...none, states: [state('a', 'late')] })).rejects.toMatchObject({
        code: 'DETENT_TASK_CLOSED',
      });
    });
  });
}
