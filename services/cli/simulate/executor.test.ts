import type { Action, ActionStatus } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { Executor } from './executor.ts';

const T = Date.UTC(2026, 2, 2, 9);
const HOUR = 3_600_000;
const action = (n: number, of: Partial<Action> = {}): Action => ({
  ...{ actionId: `picking:zone:z:c${n}:1`, service: 'picking', type: 'release-batch' },
  ...{ target: { entityType: 'zone', entityId: 'z' }, changeId: `c${n}`, segment: { dimension: 'd', segment: 's' } },
  ...{ because: 'why', details: { mode: 'live' }, alternatives: [], createdAt: T, validUntil: T + 4 * HOUR },
  ...of,
});
const said = (executor: Executor, until: number) =>
  executor.answers(until).map(({ value, eventTime }) => ({ ...(value as ActionStatus), eventTime }));
const heard = (seed: number, order: readonly number[]) => {
  const executor = new Executor({ seed, refusals: 0.2 });
  for (const n of order) executor.hear(action(n), T);
  return executor;
};
const numbers = Array.from({ length: 300 }, (_, n) => n);

describe('a simulated floor', () => {
  it('accepts before it is done, ends each action once, and refuses about the share that it was told, with reasons', () => {
    const all = said(heard(1, numbers), T + 4 * HOUR);
    const ends = all.filter(({ status }) => status !== 'accepted');
    expect(new Set(ends.map(({ actionId }) => actionId)).size).toBe(300);
    expect(ends).toHaveLength(300);
    const refused = ends.filter(({ status }) => status !== 'done');
    expect(refused.length).toBeGreaterThan(35);
    expect(refused.length).toBeLessThan(90);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(['failed', 'rejected']));
    for (const { status, reason } of ends) expect(reason === null).toBe(status === 'done');
    for (const { status, actionId, eventTime } of all)
      if (status === 'done' || status === 'failed') {
        const accepted = all.find((each) => each.actionId === actionId && each.status === 'accepted')!;
        expect(accepted.eventTime).toBeLessThan(eventTime);
      }
  });

  it('says the same by seed and action, in whatever order it hears and is asked', () => {
    const ids = (list: ReturnType<typeof said>) =>
      list.map(({ eventId, eventTime }) => `${eventId} ${eventTime}`).sort();
    const whole = ids(said(heard(1, numbers), T + 4 * HOUR));
    const parts = heard(1, [...numbers].reverse());
    expect(ids([...said(parts, T + HOUR / 6), ...said(parts, T + HOUR / 2), ...said(parts, T + 4 * HOUR)])).toEqual(
      whole,
    );
    expect(ids(said(heard(2, numbers), T + 4 * HOUR))).not.toEqual(whole);
  });

  it('lays down what is replaced or taken back, and lets be what is rehearsed or no work of people', () => {
    const executor = new Executor({ seed: 1, refusals: 0 });
    for (const n of [1, 2, 3]) executor.hear(action(n), T);
    executor.hear(action(4, { supersedes: action(1).actionId }), T);
    executor.hear(action(5, { type: 'withdraw', details: { mode: 'live', actionId: action(2).actionId } }), T);
    executor.hear(action(6, { details: { mode: 'dry-run' } }), T);
    executor.hear(action(7, { type: 'enqueue' }), T);
    expect(new Set(said(executor, T + 4 * HOUR).map(({ actionId }) => actionId))).toEqual(
      new Set([action(3).actionId, action(4).actionId]),
    );
  });

  it('carries goods once, in the order of steps, and neither what was taken back in time nor what needs a refused step', () => {
    const move = (n: number, of: Partial<Action> = {}) => action(n, { type: 'move', ...of });
    const executor = new Executor({ seed: 1, refusals: 0 });
    const after = (n: number) => ({ details: { mode: 'live', after: action(n).actionId } });
    const takeBack = (n: number, at: number) =>
      action(90 + n, {
        ...{ type: 'withdraw', createdAt: at, details: { mode: 'live', actionId: action(n).actionId } },
      });
    for (const n of [1, 2]) executor.hear(move(n), T);
    executor.hear(move(3, after(1)), T);
    executor.hear(takeBack(2, T + 1), T);
    const finished = executor.finished(T + 6 * HOUR).map(({ actionId }) => actionId);
    expect(finished).toEqual([action(1).actionId, action(3).actionId]);
    expect(executor.finished(T + 9 * HOUR)).toEqual([]);

    // It was being done when it was taken back: goods and answer say the same.
    const late = new Executor({ seed: 1, refusals: 0 });
    late.hear(move(1), T);
    late.hear(takeBack(1, T + 6 * HOUR), T);
    expect(late.finished(T + 7 * HOUR)).toHaveLength(1);
    expect(said(late, T + 7 * HOUR).map(({ status }) => status)).toEqual(['accepted', 'done']);

    const refusing = new Executor({ seed: 1, refusals: 1 });
    refusing.hear(move(1), T);
    refusing.hear(move(3, after(1)), T);
    expect(refusing.finished(T + 9 * HOUR)).toEqual([]);
    expect(new Set(said(refusing, T + 9 * HOUR).map(({ actionId }) => actionId))).toEqual(
      new Set([action(1).actionId]),
    );
  });
});
