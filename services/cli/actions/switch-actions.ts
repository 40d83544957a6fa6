import { randomUUID } from 'node:crypto';
import type { Runtime } from '@detent/adapters';
import { ACTIONS_SWITCHED, actionSwitchesTopic } from '@detent/pipeline';
import { type ActionsSwitched, cloudEventHeaders } from '@detent/schemas';

/** Tells each service to pause its actions, or to let them go on, all of them or none. Returns what was told. */
export async function switchActions(
  { log, codec, config, ensureTopics }: Pick<Runtime, 'log' | 'codec' | 'config' | 'ensureTopics'>,
  services: readonly string[],
  of: Pick<ActionsSwitched, 'paused' | 'by' | 'reason' | 'occurredAt'>,
): Promise<ActionsSwitched[]> {
  const topic = config.topicPrefix + actionSwitchesTopic;
  await ensureTopics([actionSwitchesTopic]);
  await codec.prepare([topic]);
  const told = services.map((service): ActionsSwitched => ({ eventId: randomUUID(), service, ...of }));
  await log.append(
    told.map((value) => ({
      topic,
      partition: null,
      key: Buffer.from(value.service),
      value: codec.encode(topic, ACTIONS_SWITCHED, value),
      // Not the event's time: brokers keep records by this stamp.
      timestamp: Date.now(),
      headers: cloudEventHeaders({
        ...{ id: value.eventId, type: ACTIONS_SWITCHED, source: '/detent/cli', time: value.occurredAt },
      }),
    })),
  );
  return told;
}
