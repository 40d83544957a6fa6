import { Timers } from '@detent/core';
import type { ModelSwitched } from '@detent/schemas';
import { acceptFact, isSourceTopic } from '../facts/accept-fact.ts';
import type { InputRecord, ProcessContext, Processor, Refusal, States, Step } from '../processor.ts';
import { actionOf } from './action.ts';
import type { ActionDraft, ActionsMode, Decider, Effects, Fact } from './decider.ts';
import { MODEL_STATE, MODEL_SWITCHED, type ModelInForce, modelSwitchesTopic } from './model-switch.ts';

const DAY_MS = 86_400_000;

/** A service that decides: what it reads and writes, and its decider. */
export interface DecisionSpec {
  service: string;
  /** Topics without prefix. */
  sources: readonly string[];
  /** Topic of its actions, without prefix. */
  output: string;
  actions: ActionsMode;
  decider: Decider;
  /** What the decider reads the model from; follows what is promoted. */
  model: ModelInForce;
}

/** A state with its timer, so that both come back together. */
interface Kept {
  dueAt: number | null;
  value: object;
}

/**
 * Runs a decider as a resident processor over all partitions. Its timers fire at their own instants, between the
 * records before and after, so that what is decided does not depend on the size of batches.
 */
export function createDecisionProcessor(spec: DecisionSpec): Processor {
  return {
    service: spec.service,
    sources: [...spec.sources, modelSwitchesTopic],
    outputs: [spec.output],
    partitioning: 'single',
    resident: true,
    refusals: 'skip',
    accept: (record) => (isSourceTopic(record.topic) && record.name !== '' ? acceptFact(record) : eventTimeOf(record)),
    keysOf: () => [],
    encodeState: (_key, value) => Buffer.from(JSON.stringify(value)),
    decodeState: (_key, bytes) => JSON.parse(bytes.toString()) as Kept,
    ...createRun(spec),
  };
}

function createRun(spec: DecisionSpec): Required<Pick<Processor, 'restore' | 'process' | 'onDue'>> {
  const { decider, model } = spec;
  const timers = new Timers();
  let streamTime = Number.NEGATIVE_INFINITY;

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
      decider.due(next.key, next.at, effectsAt(next.at, spec, timers, context));
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
        timers.set(key, dueAt);
        decider.restore(key, value);
      }
      decider.restored?.();
    },

    *process(batch: readonly InputRecord[], context: ProcessContext): Step {
      for (const record of batch) {
        const at = record.eventTime;
        // A stamp far ahead of everything is more likely wrong than true: it must not set off every timer at once.
        if (streamTime === Number.NEGATIVE_INFINITY || at <= Math.max(streamTime, context.now) + DAY_MS) {
          streamTime = Math.max(streamTime, at);
          wake(streamTime, context);
        }
        if (record.name === '') continue;
        if (record.name === MODEL_SWITCHED) {
          takeModel(record.value as ModelSwitched, effectsAt(at, spec, timers, context));
          continue;
        }
        const key = record.raw.key === null ? '' : record.raw.key.toString();
        const fact: Fact = { name: record.name, value: record.value, key, at };
        decider.decide(fact, effectsAt(at, spec, timers, context));
      }
    },

    *onDue(due: readonly { key: string; dueAt: number }[], until: number, context: ProcessContext): Step {
      // No more than were asked for: a rush of timers takes many batches, and one record waits for one batch.
      wake(until, context, due.length);
      if (!((timers.next() ?? Number.POSITIVE_INFINITY) <= until)) streamTime = Math.max(streamTime, until);
      for (const { key } of due) {
        const kept = context.states.get(key) as Kept | undefined;
        if (kept === undefined) context.states.delete(key);
        else context.states.put(key, kept, timers.at(key) ?? null);
      }
    },
  };
}

function effectsAt(at: number, spec: DecisionSpec, timers: Timers, context: ProcessContext): Effects {
  const { service, actions, output } = spec;
  return {
    save(key: string, value: object, dueAt: number | null = null): void {
      timers.set(key, dueAt);
      context.states.put(key, { dueAt, value } satisfies Kept, dueAt);
    },
    drop(key: string): void {
      timers.set(key, null);
      context.states.delete(key);
    },
    act(draft: ActionDraft): string {
      const action = actionOf(service, draft, at, actions);
      if (actions !== 'off' && !context.replay) {
        context.emit({
          topic: output,
          name: 'detent.actions.Action',
          key: draft.target.entityId,
          value: action,
          eventTime: at,
          partition: 'key',
          id: action.actionId,
        });
        context.count('detent_actions_total', { service, type: draft.type, mode: actions });
      }
      return action.actionId;
    },
    note(outcome: string): void {
      context.count('detent_decisions_total', { service, outcome });
    },
  };
}

/** Facts and changes carry `occurredAt`; a tombstone has only its stamp. */
function eventTimeOf(record: Omit<InputRecord, 'eventTime'>): number | Refusal {
  if (record.name === '') return record.raw.timestamp;
  const { occurredAt, effectiveAt } = record.value as { occurredAt?: unknown; effectiveAt?: unknown };
  const at = record.name === MODEL_SWITCHED ? effectiveAt : occurredAt;
  if (typeof at === 'number' && Number.isFinite(at)) return at;
  const message = `${record.name} has no occurredAt, so it has no place in time: add it and redrive`;
  return { code: 'NO_EVENT_TIME', message, step: 'accept' };
}
