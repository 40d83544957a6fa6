import type { Timers } from '@detent/core';
import type { Action } from '@detent/schemas';
import type { CounterName } from '../ports/index.ts';
import type { ProcessContext } from '../processor.ts';
import { actionOf } from './action.ts';
import type { ActionDraft, ActionsMode, Decider, Effects } from './decider.ts';
import type { Ledger, Outlet } from './ledger/index.ts';

/** A state with its timer, so that both come back together. */
export interface Kept {
  dueAt: number | null;
  value: object;
}

/** What effects of one service work on, whatever the instant. */
export interface Surroundings {
  service: string;
  /** Topic of its actions, without prefix. */
  output: string;
  actions: ActionsMode;
  decider: Decider;
  ledger: Ledger;
  timers: Timers;
}

/** What a decision at an instant (epoch ms) leaves behind, and what the ledger does then. */
export class EffectsAt implements Effects, Outlet {
  readonly at: number;
  readonly #of: Surroundings;
  readonly #context: ProcessContext;

  constructor(at: number, of: Surroundings, context: ProcessContext) {
    this.at = at;
    this.#of = of;
    this.#context = context;
  }

  save(key: string, value: object, dueAt: number | null = null): void {
    // Whole milliseconds: what is done at that instant bears it as its time.
    const due = dueAt === null ? null : Math.ceil(dueAt);
    this.#of.timers.set(key, due);
    this.#context.states.put(key, { dueAt: due, value } satisfies Kept, due);
  }

  drop(key: string): void {
    this.#of.timers.set(key, null);
    this.#context.states.delete(key);
  }

  act(draft: ActionDraft): string {
    const { service, actions, ledger } = this.#of;
    const action = actionOf(service, draft, this.at, actions);
    if (this.#isHeard) ledger.open(action, this);
    return action.actionId;
  }

  withdraw(actionId: string, because: string): void {
    this.#of.ledger.withdraw(actionId, because, this);
  }

  done(actionId: string): void {
    this.#of.ledger.done(actionId, this);
  }

  publish(action: Action): void {
    if (!this.#isHeard) return;
    const { service, actions, output } = this.#of;
    this.#context.emit({
      topic: output,
      name: 'detent.actions.Action',
      key: action.target.entityId,
      value: action,
      eventTime: this.at,
      partition: 'key',
      id: action.actionId,
    });
    this.#context.count('detent_actions_total', { service, type: action.type, mode: actions });
  }

  tell: Outlet['tell'] = (news, action) => this.#of.decider.status?.(news, action, this);

  count(metric: CounterName, labels: Readonly<Record<string, string>>): void {
    this.#context.count(metric, labels);
  }

  note(outcome: string): void {
    this.#context.count('detent_decisions_total', { service: this.#of.service, outcome });
  }

  get #isHeard(): boolean {
    return this.#of.actions !== 'off' && !this.#context.replay;
  }
}
