import type { Action } from '@detent/schemas';
import { createEmbeddedWorld, eventually } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import type { Processor } from '../processor.ts';
import { changelogBatches, Recompute } from '../verify/index.ts';
import type { Decider, Effects, Fact } from './decider.ts';
import { createDecisionProcessor } from './decision-processor.ts';
import { actionStatusTopic, actionSwitchesTopic, type StatusNews } from './ledger/index.ts';
import { ModelInForce, modelSwitchesTopic } from './model-switch.ts';

/** Commands ten units of time after each fact, and counts in its state how often. */
class Reminder implements Decider {
  readonly #seen = new Map<string, { times: number }>();
  restore(key: string, value: object): void {
    this.#seen.set(key, value as { times: number });
  }
  decide({ key, at }: Fact, effects: Effects): void {
    const state = this.#seen.get(key) ?? { times: 0 };
    state.times += 1;
    this.#seen.set(key, state);
    // Rules may reckon with fractions of a millisecond.
    effects.save(key, state, at + 9.5);
  }
  due(key: string, at: number, effects: Effects): void {
    effects.act({
      type: 'remind',
      target: { entityType: 'order', entityId: key },
      siteId: null,
      cause: {
        ...{ entityType: 'order', entityId: key, dimension: 'd', segment: 's', epoch: 'e', sequence: 1 },
        ...{ changeId: 'c1', commands: true, text: 'why', byDefault: false },
      },
      n: this.#seen.get(key)!.times,
      because: 'time has come',
      details: {},
      alternatives: [],
      playbook: undefined,
      validUntil: at + 10_000_000.5,
    });
  }
}

/** A model whose text is the name of its only playbook. */
const read = (yaml: string) => {
  if (yaml === 'broken') throw new Error('it cannot be read');
  return { playbookFor: () => ({ name: yaml, sop: '', do: {} }), dimensionsOf: () => [yaml] };
};
const model = () => new ModelInForce(read('seed'), read);

const make = (actions: 'off' | 'dry-run', decider?: Decider) => () =>
  createDecisionProcessor({
    service: 'picking',
    sources: ['segments.order.v1'],
    output: 'out.v1',
    actions,
    decider: decider ?? new Reminder(),
    model: model(),
  });

async function world() {
  const created = await createEmbeddedWorld([
    'segments.order.v1',
    'out.v1',
    modelSwitchesTopic,
    actionStatusTopic,
    actionSwitchesTopic,
  ]);
  return {
    ...created,
    place: (key: string, at: number) =>
      created.produce(['segments.order.v1', key, 'detent.segments.SegmentChanged', { occurredAt: at }]),
    out: async () =>
      (await created.all('out.v1')).map(({ key, value, headers }) => ({
        key,
        value: value as Record<string, unknown>,
        headers,
      })),
  };
}

describe('a decision service in the task loop', () => {
  it('fires timers at their own instants, between the records of one batch', async () => {
    const w = await world();
    await w.place('a', 100);
    await w.place('b', 105);
    await w.place('a', 120);
    await w.place('b', 200);
    const service = await w.start(make('dry-run'));
    await eventually(async () => (await w.out()).length === 3);
    await service.stop();
    const out = await w.out();
    expect(out.map(({ key, value }) => [key, value['createdAt'], value['actionId']])).toEqual([
      ['a', 110, 'picking:order:a:c1:1'],
      ['b', 115, 'picking:order:b:c1:1'],
      ['a', 130, 'picking:order:a:c1:2'],
    ]);
    expect(out[0]).toMatchObject({
      value: { details: { mode: 'dry-run' } },
      headers: { ce_id: 'picking:order:a:c1:1' },
    });
  });

  it('fires a rush of timers in batches no larger than asked for, each timer once', async () => {
    const w = await world();
    for (let i = 0; i < 500; i += 1) await w.place(`k${i}`, 100);
    let fired = 0;
    const batches: number[] = [];
    class Counting extends Reminder {
      override due(key: string, at: number, effects: Effects): void {
        fired += 1;
        super.due(key, at, effects);
      }
    }
    const counting = () => {
      const processor = make('dry-run', new Counting())();
      return {
        ...processor,
        *onDue(...[due, until, context]: Parameters<typeof processor.onDue>) {
          const before = fired;
          yield* processor.onDue(due, until, context);
          batches.push(fired - before);
        },
      };
    };
    const service = await w.start(counting, { time: 'wall', maxDue: 50 });
    await eventually(async () => (await w.out()).length === 500 && service.idle());
    await service.stop();
    expect(batches).toEqual(Array.from({ length: 10 }, () => 50));
    expect(new Set((await w.out()).map(({ key }) => key)).size).toBe(500);
  });

  it('takes states and timers up again after a restart', async () => {
    const w = await world();
    await w.place('a', 100);
    const first = await w.start(make('dry-run'));
    await eventually(() => first.idle());
    await first.stop();
    await w.place('b', 200);
    const second = await w.start(make('dry-run'));
    await eventually(async () => (await w.out()).length === 1);
    await second.stop();
    expect((await w.out())[0]!.value).toMatchObject({ createdAt: 110, target: { entityId: 'a' } });
  });

  it('writes nothing when actions are off, but goes on deciding', async () => {
    const w = await world();
    await w.place('a', 100);
    await w.place('b', 200);
    const service = await w.start(make('off'));
    await eventually(() => service.idle());
    await service.stop();
    expect(await w.out()).toEqual([]);
  });

  it('skips a record without a time: dead letters are for those who can correct it', async () => {
    const w = await world();
    await w.produce(['segments.order.v1', 'a', 'detent.segments.SegmentChanged', {}]);
    await w.place('a', 100);
    await w.place('b', 200);
    const service = await w.start(make('dry-run'));
    await eventually(() => service.idle());
    await service.stop();
    expect(w.metrics.total('detent_pipeline_skipped_total')).toBe(1);
    expect(await w.out()).toHaveLength(1);
    expect(await w.all('dlq.v1')).toEqual([]);
  });
});

describe('a status', () => {
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const ID = 'picking:order:a:c1:1';
  const answer = (occurredAt: number) => ({
    ...{ eventId: `e${occurredAt}`, occurredAt, actionId: ID, target: { entityType: 'order', entityId: 'a' } },
    ...{ status: 'rejected', quantityDone: null, reason: 'no', by: 'wms' },
  });
  /** Commands again whatever is rejected, as decided at the instant that it is told. */
  class Insisting extends Reminder {
    status({ at }: StatusNews, _action: Action, effects: Effects): void {
      super.due('a', at, effects);
    }
  }

  it.each([
    ['wall', 9 * HOUR, 2 * HOUR + 30 * MINUTE],
    ['wall', -9 * HOUR, 10],
    ['wall', HOUR, HOUR],
    ['stream', 9 * HOUR, MINUTE],
  ] as const)('by the %s, stamped %i ms off, moves no time: it counts as said at %i', async (time, off, at) => {
    const w = await world();
    const start = Date.UTC(2026, 2, 2, 8);
    await w.place('a', start);
    await w.place('b', start + 10);
    // Hours after the last fact, as in a quiet night; a simulation's clock runs far ahead of its facts.
    w.clock.set(start + 2 * HOUR);
    const service = await w.start(make('dry-run', new Insisting()), { time });
    await eventually(async () => (await w.out()).length > 0 && service.idle());
    // Nothing is due meanwhile, so only the clock knows how late it is.
    w.clock.set(start + 2 * HOUR + 30 * MINUTE);
    await w.place('c', start + 11);
    await w.produce([actionStatusTopic, 'a', 'detent.actions.ActionStatus', answer(start + off)]);
    await eventually(async () => w.metrics.total('detent_action_statuses_total') === 1 && service.idle());
    expect(service.tasks.get(0)!.progress.streamTime).toBe(start + 11);
    const ofA = (await w.out()).filter(({ key, value }) => key === 'a' && value['type'] === 'remind');
    expect(ofA.map(({ value }) => value['createdAt'])).toEqual([start + 10, start + at]);
    await service.stop();
    expect(await repeated(w, make('dry-run', new Insisting()))).toEqual((await w.out()).map(({ value }) => value));
  });

  /** What the actions must have been by the journal alone, whatever the clock shows by now. */
  async function repeated(w: Awaited<ReturnType<typeof world>>, makeAnew: () => Processor) {
    w.clock.set(0);
    const recompute = new Recompute({
      ...{ make: makeAnew, prefix: '', task: 0, partitions: 1, codec: w.codec, cacheStates: 100 },
      read: (topic, _partition, from) => w.client.read(topic, new Map([[0, from]]))[Symbol.asyncIterator](),
    });
    const values: unknown[] = [];
    for await (const { entry } of changelogBatches(w.client.read('state.picking.v1')))
      for (const { value } of (await recompute.batch(entry!)).outputs) {
        const decoded = w.codec.decode(value!);
        values.push(decoded.ok && decoded.record.value);
      }
    await recompute.close();
    return values;
  }
});

describe('a promoted model', () => {
  it('holds for decisions from its point of event time on, also after a restart; what cannot be read changes nothing', async () => {
    const { place, produce, start } = await world();
    const asked: string[] = [];
    const asking = () => {
      const inForce = model();
      const decider: Decider = {
        restore: () => {},
        decide: ({ key }) =>
          void asked.push(`${key} ${inForce.playbookFor({})?.name} ${inForce.dimensionsOf('order')}`),
        due: () => {},
      };
      return createDecisionProcessor({
        service: 'remind',
        sources: ['segments.order.v1'],
        output: 'out.v1',
        actions: 'off',
        decider,
        model: inForce,
      });
    };
    const switched = (yaml: string, effectiveAt: number) =>
      produce([modelSwitchesTopic, '', 'detent.models.ModelSwitched', { yaml, effectiveAt }]);
    await place('before', 5);
    await place('after', 15);
    await switched('second', 10);
    await switched('broken', 16);
    await switched('stale', 9);
    const first = await start(asking);
    await eventually(() => first.idle() && asked.length === 2);
    await first.stop();
    await place('restarted', 20);
    const second = await start(asking);
    await eventually(() => asked.length === 3);
    await second.stop();
    expect(asked).toEqual(['before seed seed', 'after second second', 'restarted second second']);
  });
});
