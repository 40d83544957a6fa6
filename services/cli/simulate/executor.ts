import type { Action, ActionStatus } from '@detent/schemas';
import { type SourceEvent, toSourceEvent } from '../inputs/source-event.ts';
import { Random } from './random.ts';

const MINUTE_MS = 60_000;

/** How people take up a type of action: minutes until accepted, and from then until done, each from–to. */
interface Manner {
  accept: readonly [number, number];
  work: readonly [number, number];
  /** Why it cannot be done, and why they will not. */
  failure: string;
  objection: string;
}

/** Types that are not here are done by no person: nobody tells of them. */
const manners: Readonly<Record<string, Manner>> = {
  'release-batch': { accept: [1, 8], work: [6, 30], failure: 'the aisle is blocked', objection: 'no free tote' },
  pack: { accept: [5, 30], work: [2, 8], failure: 'no carton of this size left', objection: 'goods look damaged' },
  move: { accept: [20, 120], work: [10, 30], failure: 'the location is not empty', objection: 'no driver today' },
  'assign-carrier': {
    accept: [1, 10],
    work: [2, 15],
    failure: 'the booking was refused',
    objection: 'customer collects',
  },
  consolidate: {
    accept: [1, 10],
    work: [5, 20],
    failure: 'no room on the truck',
    objection: 'the truck goes elsewhere',
  },
};

/**
 * A floor and a transport office that answer actions: they accept, and are done some time later; a few in a hundred fail or
 * are rejected, with a reason. What they do with an action follows from the seed and its id alone.
 */
export class Executor {
  readonly #seed: Random;
  readonly #refusals: number;
  readonly #agenda = new Map<string, SourceEvent[]>();

  /** `refusals`: share of actions that fail or are rejected, 0 to 1. */
  constructor({ seed, refusals = 0.03 }: { seed: number; refusals?: number }) {
    this.#seed = new Random(seed).fork('executor');
    this.#refusals = refusals;
  }

  /** Takes an action up at `now` (epoch ms), and lays down what it replaces or takes back. Rehearsed ones are let be. */
  hear(action: Action, now: number): void {
    const { actionId, type, target, details, supersedes } = action;
    if (supersedes != null) this.#agenda.delete(supersedes);
    if (type === 'withdraw') this.#agenda.delete(String(details['actionId']));
    const manner = manners[type];
    if (manner === undefined || details['mode'] === 'dry-run') return;
    const random = this.#seed.fork(actionId);
    const acceptAt = Math.round(Math.max(now, action.createdAt) + random.between(...manner.accept) * MINUTE_MS);
    const endAt = acceptAt + Math.round(random.between(...manner.work) * MINUTE_MS);
    const say = (status: ActionStatus['status'], occurredAt: number, reason: string | null = null) =>
      toSourceEvent('detent.actions.ActionStatus', {
        ...{ eventId: `sim-${actionId}-${status}`, occurredAt, actionId, target, status },
        ...{ quantityDone: null, reason, by: 'simulated-floor' },
      });
    const refused = random.next() < this.#refusals;
    if (refused && random.next() < 0.5) this.#agenda.set(actionId, [say('rejected', acceptAt, manner.objection)]);
    else
      this.#agenda.set(actionId, [
        say('accepted', acceptAt),
        refused ? say('failed', endAt, manner.failure) : say('done', endAt),
      ]);
  }

  /** What is said up to `until` (epoch ms), in order of time; each once. */
  answers(until: number): SourceEvent[] {
    const said: SourceEvent[] = [];
    for (const [actionId, statuses] of this.#agenda) {
      const left = statuses.filter(({ eventTime }) => eventTime > until);
      if (left.length === statuses.length) continue;
      said.push(...statuses.filter(({ eventTime }) => eventTime <= until));
      if (left.length > 0) this.#agenda.set(actionId, left);
      else this.#agenda.delete(actionId);
    }
    return said.sort((a, b) => a.eventTime - b.eventTime || (a.key < b.key ? -1 : 1));
  }
}
