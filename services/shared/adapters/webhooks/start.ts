import { actionStatusTopic } from '@detent/pipeline';
import { actionDomains, actionsTopic } from '@detent/schemas';
import type { HttpSubject } from '../http/server.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Backlog } from './backlog.ts';
import { deliver, WEBHOOKS } from './deliver.ts';
import type { Endpoint } from './endpoints.ts';
import { createStatusReceiver, STATUS_PATH } from './receive.ts';
import { createStandings } from './standing.ts';

/** Webhooks at work. */
export interface RunningWebhooks {
  /** What its HTTP server takes besides. */
  readonly posts: NonNullable<HttpSubject['posts']>;
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** Starts to deliver actions to endpoints and to take their statuses. Creates the topics that are missing. */
export async function startWebhooks(
  runtime: Runtime,
  endpoints: readonly Endpoint[],
  options: { firstRetryMs?: number } = {},
): Promise<RunningWebhooks> {
  const { config, codec, metrics, clock, log, host } = runtime;
  const prefix = config.topicPrefix;
  const logger = runtime.logger.child({ service: WEBHOOKS });
  const sources = actionDomains.map(actionsTopic);
  await runtime.ensureTopics([...sources, actionStatusTopic, 'dlq.v1']);
  await codec.prepare([prefix + actionStatusTopic]);
  const backlog = new Backlog(endpoints);
  const copy = await runtime.workingCopy();
  const standingOf = createStandings({ copy, clock, time: config.time, logger });
  const running = await host.start(
    { service: WEBHOOKS, sources: sources.map((topic) => prefix + topic), partitioning: 'per-partition' },
    async (session) => {
      const share = backlog.share();
      try {
        await deliver(session, { endpoints, share, standingOf, codec, metrics, logger, clock, prefix, ...options });
      } finally {
        share.end();
        backlog.tell(metrics, clock.now());
      }
    },
  );
  return {
    posts: { [STATUS_PATH]: createStatusReceiver({ endpoints, codec, log, clock, prefix }) },
    problem: () => running.problem(),
    async stop() {
      await running.stop();
      await copy.close();
    },
  };
}
