import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, type Runtime, readConfig } from '@detent/adapters';
import { type RunningService, startService } from '@detent/pipeline';
import type { Action, SegmentChanged } from '@detent/schemas';
import { allServices } from '../composition.ts';
import type { SourceEvent } from '../inputs/source-event.ts';
import { readChanges, readTopics } from '../report/digest.ts';
import { countDeadLetters } from '../report/summary.ts';
import { drain } from '../run/drain.ts';
import { feed } from '../run/feed.ts';

/** A profile to play a scenario on. */
export interface Stage {
  /** `DETENT_` settings, with a topic prefix that nobody else uses; where none is needed: nothing. */
  environment(): Readonly<Record<string, string>>;
  /** How long all services must be idle before an act is over, ms. */
  settleMs: number;
}

/** What was published while a scenario was played. */
export interface Played {
  /** Changes of segment by entity, in the order of their sequence. */
  changes: readonly SegmentChanged[];
  /** In the order in which they were decided. */
  actions: readonly Action[];
  /** Dead letters by reason. */
  deadLetters: Readonly<Record<string, number>>;
}

/** A profile with all services at work. */
export interface Open {
  readonly runtime: Runtime;
  /** Feeds events; resolves when all services have answered them in full. */
  act(events: readonly SourceEvent[]): Promise<void>;
  /** Everything published so far. */
  played(): Promise<Played>;
  /** Ends the services and leaves the profile as it was. */
  close(): Promise<void>;
}

/** Starts all services of a profile, in event time and with live actions, under a model by name or file. */
export async function open({ environment, settleMs }: Stage, model: string): Promise<Open> {
  const config = readConfig({
    environment: {
      ...{ DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-scenario-')), DETENT_TIME: 'stream' },
      ...{ DETENT_MODEL: model, DETENT_ACTIONS: 'live' },
      ...environment(),
    },
  });
  const definitions = allServices(config);
  const runtime = await openRuntime(config, { logger: createLogger('silent'), write: true });
  const services: RunningService[] = [];
  const close = async () => {
    await Promise.all(services.map((service) => service.stop()));
    if (config.profile === 'cluster') await runtime.reset();
    await runtime.close();
  };
  try {
    await runtime.ensureTopics([...new Set(definitions.flatMap(({ topics }) => topics))]);
    for (const { make } of definitions) services.push(await startService(make, runtime.env()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    runtime,
    close,
    async act(events) {
      await feed(runtime, events, { source: '/scenario' });
      await drain(services, { settleMs });
      const problem = services.map((service) => service.problem()).find((found) => found !== undefined);
      if (problem !== undefined) throw new Error(problem);
    },
    async played() {
      const changes: SegmentChanged[] = [];
      for await (const change of readChanges(runtime)) changes.push(change);
      const actions: Action[] = [];
      for await (const { value } of readTopics(runtime, (topic) => topic.startsWith('actions.')))
        actions.push(value as Action);
      changes.sort((a, b) => a.sequence - b.sequence);
      actions.sort((a, b) => a.createdAt - b.createdAt);
      return { changes, actions, deadLetters: await countDeadLetters(runtime) };
    },
  };
}

/**
 * Plays acts, one behind the other, through all services of a profile in event time: each act is answered in full before
 * the next begins. An act should span less than an entity may wait for its values (`undecidedAfter`), for time passes as
 * fast as events are read, and answers of other entities come behind them. Returns everything published; the profile is
 * left as it was.
 */
export async function play(stage: Stage, model: string, acts: readonly (readonly SourceEvent[])[]): Promise<Played> {
  const house = await open(stage, model);
  try {
    for (const act of acts) await house.act(act);
    return await house.played();
  } finally {
    await house.close();
  }
}
