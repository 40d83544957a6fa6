import {
  type Clock,
  decodeDecisionState,
  ENTRY,
  type Entry,
  isEnded,
  type Logger,
  PAUSE,
  type Pause,
  TIME_STATE,
  type WorkingCopy,
} from '@detent/pipeline';
import type { Action } from '@detent/schemas';

/** What is to become of an action that is about to be sent. `skip`: why nobody is to be told of it any more. */
export type Standing = 'send' | 'wait' | { skip: 'expired' | 'ended' };

/** What judges how actions stand. */
export interface StandingEnv {
  /** Where services keep their ledgers. */
  copy: Pick<WorkingCopy, 'load'>;
  clock: Clock;
  /** What moves time: only by the wall is an action over because the clock says so. */
  time: 'stream' | 'wall';
  logger: Logger;
}

/** Decision services work as one task. */
const TASK = 0;

/**
 * Judges an action by the ledger of its service, as that has committed it, and by its time. Where the ledger cannot be read,
 * the action alone decides: it may be told once too often, never once too few.
 */
export function createStandings({ copy, clock, time, logger }: StandingEnv): (action: Action) => Promise<Standing> {
  const stateOf = (bytes: Buffer | null | undefined): unknown =>
    bytes == null ? undefined : (decodeDecisionState(bytes) as { value: object }).value;

  const load = async ({ service, actionId }: Action): Promise<readonly (Buffer | null)[]> => {
    try {
      const found = await copy.load(service, TASK, [ENTRY + actionId, PAUSE, TIME_STATE]);
      return typeof found === 'string' ? [] : found;
    } catch (error) {
      logger.debug({ actionId, err: error }, 'the ledger cannot be read: the action alone says whether it stands');
      return [];
    }
  };

  return async (action) => {
    const [entry, pause, known] = (await load(action)).map(stateOf) as [
      Entry | undefined,
      Pause | undefined,
      { known: number } | undefined,
    ];
    if (entry !== undefined && isEnded(entry)) return { skip: entry.state === 'expired' ? 'expired' : 'ended' };
    const now = time === 'wall' ? clock.now() : (known?.known ?? Number.NEGATIVE_INFINITY);
    if (action.validUntil < now) return { skip: 'expired' };
    return pause?.paused === true ? 'wait' : 'send';
  };
}
