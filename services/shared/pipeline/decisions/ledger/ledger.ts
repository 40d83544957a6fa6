import type { Action, ActionStatus, ActionsSwitched } from '@detent/schemas';
import type { CounterName, GaugeName } from '../../ports/index.ts';
import { Board } from './board.ts';
import { escalationOf, type Unanswered, withdrawalOf } from './derived.ts';
import { type EndState, type Entry, isDisbelief, isEnded, judge, type OpenAction, type StatusNews } from './entry.ts';
import { acceptBy, isUnwatched, type LedgerLimits } from './limits.ts';

/** Keys of the ledger's states: of an action, and of whether actions wait. */
export const ENTRY = '~action:';
export const PAUSE = '~paused';
const REPORTS = '~reports';
const HOUR_MS = 3_600_000;

/** Where the ledger's doings go; one for each instant. */
export interface Outlet {
  /** Event time, epoch ms. */
  readonly at: number;
  save(key: string, value: object, dueAt: number | null): void;
  drop(key: string): void;
  publish(action: Action): void;
  count(metric: CounterName, labels: Readonly<Record<string, string>>): void;
  /** Lets the service move its own state on. */
  tell(news: StatusNews, action: Action): void;
}

/** Whether actions wait, since when and by whom. `places` numbers those that wait. */
export interface Pause {
  paused: boolean;
  by: string;
  reason: string;
  /** Event time, epoch ms. */
  at: number;
  places: number;
}

/**
 * The open actions of one service: each from its decision to exactly one end. It knows nothing but actions, statuses,
 * switches and instants, and all of it is state. See docs/actions.md for the rules.
 */
export class Ledger {
  readonly #service: string;
  readonly #limits: LedgerLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #byTarget = new Map<string, Set<string>>();
  readonly #board: Board;
  /** When a status of each type was last told of, epoch ms. */
  #reports: Record<string, number> = {};
  #pause: Pause = { paused: false, by: '', reason: '', at: Number.NEGATIVE_INFINITY, places: 0 };
  readonly #waitingIds = new Set<string>();

  constructor(service: string, limits: LedgerLimits) {
    this.#service = service;
    this.#limits = limits;
    this.#board = new Board(service);
  }

  /** True for keys of states that belong to the ledger and not to the service. */
  owns(key: string): boolean {
    return key.startsWith(ENTRY) || key === REPORTS || key === PAUSE;
  }

  restore(key: string, value: object): void {
    if (key === REPORTS) this.#reports = value as Record<string, number>;
    else if (key === PAUSE) this.#pause = value as Pause;
    else this.#keep(key.slice(ENTRY.length), value as Entry);
  }

  /** Tells the counts of open actions that have changed. */
  tellCounts(gauge: (metric: GaugeName, value: number, labels: Readonly<Record<string, string>>) => void): void {
    this.#board.tell(this.#pause.paused, gauge);
  }

  /** A decision: the action goes out, or waits while actions are paused. What it replaces is superseded. */
  open(action: Action, out: Outlet): void {
    const replaced = this.#openAt(action.supersedes);
    if (!this.#pause.paused) {
      if (replaced !== undefined) this.#end(replaced, 'superseded', out);
      this.#publish({ ...fresh(action), state: 'open' }, out);
      return;
    }
    let waiting = action;
    if (replaced?.state === 'waiting') {
      // Nobody has heard of that one: whoever follows it replaces what it would have replaced.
      waiting = { ...action, supersedes: replaced.action.supersedes ?? null };
      this.#end(replaced, 'superseded', out);
    }
    this.#pause = { ...this.#pause, places: this.#pause.places + 1 };
    out.save(PAUSE, this.#pause, null);
    this.#save({ ...fresh(waiting), state: 'waiting', place: this.#pause.places }, out);
  }

  /**
   * When a status counts as said: as stamped, but not before what last moved its action, nor after `latest` (epoch ms). The
   * clocks of executors are their own.
   */
  instantOf({ actionId, occurredAt }: ActionStatus, latest: number): number {
    return Math.max(this.#entries.get(actionId)?.since ?? Number.NEGATIVE_INFINITY, Math.min(occurredAt, latest));
  }

  /** Takes a status. What it moves on is told to the service; what it does not is counted with the reason. */
  status(status: ActionStatus, out: Outlet): void {
    if (!status.actionId.startsWith(`${this.#service}:`)) return;
    const entry = this.#entries.get(status.actionId);
    const result = judge(entry, status);
    out.count('detent_action_statuses_total', { service: this.#service, status: status.status, result });
    if (entry === undefined || isDisbelief(result)) return;
    this.#reported(isEnded(entry) ? entry.type : entry.action.type, out);
    if (result !== 'taken' || isEnded(entry) || status.status === 'unknown') return;
    const { action } = entry;
    const { quantityDone = null, by = null, reason = null } = status;
    if (status.status === 'accepted' || status.status === 'partial') {
      // It is answered now: those who were called may stop.
      if (entry.state === 'open') this.#settle(entry, out);
      const moved: OpenAction = { ...entry, state: status.status, since: out.at, by };
      if (quantityDone !== null) moved.quantityDone = quantityDone;
      if (entry.state === 'open') moved.escalation = null;
      this.#save(moved, out);
    } else {
      this.#end(entry, status.status, out, by, reason);
    }
    out.tell({ status: status.status, quantityDone, reason, by, at: out.at }, action);
  }

  /** Facts show that an action is done. False where it is not open. */
  done(actionId: string, out: Outlet): boolean {
    const entry = this.#openAt(actionId);
    if (entry === undefined) return false;
    this.#end(entry, 'done', out);
    return true;
  }

  /** Takes an action back that is not needed any more. False where it is not open. */
  withdraw(actionId: string, because: string, out: Outlet): boolean {
    const entry = this.#openAt(actionId);
    if (entry === undefined) return false;
    const wasPublished = entry.state !== 'waiting';
    this.#end(entry, 'withdrawn', out, null, because);
    const { action } = entry;
    if (wasPublished) this.open(withdrawalOf(action, because, out.at, this.#limits), out);
    else if (action.supersedes != null) this.withdraw(action.supersedes, because, out);
    return true;
  }

  /** An entity is no more: what was commanded for it, before that, is taken back. */
  entityEnded(entityType: string, entityId: string, out: Outlet): void {
    for (const actionId of [...(this.#byTarget.get(`${entityType}:${entityId}`) ?? [])].sort()) {
      const entry = this.#openAt(actionId);
      if (entry === undefined || entry.action.createdAt > out.at || entry.action.type === 'withdraw') continue;
      this.withdraw(actionId, `the ${entityType} has ended`, out);
    }
  }

  /** A person pauses actions, or lets them go on. The newest switch counts. False where it is an older one. */
  switched({ paused, by, reason }: ActionsSwitched, out: Outlet): boolean {
    if (out.at < this.#pause.at) return false;
    this.#pause = { ...this.#pause, paused, by, reason, at: out.at };
    out.save(PAUSE, this.#pause, null);
    if (paused) return true;
    for (const entry of this.#waiting()) {
      const replaced = this.#openAt(entry.action.supersedes);
      if (replaced !== undefined) this.#end(replaced, 'superseded', out);
      this.#publish({ ...entry, state: 'open', place: null, since: out.at }, out);
    }
    return true;
  }

  /** The instant of one of the ledger's states has come. */
  due(key: string, out: Outlet): void {
    const actionId = key.slice(ENTRY.length);
    const entry = this.#entries.get(actionId);
    if (entry === undefined) return;
    if (isEnded(entry)) {
      this.#forget(actionId);
      out.drop(key);
    } else if (entry.state === 'waiting') {
      this.#expire(entry, true, out);
      if (entry.action.supersedes != null)
        this.withdraw(entry.action.supersedes, 'what was to replace it waited until it was of no use', out);
    } else if (entry.state === 'open') {
      const called = this.#call(entry, 'not-accepted', out);
      if (out.at >= entry.action.validUntil) this.#expire(called, this.#isWatched(entry.action, out.at), out);
      else this.#save(called, out);
    } else if (out.at >= entry.action.validUntil + this.#limits.graceMs) {
      this.#expire(entry, true, out);
    } else {
      this.#save(this.#call(entry, 'not-done', out), out);
    }
  }

  #publish(entry: OpenAction, out: Outlet): void {
    out.publish(entry.action);
    this.#save({ ...entry, action: { ...entry.action, alternatives: [] } }, out);
  }

  /** Calls for people, once, where somebody tells of actions of this type at all. */
  #call(entry: OpenAction, why: Unanswered, out: Outlet): OpenAction {
    const { action } = entry;
    if (entry.escalation !== null || !this.#isWatched(action, out.at)) return entry;
    const escalation = escalationOf(action, why, out.at, this.#limits);
    this.open(escalation, out);
    return { ...entry, escalation: escalation.actionId };
  }

  #expire(entry: OpenAction, isCertain: boolean, out: Outlet): void {
    const { quantityDone, action } = entry;
    this.#end(entry, 'expired', out);
    // Where nobody tells of actions, its silence says nothing.
    if (isCertain) out.tell({ status: 'expired', quantityDone, reason: null, by: null, at: out.at }, action);
  }

  #end(entry: OpenAction, state: EndState, out: Outlet, by: string | null = null, reason: string | null = null): void {
    const { actionId, type, target } = entry.action;
    // An end that people brought about needs no call; one that time brought about needs it all the more.
    if (state !== 'expired') this.#settle(entry, out);
    out.count('detent_actions_ended_total', { service: this.#service, type, end: state });
    this.#save({ state, actionId, type, target, since: out.at, by, reason }, out);
  }

  /** Takes back the call for people, for what they were called about is answered. */
  #settle({ escalation }: OpenAction, out: Outlet): void {
    if (escalation !== null) this.withdraw(escalation, 'it was answered after all', out);
  }

  #save(entry: Entry, out: Outlet): void {
    const actionId = isEnded(entry) ? entry.actionId : entry.action.actionId;
    this.#keep(actionId, entry);
    // One that is decided too late to be begun ends at once, not before it was decided.
    out.save(ENTRY + actionId, entry, Math.max(out.at, this.#dueOf(entry, out.at)));
  }

  #dueOf(entry: Entry, at: number): number {
    const { graceMs, retentionMs } = this.#limits;
    if (isEnded(entry)) return entry.since + retentionMs;
    const { validUntil } = entry.action;
    if (entry.state === 'waiting') return validUntil;
    if (entry.state === 'open') {
      const by = acceptBy(entry.action, this.#limits);
      return entry.escalation === null && !isUnwatched(entry.action) && at < by ? by : validUntil;
    }
    return entry.escalation === null && at < validUntil ? validUntil : validUntil + graceMs;
  }

  #isWatched(action: Action, at: number): boolean {
    const last = this.#reports[action.type];
    return !isUnwatched(action) && last !== undefined && at - last <= this.#limits.watchedForMs;
  }

  #reported(type: string, out: Outlet): void {
    const last = this.#reports[type];
    if (last !== undefined && out.at - last < HOUR_MS) return;
    this.#reports = { ...this.#reports, [type]: out.at };
    out.save(REPORTS, this.#reports, null);
  }

  #openAt(actionId: string | null | undefined): OpenAction | undefined {
    const entry = actionId == null ? undefined : this.#entries.get(actionId);
    return entry === undefined || isEnded(entry) ? undefined : entry;
  }

  /** In the order in which they were decided. */
  #waiting(): OpenAction[] {
    const waiting = [...this.#waitingIds].map((actionId) => this.#entries.get(actionId) as OpenAction);
    return waiting.sort((a, b) => a.place! - b.place!);
  }

  #keep(actionId: string, entry: Entry): void {
    this.#forget(actionId);
    this.#entries.set(actionId, entry);
    this.#board.add(entry, 1);
    if (isEnded(entry)) return;
    if (entry.state === 'waiting') this.#waitingIds.add(actionId);
    const target = targetOf(entry.action);
    const ids = this.#byTarget.get(target);
    if (ids === undefined) this.#byTarget.set(target, new Set([actionId]));
    else ids.add(actionId);
  }

  #forget(actionId: string): void {
    const entry = this.#entries.get(actionId);
    if (entry === undefined) return;
    this.#entries.delete(actionId);
    this.#board.add(entry, -1);
    this.#waitingIds.delete(actionId);
    if (isEnded(entry)) return;
    const target = targetOf(entry.action);
    const ids = this.#byTarget.get(target)!;
    ids.delete(actionId);
    if (ids.size === 0) this.#byTarget.delete(target);
  }
}

function fresh(action: Action): Omit<OpenAction, 'state'> {
  return { action, quantityDone: null, since: action.createdAt, by: null, escalation: null, place: null };
}

function targetOf({ target }: Action): string {
  return `${target.entityType}:${target.entityId}`;
}
