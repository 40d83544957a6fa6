import { Timers } from '@detent/core';
import type { ActionStatus, ActionsSwitched, ModelSwitched } from '@detent/schemas';
import { acceptFact, isSourceTopic } from '../facts/accept-fact.ts';
import type { InputRecord, ProcessContext, Processor, Refusal, States, Step } from '../processor.ts';
import { type Change, endsEntity } from './changes.ts';
import type { ActionsMode, Decider, Effects, Fact } from './decider.ts';
import { EffectsAt, type Kept, type Surroundings } from './effects.ts';
import {
  ACTION_STATUS,
  ACTIONS_SWITCHED,
  actionStatusTopic,
  actionSwitchesTopic,
  defaultLedgerLimits,
  Ledger,
  type LedgerLimits,
} from './ledger/index.ts';
import { MODEL_STATE, MODEL_SWITCHED, type ModelInForce, modelSwitchesTopic } from './model-switch.ts';
import { decodeDecisionState, encodeDecisionState } from './state/index.ts';
import { StreamTime, TIME_STATE } from './stream-time.ts';

const DAY_MS = 86_400_000;
const SEGMENT_CHANGED = 'detent.segments.SegmentChanged';
const ACTION = 'detent.actions.Action';

/** A service that decides: what it reads and writes, and its decider. */
export interface DecisionSpec {
  service: string;
  /** Topics without prefix. */
  sources: readonly string[];
  /** Those of them that answer what the others say, so that nothing is gained by waiting for them. */
  unawaited?: readonly string[];
  /** Topic of its actions, without prefix. */
  output: string;
  actions: ActionsMode;
  decider: Decider;
  /** What the decider reads the model from; follows what is promoted. */
  model: ModelInForce;
  /** How long its actions are waited for. */
  limits?: LedgerLimits;
}

/**
 * Runs a decider as a resident processor over all partitions. Its timers fire at their own instants, between the
 * records before and after, so that what is decided does not depend on the size of batches.
 */
export function createDecisionProcessor(spec: DecisionSpec): Processor {
  return {
    service: spec.service,
    sources: [...spec.sources, actionStatusTopic, actionSwitchesTopic, modelSwitchesTopic],
    ...(spec.unawaited && { unawaited: spec.unawaited }),
    outputs: [spec.output],
    partitioning: 'single',
    resident: true,
    refusals: 'skip',
    accept: (record) => (isSourceTopic(record.topic) && record.name !== '' ? acceptFact(record) : eventTimeOf(record)),
    movesTime: ({ name }) => name !== ACTION_STATUS,
    keysOf: () => [],
    encodeState: (_key, value) => encodeDecisionState(value as Kept),
    decodeState: (_key, bytes) => decodeDecisionState(bytes),
    ...createRun(spec),
  };
}

function createRun(spec: DecisionSpec): Required<Pick<Processor, 'restore' | 'process' | 'onDue' | 'nextDue'>> {
  const { decider, model, service, limits = defaultLedgerLimits } = spec;
  const timers = new Timers();
  const ledger = new Ledger(service, limits);
  const of: Surroundings = { ...spec, ledger, timers };
  const time = new StreamTime();

  /** A model that cannot be read changes nothing: the segmenter sends the record to the dead letters. */
  function takeModel(switched: ModelSwitched, effects: Effects): void {
    try {
      if (!model.take(switched)) return;
      effects.save(MODEL_STATE, switched);
      effects.note('model-switched');
    } catch {
      effects.note('model-invalid');
    }
  }

  /** An answer: it moves no time, and comes neither before what it answers nor after what is known of the time. */
  function takeStatus(status: ActionStatus, context: ProcessContext): void {
    const latest = Math.max(time.known, context.reached);
    ledger.status(status, new EffectsAt(ledger.instantOf(status, latest), of, context));
  }

  function take({ name, value, raw, eventTime: at }: InputRecord, effects: EffectsAt): void {
    if (name === MODEL_SWITCHED) takeModel(value as ModelSwitched, effects);
    else if (name === ACTIONS_SWITCHED) takeSwitch(value as ActionsSwitched, effects);
    else {
      const fact: Fact = { name, value, key: raw.key === null ? '' : raw.key.toString(), at };
      decider.decide(fact, effects);
      // After the decider: it may know better what its actions have come to.
      if (name === SEGMENT_CHANGED && endsEntity(value as Change)) {
        const { entityType, entityId } = value as Change;
        ledger.entityEnded(entityType, entityId, effects);
      }
    }
  }

  function takeSwitch(switched: ActionsSwitched, effects: EffectsAt): void {
    if (switched.service !== service || !ledger.switched(switched, effects)) return;
    effects.note(switched.paused ? 'actions-paused' : 'actions-resumed');
  }

  /** Fires timers up to `until`, at most so many. */
  function wake(until: number, context: ProcessContext, limit = Number.POSITIVE_INFINITY): void {
    for (let fired = 0; fired < limit; fired += 1) {
      const next = timers.pop(until);
      if (next === undefined) break;
      // The entry may be one that the decider drops or saves anew; if it does neither, its timer is over.
      const kept = context.states.get(next.key) as Kept | undefined;
      if (kept !== undefined) {
        kept.dueAt = null;
        context.states.put(next.key, kept, null);
      }
      const effects = new EffectsAt(next.at, of, context);
      if (ledger.owns(next.key)) ledger.due(next.key, effects);
      else decider.due(next.key, next.at, effects);
    }
  }

  return {
    restore(states: States): void {
      for (const key of states.keys('')) {
        const { value, dueAt } = states.get(key) as Kept;
        if (key === MODEL_STATE) {
          model.take(value as ModelSwitched);
          continue;
        }
        if (key === TIME_STATE) {
          time.restore(value);
          continue;
        }
        timers.set(key, dueAt);
        if (ledger.owns(key)) ledger.restore(key, value);
        else decider.restore(key, value);
      }
      decider.restored?.();
    },

    *process(batch: readonly InputRecord[], context: ProcessContext): Step {
      for (const record of batch) {
        const { eventTime: at, name } = record;
        if (name === ACTION_STATUS) {
          wake(time.at, context);
          takeStatus(record.value as ActionStatus, context);
          continue;
        }
        // A stamp far ahead of everything is more likely wrong than true: it must not set off every timer at once.
        if (time.at === Number.NEGATIVE_INFINITY || at <= Math.max(time.at, context.now) + DAY_MS) {
          time.reach(at, context.states);
          wake(time.at, context);
        }
        if (name === '') continue;
        // Another service's action may have waited for a pause to end: what follows from it is decided now, not then.
        const decidedAt = name === ACTION ? Math.max(at, time.least) : at;
        take(decidedAt === at ? record : { ...record, eventTime: decidedAt }, new EffectsAt(decidedAt, of, context));
      }
      ledger.tellCounts(context.gauge.bind(context));
    },

    nextDue: () => timers.next() ?? Number.POSITIVE_INFINITY,

    *onDue(due: readonly { key: string; dueAt: number }[], until: number, context: ProcessContext): Step {
      // No more than were asked for: a rush of timers takes many batches, and one record waits for one batch.
      wake(until, context, due.length);
      if (!((timers.next() ?? Number.POSITIVE_INFINITY) <= until)) time.reach(until, context.states);
      ledger.tellCounts(context.gauge.bind(context));
      for (const { key } of due) {
        const kept = context.states.get(key) as Kept | undefined;
        if (kept === undefined) context.states.delete(key);
        else context.states.put(key, kept, timers.at(key) ?? null);
      }
    },
  };
}

/** Facts and changes carry `occurredAt`, actions `createdAt`; a tombstone has only its stamp. */
function eventTimeOf(record: Omit<InputRecord, 'eventTime'>): number | Refusal {
  if (record.name === '') return record.raw.timestamp;
  const value = record.value as { occurredAt?: unknown; effectiveAt?: unknown; createdAt?: unknown };
  const field = record.name === MODEL_SWITCHED ? 'effectiveAt' : record.name === ACTION ? 'createdAt' : 'occurredAt';
  const at = value[field];
  if (typeof at === 'number' && Number.isFinite(at)) return at;
  const message = `${record.name} has no ${field}, so it has no place in time: add it and redrive`;
  return { code: 'NO_EVENT_TIME', message, step: 'accept' };
}
