import type { Runtime } from '@detent/adapters';
import { decodeDecisionState, ENTRY, type Entry, isEnded, type OpenAction, PAUSE, type Pause } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';

/** Decision services work as one task. */
const TASK = 0;
const AT_ONCE = 500;

/** Open actions of one service, as it has committed them. */
export interface LedgerView {
  service: string;
  /** Why its actions wait; null where they do not. */
  paused: Pause | null;
  /** Those that have not ended, oldest first. */
  open: OpenAction[];
  /** Why it could not be read; null where it was. */
  unread: string | null;
}

/** Reads the open actions of a service beside it, whether or not it runs. Changes nothing. */
export async function readLedger(
  runtime: Pick<Runtime, 'workingCopy' | 'log' | 'config'>,
  service: string,
): Promise<LedgerView> {
  const view: LedgerView = { service, paused: null, open: [], unread: null };
  const { topicPrefix } = runtime.config;
  if (!(await runtime.log.topics()).has(topicPrefix + stateTopic(service)))
    return { ...view, unread: `it has not run under ${topicPrefix}: check --data-dir, --profile and --topic-prefix` };
  const copy = await runtime.workingCopy();
  try {
    const all = await copy.read(service, TASK);
    if (typeof all === 'string') return { ...view, unread: all };
    const keys = [...all.states.keys()].filter((key) => key.startsWith(ENTRY) || key === PAUSE);
    for (let from = 0; from < keys.length; from += AT_ONCE) {
      const page = keys.slice(from, from + AT_ONCE);
      const values = await copy.load(service, TASK, page);
      if (typeof values === 'string') return { ...view, unread: values };
      for (const [i, bytes] of values.entries()) {
        if (bytes === null) continue;
        const { value } = decodeDecisionState(bytes) as { value: object };
        if (page[i] === PAUSE) view.paused = (value as Pause).paused ? (value as Pause) : null;
        else if (!isEnded(value as Entry)) view.open.push(value as OpenAction);
      }
    }
  } finally {
    await copy.close();
  }
  view.open.sort((a, b) => a.action.createdAt - b.action.createdAt || (a.action.actionId < b.action.actionId ? -1 : 1));
  return view;
}
