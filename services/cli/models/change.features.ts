import { randomUUID } from 'node:crypto';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { loadModel, previewSwitch, type SegmentChange, tally } from '@detent/core';
import { type RunningService, startService } from '@detent/pipeline';
import { sha256Of } from '@detent/segmenter';
import { eventually } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { allServices, loadModelByName } from '../composition.ts';
import { readHistory } from '../history/observations.ts';
import { readTopics } from '../report/digest.ts';
import { drain } from '../run/drain.ts';
import { feed } from '../run/feed.ts';
import { compareStands } from '../shadow/compare-stands.ts';
import { shadowPrefix, startShadow } from '../shadow/run-shadow.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { verify } from '../verify/verify.ts';
import { readSwitches, seedDifference, standing } from './history.ts';
import { readProgress } from './progress.ts';
import { promote } from './promote.ts';
import { readRegister } from './register.ts';

const TIMEOUT = 240_000;

/** A profile to run on. */
export interface ChangeFixture {
  environment: Readonly<Record<string, string>>;
  partitions: number;
  settleMs: number;
}

/** The life of a model on a whole system: previewed, promoted, verified, rolled back. */
export function changeFeatures(name: string, { environment, partitions, settleMs }: ChangeFixture): void {
  describe(`a change of the model: ${name}`, () => {
    const config = readConfig({
      environment: {
        ...environment,
        DETENT_PARTITIONS: String(partitions),
        DETENT_TOPIC_PREFIX: `change-${randomUUID().slice(0, 8)}.`,
        DETENT_TIME: 'stream',
        DETENT_ACTIONS: 'live',
      },
    });
    const { text } = loadModelByName(config.model);
    const edited = text
      .replace(/^version: 1$/m, 'version: 2')
      .replace('fragility >= 0.6 ||', 'fragility >= 0.4 ||')
      .replace('lateRatio >= 0.2 ||', 'lateRatio >= 0.12 ||')
      .replace('lifetimeValue >= 2500', 'lifetimeValue >= 5000')
      .replace('do: { priority: 95 }', 'do: { priority: 96 }');
    const events = [...simulateEvents({ seed: 4, days: 1, scale: 0.1 }).events].slice(0, 2500);
    const half = 2000;

    async function withServices(work: (runtime: Runtime) => Promise<void>): Promise<void> {
      const runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
      const services: RunningService[] = [];
      try {
        const definitions = allServices(config);
        await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
        for (const { make } of definitions) services.push(await startService(make, runtime.env()));
        await work(runtime);
        await drain(services, { settleMs });
      } finally {
        await Promise.all(services.map((service) => service.stop()));
        await runtime.close();
      }
    }
    async function reading<T>(work: (runtime: Runtime) => Promise<T>, under = config): Promise<T> {
      const runtime = await openRuntime(under, { logger: createLogger('silent'), write: false });
      try {
        return await work(runtime);
      } finally {
        await runtime.close();
      }
    }
    const changes = () =>
      reading(async (runtime) => {
        const found: SegmentChange[] = [];
        for await (const { value } of readTopics(runtime, (topic) => topic.startsWith('segments.')))
          found.push(value as SegmentChange);
        return found;
      });
    const switchTo = (runtime: Runtime, yaml: string, more: { rollbackOf?: string; entriesPerMinute?: number } = {}) =>
      promote(runtime, {
        ...{ yaml, file: 'edited.yaml', sha256: sha256Of(yaml), by: 'ann', approver: 'bob', reason: 'a test' },
        ...{ entriesPerMinute: more.entriesPerMinute ?? 1_000_000, effectiveAt: undefined },
        ...{ rollbackOf: more.rollbackOf ?? null, seed: { yaml: text, sha256: sha256Of(text) } },
      });
    const move = ({ entityType, entityId, dimension, from, to }: SegmentChange) =>
      `${entityType} ${entityId} ${dimension}: ${from} → ${to}`;

    it(
      'is previewed member for member, swept to the end, taken back, and as it must be throughout',
      async () => {
        await withServices(async (runtime) => void (await feed(runtime, events.slice(0, half), { source: '/test' })));
        const before = await changes();
        const history = [];
        for await (const each of readHistory('log', config)) history.push(each);
        const preview = previewSwitch(tally(loadModel(text, 'old'), history).rehearsal, loadModel(edited, 'new'));
        expect(preview.changes.length).toBeGreaterThan(5);

        // Written while nothing runs, and while everything does.
        await reading((runtime) => switchTo(runtime, edited));
        await withServices(async () => {});
        const after = await changes();
        const caused = after.filter(({ changeId }) => !before.some((each) => each.changeId === changeId));
        const byEdit = caused.filter(
          ({ modelVersion, origin }) => modelVersion === 'fulfilment@2' && origin !== 'timer',
        );
        expect(byEdit.map(move).sort()).toEqual(preview.changes.map(move).sort());
        expect(new Set(byEdit.map(({ origin }) => origin))).toContain('edit');
        await withServices(async (runtime) => {
          await feed(runtime, events.slice(half), { source: '/test' });
          await switchTo(runtime, text, { rollbackOf: '2' });
        });

        const candidate = loadModelByName(config.model);
        const shadow = { ...config, topicPrefix: shadowPrefix(config, 'candidate') };
        await reading(async (runtime) => {
          const service = await startShadow(runtime, config.topicPrefix, candidate);
          await drain([service], { settleMs });
          await service.stop();
          // The same model from the same observations: only evidence that the edits had thrown away may differ.
          const report = await compareStands(runtime, config.topicPrefix, shadow.topicPrefix, ['order', 'sku', 'lot']);
          expect(report.dimensions['order.handling']!.same).toBeGreaterThan(10);
          expect(report.elsewhere).toEqual([]);
          await runtime.reset();
          // A broker deletes in its own time.
          const left = async () =>
            [...(await runtime.log.topics()).keys()].filter((topic) => topic.startsWith(shadow.topicPrefix));
          await eventually(async () => (await left()).length === 0, 30_000);
          expect(await runtime.log.committed('segmenter')).toEqual(new Map());
        }, shadow);

        await reading(async (runtime) => {
          const switches = await readSwitches(runtime);
          expect(switches.map(({ version, rollbackOf }) => [version, rollbackOf])).toEqual([
            ['2', null],
            ['1', '2'],
          ]);
          expect(standing(switches).map(({ version }) => version)).toEqual(['1']);
          expect((await readRegister(runtime)).map(({ version, stage }) => [version, stage]).sort()).toEqual([
            ['1', 'live'],
            ['2', 'retired'],
          ]);
          const progress = await readProgress(runtime);
          expect(progress.map(({ task, left, version, promoted }) => [task, left, version, promoted])).toEqual(
            Array.from({ length: partitions }, (_, task) => [task, 0, '1', true]),
          );
          expect(await seedDifference(runtime)).toBeUndefined();
          const report = await verify(runtime, allServices(config));
          expect([report.findings, report.ok, report.complete]).toEqual([[], true, true]);
          await expect(switchTo(runtime, text)).rejects.toThrow('in force already');
          await expect(switchTo(runtime, `${edited}\n# once more`)).rejects.toThrow('raise "version"');
        });
      },
      TIMEOUT,
    );

    it(
      'comes to what the preview says while events keep coming, and goes back while they do',
      async () => {
        const third = text
          .replace('version: 1', 'version: 3')
          .replace('fragileUnits >= 1, sop', 'fragileUnits >= 3, sop')
          .replace('lifetimeValue >= 2500', 'lifetimeValue >= 4000');
        const before = await changes();
        const load = [...simulateEvents({ seed: 4, days: 2, scale: 0.1 }).events].slice(2500, 4300);
        await withServices(async (runtime) => {
          const switched: Promise<unknown>[] = [];
          for (let from = 0; from < load.length; from += 100) {
            // Nobody waits for the switch: what is fed after it is begun may lie before or behind it.
            if (from === 600) switched.push(switchTo(runtime, third));
            if (from === 1200) {
              await Promise.all(switched);
              // A second switch would replace what is left of the first one's sweep.
              const swept = async () =>
                (await readProgress(runtime)).every(({ version, left }) => version === '3' && left === 0);
              await eventually(swept, 60_000);
              switched.push(switchTo(runtime, text, { rollbackOf: '3' }));
            }
            await feed(runtime, load.slice(from, from + 100), { source: '/test' });
          }
          await Promise.all(switched);
        });
        const fresh = (await changes()).filter(({ changeId }) => !before.some((each) => each.changeId === changeId));
        const caused = fresh.filter(({ origin }) => origin === 'edit');
        const switches = (await reading((runtime) => readSwitches(runtime))).slice(-2);
        expect(switches.map(({ version, rollbackOf }) => [version, rollbackOf])).toEqual([
          ['3', null],
          ['1', '3'],
        ]);
        const history = [];
        for await (const each of readHistory('log', config)) history.push(each);
        const { rehearsal } = tally(
          loadModel(text, 'old'),
          history.filter(({ observedAt }) => observedAt < switches[0]!.effectiveAt),
        );
        const preview = previewSwitch(rehearsal, loadModel(third, 'third')).changes;
        expect(preview.length).toBeGreaterThan(5);
        const forwards = caused.filter(({ modelVersion }) => modelVersion === 'fulfilment@3');
        // What was told of an entity before the switch may reach it behind it, by way of another task: then it was never
        // published where the preview sees it, and is where the preview sends it all the same.
        const last = ({ entityType, entityId, dimension }: SegmentChange, of: (change: SegmentChange) => boolean) =>
          [...before, ...fresh].findLast(
            (each) =>
              each.entityType === entityType && each.entityId === entityId && each.dimension === dimension && of(each),
          )?.to;
        const byThird = ({ modelVersion }: SegmentChange) => modelVersion === 'fulfilment@3';
        const placeBefore = (each: SegmentChange) =>
          last(each, (change) => !byThird(change) && change.occurredAt < switches[0]!.effectiveAt);
        const stood = preview.filter((each) => placeBefore(each) === each.from);
        const came = preview.filter((each) => placeBefore(each) !== each.from);
        expect(stood.length).toBeGreaterThan(5);
        expect(forwards.map(move).sort()).toEqual(stood.map(move).sort());
        expect(came.map((each) => last(each, byThird) ?? placeBefore(each))).toEqual(came.map(({ to }) => to));
        // Whoever had moved and is still there is back where the first version puts it.
        expect(caused.length).toBeGreaterThan(forwards.length);
        await reading(async (runtime) => {
          const report = await verify(runtime, allServices(config));
          expect([report.findings, report.ok]).toEqual([[], true]);
        });
      },
      TIMEOUT,
    );
  });
}
