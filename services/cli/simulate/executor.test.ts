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
});
