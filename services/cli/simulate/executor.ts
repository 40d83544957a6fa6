import type { Action, ActionStatus } from '@detent/schemas';
import { type SourceEvent, toSourceEvent } from '../inputs/source-event.ts';
import type { Commands } from './drivers.ts';
import { Random } from './random.ts';

const MINUTE_MS = 60_000;
/**
 * What was said less than this before the end of a task comes too late: longer than a small simulation is silent at night, so
 * that it does not matter when it is heard.
 */
const HEARD_MS = 40 * MINUTE_MS;

/** How people take up a type of action: minutes until accepted, and from then until done, each from–to. */
interface Manner {
  accept: readonly [number, number];
  work: readonly [number, number];
  /** Why it cannot be done, and why they will not. */
  failure: string;
  objection: string;
  /** Goods are brought from one place to another: the drivers do it. */
  isCarried?: true;
}

/** A task of the drivers, from its command to its end (epoch ms). */
interface Errand {
  action: Action;
  endAt: number;
  /** Said too late it changes nothing. */
  withdrawnAt: number;
}

/** Types that are not here are done by no person: nobody tells of them. */
const manners: Readonly<Record<string, Manner>> = {
  'release-batch': { accept: [1, 8], work: [6, 30], failure: 'the aisle is blocked', objection: 'no free tote' },
  pack: { accept: [5, 30], work: [2, 8], failure: 'no carton of this size left', objection: 'goods look damaged' },
  move: {
    ...{ accept: [40, 120], work: [10, 30], isCarried: true },
    ...{ failure: 'the location is not empty', objection: 'no driver today' },
  },
  putaway: {
    ...{ accept: [40, 60], work: [5, 20], isCarried: true },
    ...{ failure: 'the location is not empty', objection: 'no driver now' },
  },
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
 * are rejected, with a reason. What they do with an action follows from the seed and its id alone; when drivers do it, from
 * when it was commanded as well, not from when they were told.
 */
export class Executor implements Commands {
  readonly #seed: Random;
  readonly #refusals: number;
  readonly #agenda = new Map<string, SourceEvent[]>();
  readonly #errands = new Map<string, Errand>();
  readonly #refused = new Set<string>();

  /** `refusals`: share of actions that fail or are rejected, 0 to 1. */
  constructor({ seed, refusals = 0.03 }: { seed: number; refusals?: number }) {
    this.#seed = new Random(seed).fork('executor');
    this.#refusals = refusals;
  }

  /** Takes an action up at `now` (epoch ms), and lays down what it replaces or takes back. Rehearsed ones are let be. */
  hear(action: Action, now: number): void {
    const { actionId, type, target, details, supersedes, createdAt } = action;
    if (supersedes != null) this.#layDown(supersedes, createdAt);
    if (type === 'withdraw') this.#layDown(String(details['actionId']), createdAt);
    const manner = manners[type];
    if (manner === undefined || details['mode'] === 'dry-run') return;
    const random = this.#seed.fork(actionId);
    const heardAt = manner.isCarried ? createdAt : Math.max(now, createdAt);
    const acceptAt = Math.round(heardAt + random.between(...manner.accept) * MINUTE_MS);
    const workMs = Math.round(random.between(...manner.work) * MINUTE_MS);
    const before = String(details['after'] ?? '').split(' ');
    const endAt = before.reduce(
      (end, id) => Math.max(end, (this.#errands.get(id)?.endAt ?? 0) + MINUTE_MS),
      acceptAt + workMs,
    );
    const say = (status: ActionStatus['status'], occurredAt: number, reason: string | null = null) =>
      toSourceEvent('detent.actions.ActionStatus', {
        ...{ eventId: `sim-${actionId}-${status}`, occurredAt, actionId, target, status },
        ...{ quantityDone: null, reason, by: 'simulated-floor' },
      });
    // What needs a step that was refused cannot be done either.
    if (before.some((id) => this.#refused.has(id))) {
      this.#refused.add(actionId);
      return;
    }
    const refused = random.next() < this.#refusals;
    if (refused && random.next() < 0.5) this.#agenda.set(actionId, [say('rejected', acceptAt, manner.objection)]);
    else
      this.#agenda.set(actionId, [
        say('accepted', acceptAt),
        refused ? say('failed', endAt, manner.failure) : say('done', endAt),
      ]);
    if (!manner.isCarried) return;
    if (refused) this.#refused.add(actionId);
    else this.#errands.set(actionId, { action, endAt, withdrawnAt: Number.POSITIVE_INFINITY });
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

  finished(until: number): Action[] {
    const ended = [...this.#errands].filter(([, { endAt }]) => endAt <= until);
    for (const [actionId] of ended) this.#errands.delete(actionId);
    return ended
      .map(([, errand]) => errand)
      .filter(({ endAt, withdrawnAt }) => !isInTime(withdrawnAt, endAt))
      .sort((a, b) => a.endAt - b.endAt || (a.action.actionId < b.action.actionId ? -1 : 1))
      .map(({ action }) => action);
  }

  isUnderWay(lotId: string, at: number): boolean {
    return [...this.#errands.values()].some(
      ({ action, withdrawnAt }) =>
        action.type === 'putaway' &&
        action.target.entityId === lotId &&
        isInTime(action.createdAt, at) &&
        !isInTime(withdrawnAt, at),
    );
  }

  #layDown(actionId: string, at: number): void {
    const errand = this.#errands.get(actionId);
    if (errand === undefined) {
      this.#agenda.delete(actionId);
      return;
    }
    errand.withdrawnAt = Math.min(errand.withdrawnAt, at);
    if (isInTime(at, errand.endAt)) this.#agenda.delete(actionId);
  }
}

function isInTime(saidAt: number, before: number): boolean {
  return saidAt + HEARD_MS <= before;
}
