import type { Runtime } from '@detent/adapters';
import { actionStatusTopic, decodeDecisionState, ENTRY, type Entry, isEnded } from '@detent/pipeline';
import { type Action, type ActionDomain, type ActionStatus, actionsTopic } from '@detent/schemas';
import { UsageError } from '../errors.ts';
import { decodeAny } from '../verify/decode.ts';
import { decisionServices } from './decision-services.ts';

/** Decision services work as one task. */
const TASK = 0;

/** Where an action is, as its service has committed it. */
export interface Standing {
  state: string;
  /** Event time of what last moved it, epoch ms. */
  since: number;
  by: string | null;
  reason: string | null;
}

/** All that is known of one action. */
export interface FoundAction {
  /** As published, with its alternatives; null while it waits, or once the log has dropped it. */
  action: Action | null;
  /** Null where the service does not know it any more: it ended longer ago than ended actions are kept. */
  standing: Standing | null;
  /** What was told of it, in the order in which it came. */
  statuses: ActionStatus[];
  /** Actions that are about it, or that replace it. */
  about: Action[];
  /** Why its state could not be read; null where it was. */
  unread: string | null;
}

/**
 * Looks an action up by its id, ended or not, in the published log and in the ledger of its service. Throws `UsageError` for
 * an id that no service gives or that nothing is known of.
 */
export async function findAction(runtime: Runtime, actionId: string): Promise<FoundAction> {
  const service = decisionServices.find((name) => actionId.startsWith(`${name}:`));
  if (service === undefined)
    throw new UsageError(
      `${actionId} is no id of an action: they begin with ${decisionServices.map((name) => `${name}:`).join(', ')}, as "detent actions list" shows them`,
    );
  const published = await naming<Action>(runtime, actionsTopic(service as ActionDomain), actionId);
  const told = await naming<ActionStatus>(runtime, actionStatusTopic, actionId);
  const { entry, unread } = await readEntry(runtime, service, actionId);
  const found: FoundAction = {
    action: published.find((action) => action.actionId === actionId) ?? null,
    standing: entry === null ? null : standingOf(entry),
    statuses: told.filter((status) => status.actionId === actionId),
    about: published.filter(({ details, supersedes }) => details['actionId'] === actionId || supersedes === actionId),
    unread,
  };
  if (found.action === null && entry !== null && !isEnded(entry)) found.action = entry.action;
  if (found.action === null && found.standing === null && unread === null)
    throw new UsageError(`${service} knows no action ${actionId} under ${runtime.config.topicPrefix}`);
  return found;
}

function standingOf(entry: Entry): Standing {
  const { state, since, by } = entry;
  return { state, since, by, reason: isEnded(entry) ? entry.reason : null };
}

async function readEntry(
  { workingCopy }: Pick<Runtime, 'workingCopy'>,
  service: string,
  actionId: string,
): Promise<{ entry: Entry | null; unread: string | null }> {
  const copy = await workingCopy();
  try {
    const values = await copy.load(service, TASK, [ENTRY + actionId]);
    if (typeof values === 'string') return { entry: null, unread: values };
    const [bytes = null] = values;
    const entry = bytes === null ? null : (decodeDecisionState(bytes) as { value: Entry }).value;
    return { entry, unread: null };
  } finally {
    await copy.close();
  }
}

/** Records of a topic that name an id anywhere, oldest first. Only these are decoded. */
async function naming<T>({ log, codec, config }: Runtime, topic: string, id: string): Promise<T[]> {
  const found: T[] = [];
  const name = config.topicPrefix + topic;
  if (!(await log.topics()).has(name)) return found;
  for await (const page of log.read(name)) {
    for (const { value } of page) {
      if (value === null || !value.includes(id)) continue;
      const decoded = await decodeAny(codec, value);
      if (decoded !== undefined) found.push(decoded.value as T);
    }
  }
  return found;
}
