import { createHash } from 'node:crypto';
import {
  ACTION_STATUS,
  acceptFact,
  actionStatusTopic,
  type Clock,
  type LogClient,
  type RecordCodec,
} from '@detent/pipeline';
import { type ActionStatus, actionDomains, cloudEventHeaders } from '@detent/schemas';
import type { PostRequest, PostResponse } from '../http/server.ts';
import type { Endpoint } from './endpoints.ts';
import { signatureFault, webhookHeader } from './sign.ts';

export const STATUS_PATH = '/api/v1/action-status';

export interface ReceiveEnv {
  endpoints: readonly Endpoint[];
  codec: RecordCodec;
  log: LogClient;
  clock: Clock;
  prefix: string;
}

const FIELDS = ['eventId', 'occurredAt', 'actionId', 'target', 'status', 'quantityDone', 'reason', 'by'];
const STATUSES = ['accepted', 'partial', 'done', 'failed', 'rejected'];

/**
 * Takes the status of an action over HTTP, signed with the secret of the endpoint that it names, and produces it as every
 * other. 202: it lies in the log. 400: it cannot be, with what and why. 401: nobody knows who says so.
 * 403: it is about an action of a service that the endpoint is told nothing of.
 */
export function createStatusReceiver({ endpoints, codec, log, clock, prefix }: ReceiveEnv) {
  const topic = prefix + actionStatusTopic;
  return async ({ headers, body }: PostRequest): Promise<PostResponse> => {
    const name = headers[webhookHeader.endpoint];
    const endpoint = endpoints.find((each) => each.name === name);
    const [timestamp, signature] = [headers[webhookHeader.timestamp], headers[webhookHeader.signature]];
    // An unknown name is answered as a wrong signature is: names are not to be guessed.
    const secret = endpoint?.secret ?? 'there is no such endpoint';
    const fault = signatureFault(secret, { timestamp, signature }, body, clock.now());
    if (fault !== undefined || endpoint === undefined)
      return { code: 401, body: { problem: fault ?? 'unknown endpoint' } };
    const read = readStatus(body, endpoint.name, clock.now());
    if (typeof read === 'string') return { code: 400, body: { problem: read } };
    const notIts = faultOfService(endpoint, read.actionId);
    if (notIts !== undefined) return { code: 403, body: { problem: notIts } };
    let value: Buffer;
    try {
      value = codec.encode(topic, ACTION_STATUS, read);
    } catch (error) {
      return { code: 400, body: { problem: (error as Error).message } };
    }
    const key = Buffer.from(read.target.entityId);
    const raw = { topic, partition: 0, offset: 0, timestamp: clock.now(), key, value, headers: {} };
    const judged = acceptFact({ raw, topic: actionStatusTopic, name: ACTION_STATUS, value: read });
    if (typeof judged !== 'number') return { code: 400, body: { problem: judged.message } };
    const stamps = cloudEventHeaders({
      ...{ id: read.eventId, type: ACTION_STATUS, source: `/detent/webhooks/${endpoint.name}`, time: read.occurredAt },
    });
    await log.append([{ topic, partition: null, key, value, timestamp: clock.now(), headers: stamps }]);
    return { code: 202, body: { eventId: read.eventId } };
  };
}

/** Why the endpoint has no say about an action; whether there is such an action is for its service to judge. */
function faultOfService({ name, services }: Endpoint, actionId: string): string | undefined {
  const service = actionDomains.find((domain) => actionId.startsWith(`${domain}:`));
  if (service === undefined || services === undefined || services.includes(service)) return undefined;
  return `${name} gets no actions of ${service}, so it answers none: its services are ${services.join(', ')}`;
}

/** The status in a body, or what is wrong with it. The same body twice has the same `eventId`. */
function readStatus(body: Buffer, endpoint: string, now: number): ActionStatus | string {
  let json: Partial<ActionStatus>;
  try {
    json = JSON.parse(body.toString()) as Partial<ActionStatus>;
  } catch (error) {
    return `the body is not JSON: ${(error as Error).message}`;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'the body must be one JSON object';
  const unknown = Object.keys(json).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return `there is no field ${unknown}: give ${FIELDS.join(', ')}`;
  const { actionId, target, status } = json;
  if (typeof actionId !== 'string') return 'actionId must be there: the id of the action';
  if (typeof target?.entityType !== 'string' || typeof target.entityId !== 'string')
    return 'target must be there: entityType and entityId, as the action has them';
  if (!STATUSES.includes(String(status))) return `status must be one of ${STATUSES.join(', ')}`;
  const eventId = json.eventId ?? createHash('sha256').update(body).digest('hex').slice(0, 32);
  return {
    eventId,
    occurredAt: json.occurredAt ?? now,
    actionId,
    target: { entityType: target.entityType, entityId: target.entityId },
    status: status!,
    quantityDone: json.quantityDone ?? null,
    reason: json.reason ?? null,
    by: json.by ?? endpoint,
  };
}
