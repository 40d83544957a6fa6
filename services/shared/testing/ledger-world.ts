import {
  type ActionDraft,
  createDecisionProcessor,
  type Decider,
  type Effects,
  type Fact,
  type LedgerLimits,
  type Processor,
  type StatusNews,
} from '@detent/pipeline';
import type { Action, ActionStatus } from '@detent/schemas';
import { fact, modelOf } from './decision-builders.ts';
import type { GivenRecord } from './decision-harness.ts';

const MINUTE = 60_000;

/** Round figures: accepted within 10 minutes, an hour of grace, a day of memory. */
export const limits: LedgerLimits = {
  acceptWithinMs: { other: 10 * MINUTE },
  graceMs: 60 * MINUTE,
  retentionMs: 24 * 60 * MINUTE,
  watchedForMs: 7 * 24 * 60 * MINUTE,
  escalationMs: 12 * 60 * MINUTE,
  withdrawalMs: 60 * MINUTE,
};

/** What a test asks of the decider below; any record may carry it. */
export interface Order {
  occurredAt: number;
  /** Tells actions apart; the entity is the key. */
  n: string;
  validForMs?: number;
  supersedes?: string;
  /** Of its only task; without it there is none. */
  quantity?: number;
}

/** A service that does as it is told: `act`, `withdraw` and `done` are records, so that a test says when. */
class Obedient implements Decider {
  readonly heard: string[];
  constructor(heard: string[]) {
    this.heard = heard;
  }
  restore(): void {}
  decide({ name, value, key, at }: Fact, effects: Effects): void {
    const { n, validForMs = 60 * MINUTE, supersedes, quantity } = value as Order;
    if (name === 'withdraw') effects.withdraw(n, 'it is moot');
    else if (name === 'done') effects.done(n);
    else if (name === 'act') {
      const tasks = quantity === undefined ? {} : { tasks: [{ quantity }] };
      effects.act({ ...draft(key, n, at + validForMs, supersedes), ...tasks });
    }
  }
  due(): void {}
  status({ status }: StatusNews, { actionId }: Action): void {
    this.heard.push(`${actionId} ${status}`);
  }
}

function draft(entityId: string, n: string, validUntil: number, supersedes: string | undefined): ActionDraft {
  return {
    type: 'work',
    target: { entityType: 'thing', entityId },
    cause: {
      ...{ entityType: 'thing', entityId, dimension: 'd', segment: 's', epoch: 'e-0-0', sequence: 1 },
      ...{ changeId: `change-${entityId}`, commands: true, text: 'why', byDefault: false },
    },
    n,
    because: 'of the test',
    siteId: null,
    details: {},
    alternatives: [{ what: 'nothing', rejectedBecause: 'it would be too little' }],
    playbook: { name: 'p', sop: 'docs/sops/normal-operation.md', do: {} },
    validUntil,
    ...(supersedes === undefined ? {} : { supersedes }),
    undo: { type: 'unwork', details: { how: 'backwards' } },
  };
}

/** A processor of such a service. `heard` gathers what its hook was told. */
export function obedient(heard: string[] = [], actions: 'off' | 'live' = 'live'): () => Processor {
  return () =>
    createDecisionProcessor({
      service: 'toy',
      sources: ['segments.thing.v1'],
      output: 'actions.picking.v1',
      actions,
      decider: new Obedient(heard),
      model: modelOf({}),
      limits,
    });
}

/** Id of an action of that service. */
export const idOf = (entityId: string, n: string): string => `toy:thing:${entityId}:change-${entityId}:${n}`;

/** A record that tells the service what to do. */
export const told = (name: 'act' | 'withdraw' | 'done', entityId: string, order: Order): GivenRecord =>
  fact(name, order, entityId);

/** A status as an executor sends it. */
export function statusOf(
  actionId: string,
  status: ActionStatus['status'],
  occurredAt: number,
  of: Partial<ActionStatus> = {},
): GivenRecord {
  const [, entityType = '', entityId = ''] = actionId.split(':');
  const target = { entityType, entityId };
  const value: ActionStatus = {
    ...{ eventId: `${actionId} ${status} ${occurredAt}`, occurredAt, actionId, target, status },
    ...{ quantityDone: null, reason: null, by: 'wms', ...of },
  };
  return fact('detent.actions.ActionStatus', value, target.entityId);
}

/** A switch that pauses the service's actions, or lets them go on. */
export const switched = (paused: boolean, occurredAt: number): GivenRecord =>
  fact('detent.actions.ActionsSwitched', {
    ...{ eventId: `${paused} ${occurredAt}`, occurredAt, service: 'toy', paused, by: 'lead', reason: 'a test' },
  });
