import type { Logger, RunningHost, TaskHost, TaskHostSpec, TaskSession } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';
import { transaction } from './database.ts';
import type { LogStore } from './log-store.ts';
import { SqliteSession } from './session.ts';

const RETRY_MS = 500;

/**
 * Runs all tasks of a service in this process, over the embedded log. A task that fails is taken anew from its last
 * commit. States and positions are kept under `prefix` and the service's name, so that a replay has its own.
 */
export function createSqliteTaskHost(store: LogStore, prefix: string, logger: Logger): TaskHost {
  return {
    async start(spec: TaskHostSpec, run: (session: TaskSession) => Promise<void>): Promise<RunningHost> {
      const stopping = new AbortController();
      const tasks = assign(store, spec);
      const journal = prefix + stateTopic(spec.service);
      if (!store.topics().has(journal)) transaction(store.db, () => store.create(journal, tasks.size));
      const failures = new Map<number, string>();
      const sessions = new Map<number, SqliteSession>();
      const loops = [...tasks].map(async ([task, topics]) => {
        while (!stopping.signal.aborted) {
          try {
            const session = new SqliteSession(store, prefix, spec, task, topics, stopping.signal);
            sessions.set(task, session);
            await run(session);
          } catch (error) {
            if (stopping.signal.aborted) return;
            failures.set(task, (error as Error).message);
            sessions.delete(task);
            logger.error({ service: spec.service, task, err: error }, 'task failed; starting it again');
            await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          }
        }
      });
      return {
        tasks: new Set(tasks.keys()),
        problem() {
          for (const [task, message] of failures)
            if (!sessions.get(task)?.healthy) return `task ${task} failed: ${message}`;
          return undefined;
        },
        async stop() {
          stopping.abort();
          await Promise.all(loops);
        },
      };
    },
  };
}

type Assignment = Map<number, { topic: string; partition: number }[]>;

function assign(store: LogStore, spec: TaskHostSpec): Assignment {
  const tasks: Assignment = new Map();
  const counts = new Set(spec.sources.map((topic) => store.count(topic)));
  if (counts.size > 1 && spec.partitioning === 'per-partition') {
    const detail = spec.sources.map((topic) => `${topic}: ${store.count(topic)}`).join(', ');
    throw new Error(
      `the sources of ${spec.service} must have equal partition counts (${detail}): run "detent topics apply" on an empty data directory`,
    );
  }
  for (const topic of spec.sources) {
    for (let partition = 0; partition < store.count(topic); partition += 1) {
      const task = spec.partitioning === 'single' ? 0 : partition;
      const topics = tasks.get(task);
      if (topics) topics.push({ topic, partition });
      else tasks.set(task, [{ topic, partition }]);
    }
  }
  return tasks;
}
