import { carriesPacks } from '@detent/schemas';
import { BatchSize } from './batch-size.ts';
import { Pace } from './pace.ts';
import type { Logger, Metrics, RecordCodec, RunningHost, TaskHost } from './ports/index.ts';
import { TaskClosedError } from './ports/task.ts';
import type { Processor } from './processor.ts';
import { Task, type TaskOptions } from './task.ts';

/** What a service needs around its processor. */
export interface ServiceEnv {
  host: TaskHost;
  codec: RecordCodec;
  logger: Logger;
  metrics: Metrics;
  options: Omit<TaskOptions, 'codec' | 'logger' | 'metrics'>;
}

/** A service at work. */
export interface RunningService {
  readonly name: string;
  /** Tasks at work in this process, for progress and health. */
  readonly tasks: ReadonlyMap<number, Task>;
  /** Undefined when it is ready, else why not. */
  problem(): string | undefined;
  /** True when this process has tasks and every one has processed all that it knows of. */
  idle(): boolean;
  /** Tells every task that nothing more will come (end of a replay). */
  requestFinal(): void;
  stop(): Promise<void>;
}

/** Starts a service: registers its schemas, then takes tasks from the host until stopped. `make` gives a processor per assignment. */
export async function startService(make: () => Processor, env: ServiceEnv): Promise<RunningService> {
  const { host, codec, metrics, options } = env;
  const shape = make();
  const logger = env.logger.child({ service: shape.service });
  // An item of a pack that cannot be used is written by itself to the dead letters.
  const isOwn = (topic: string) => options.borrowed?.[topic] === undefined;
  const written = [...shape.outputs, ...shape.sources.filter((topic) => carriesPacks(topic) && isOwn(topic))];
  await codec.prepare(written.map((topic) => options.prefix + topic));
  const tasks = new Map<number, Task>();
  const pace = new Pace();
  const batchSize = new BatchSize(options.maxBatch);
  const running: RunningHost = await host.start(
    {
      service: shape.service,
      sources: shape.sources.map((topic) => options.borrowed?.[topic] ?? options.prefix + topic),
      partitioning: shape.partitioning,
      ...(shape.relieves !== undefined && { relieves: shape.relieves }),
    },
    async (session) => {
      const task = new Task(make(), session, { ...options, codec, logger, metrics, pace, batchSize });
      tasks.set(session.task, task);
      logger.info({ task: session.task }, 'task taken');
      try {
        await task.run();
      } catch (error) {
        batchSize.failed();
        const reason = error instanceof TaskClosedError ? 'fenced' : 'failed';
        metrics.count('detent_task_closed_total', 1, { service: shape.service, reason });
        logger.error({ task: session.task, err: error }, 'task closed; it will be taken anew from the last commit');
        throw error;
      } finally {
        if (tasks.get(session.task) === task) tasks.delete(session.task);
      }
    },
  );
  const stopping = new AbortController();
  if (shape.feeds === true && running.paceBoard !== undefined) void pace.share(running.paceBoard, stopping.signal);
  return {
    name: shape.service,
    tasks,
    problem() {
      const ofHost = running.problem();
      if (ofHost !== undefined) return ofHost;
      for (const [number, task] of tasks) if (task.progress.problem) return `task ${number}: ${task.progress.problem}`;
      return undefined;
    },
    // Without a task nothing is known: the group may still be forming.
    idle: () =>
      tasks.size > 0 && tasks.size === running.tasks.size && [...tasks.values()].every((task) => task.progress.idle),
    requestFinal() {
      for (const task of tasks.values()) task.requestFinal();
    },
    stop() {
      stopping.abort();
      return running.stop();
    },
  };
}

/** A service as the command line composes it. */
export interface ServiceDefinition {
  readonly name: string;
  /** Topics that it reads and writes, without prefix: they must exist before it starts. */
  readonly topics: readonly string[];
  make(): Processor;
}

/** The definition of a service from a way to make its processor. */
export function defineService(make: () => Processor): ServiceDefinition {
  const { service, sources, outputs } = make();
  return { name: service, topics: [...new Set([...sources, ...outputs, 'dlq.v1'])], make };
}
