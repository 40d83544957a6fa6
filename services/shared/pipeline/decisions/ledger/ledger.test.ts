import { DecisionHarness, ledgerWorld, segmentChanged } from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';

const { idOf, obedient, statusOf, switched, told } = ledgerWorld;
const MINUTE = 60_000;
const T = Date.UTC(2026, 2, 2, 8);
const A = idOf('a', '1');

function world(actions: 'off' | 'live' = 'live') {
  const heard: string[] = [];
  const harness = new DecisionHarness(obedient(heard, actions));
  const state = (actionId: string) => {
    const found = harness.snapshot().find(([key]) => key === `~action:${actionId}`);
    return found === undefined ? undefined : (JSON.parse(found[1]) as { value: { state: string } }).value.state;
  };
  const results = () =>
    [...harness.metrics].flatMap(([series, count]) =>
      series.startsWith('detent_action_statuses_total') ? [`${series.split(' ').slice(2).join(' ')} ${count}`] : [],
    );
  const act = (n: string, at: number, of: object = {}) => harness.feed(told('act', 'a', { n, occurredAt: at, ...of }));
  return { harness, heard, state, results, act };
}

describe('statuses', () => {
  it('move an action on step by step, and the service hears of each', () => {
    const { harness, heard, state, act } = world();
    act('1', T);
    expect(state(A)).toBe('open');
    harness.feed(statusOf(A, 'accepted', T + MINUTE));
    expect(state(A)).toBe('accepted');
    harness.feed(statusOf(A, 'partial', T + 2 * MINUTE, { quantityDone: 3 }));
    harness.feed(statusOf(A, 'done', T + 3 * MINUTE));
    expect(state(A)).toBe('done');
    expect(heard).toEqual([`${A} accepted`, `${A} partial`, `${A} done`]);
    expect(harness.metrics.get('detent_actions_ended_total toy work done')).toBe(1);
    expect(harness.metrics.get('detent_actions_open toy work accepted')).toBe(0);
  });

  it.each<[string, Parameters<typeof statusOf>[1][], string, string]>([
    ['done after rejected', ['rejected', 'done'], 'rejected', 'done after-end 1'],
    ['accepted after done', ['done', 'accepted'], 'done', 'accepted after-end 1'],
    ['done twice', ['done', 'done'], 'done', 'done repeated 1'],
    ['accepted twice', ['accepted', 'accepted'], 'accepted', 'accepted repeated 1'],
    ['a status that this build does not know', ['unknown'], 'open', 'unknown unknown-status 1'],
  ])('%s: the first end stands', (_what, statuses, end, result) => {
    const { harness, heard, state, results, act } = world();
    act('1', T);
    for (const [i, each] of statuses.entries()) harness.feed(statusOf(A, each, T + (i + 1) * MINUTE));
    expect(state(A)).toBe(end);
    expect(results()).toContain(result);
    expect(heard).toHaveLength(statuses[0] === 'unknown' ? 0 : 1);
  });

  it('partial counts in totals: the same again is a repeat, less is out of order, and so is accepted after it', () => {
    const { harness, heard, results, act } = world();
    act('1', T);
    for (const quantityDone of [4, 4, 2, 6]) harness.feed(statusOf(A, 'partial', T + MINUTE, { quantityDone }));
    harness.feed(statusOf(A, 'accepted', T + 2 * MINUTE));
    expect(results()).toEqual([
      'partial taken 2',
      'partial repeated 1',
      'partial out-of-order 1',
      'accepted out-of-order 1',
    ]);
    expect(heard).toEqual([`${A} partial`, `${A} partial`]);
  });

  it('of another target are not believed, nor are more units than the tasks come to', () => {
    const { harness, heard, state, results, act } = world();
    act('1', T, { quantity: 12 });
    const target = { entityType: 'thing', entityId: 'b' };
    harness.feed(statusOf(A, 'rejected', T + MINUTE, { target }));
    harness.feed(statusOf(A, 'partial', T + MINUTE, { quantityDone: 999_999 }));
    expect([state(A), heard]).toEqual(['open', []]);
    expect(results()).toEqual(['rejected wrong-target 1', 'partial too-much 1']);
    // Nobody who can be believed has answered: nobody is called.
    expect(harness.advance(T + 20 * MINUTE)).toEqual([]);
    harness.feed(statusOf(A, 'partial', T + 21 * MINUTE, { quantityDone: 12 }));
    harness.feed(statusOf(A, 'done', T + 22 * MINUTE), statusOf(A, 'done', T + 23 * MINUTE, { target }));
    expect(heard).toEqual([`${A} partial`, `${A} done`]);
    expect(results()).toContain('done wrong-target 1');
  });

  it('of an unknown action are counted; those of other services are none of its business', () => {
    const { harness, results } = world();
    harness.feed(statusOf(A, 'done', T), statusOf('other:thing:a:c:1', 'done', T));
    expect(results()).toEqual(['done unknown-action 1']);
  });

  it('of a superseded action change neither it nor its successor', () => {
    const { harness, heard, state, results, act } = world();
    act('1', T);
    expect(act('2', T + MINUTE, { supersedes: A })).toMatchObject([{ supersedes: A }]);
    harness.feed(statusOf(A, 'done', T + 2 * MINUTE));
    expect([state(A), state(idOf('a', '2'))]).toEqual(['superseded', 'open']);
    expect([results(), heard]).toEqual([['done after-end 1'], []]);
  });

  it('are remembered for the retention, and no longer', () => {
    const { harness, state, results, act } = world();
    act('1', T);
    harness.feed(statusOf(A, 'done', T + MINUTE));
    harness.advance(T + MINUTE + 24 * 60 * MINUTE);
    expect(state(A)).toBeUndefined();
    harness.feed(statusOf(A, 'done', T + 25 * 60 * MINUTE));
    expect(results()).toContain('done unknown-action 1');
  });
});

describe('time-outs', () => {
  /** Somebody has told of such actions before. */
  function watched() {
    const of = world();
    of.act('0', T - MINUTE);
    of.harness.feed(statusOf(idOf('a', '0'), 'done', T - MINUTE / 2));
    of.heard.length = 0;
    return of;
  }

  it('call people once for what nobody accepts, then let it expire', () => {
    const { harness, heard, state, act } = watched();
    act('1', T);
    expect(harness.advance(T + 10 * MINUTE - 1)).toEqual([]);
    const [call, ...more] = harness.advance(T + 10 * MINUTE);
    expect(more).toEqual([]);
    expect(call).toMatchObject({
      actionId: `${A}:not-accepted`,
      type: 'escalate',
      changeId: 'change-a',
      createdAt: T + 10 * MINUTE,
      sop: 'docs/sops/unanswered-action.md',
      details: { actionId: A, why: 'not-accepted', sop: 'docs/sops/normal-operation.md' },
    });
    expect(harness.metrics.get('detent_actions_overdue toy work')).toBe(1);
    harness.restart();
    expect(harness.advance(T + 60 * MINUTE)).toEqual([]);
    expect([state(A), heard]).toEqual(['expired', [`${A} expired`]]);
    expect(harness.metrics.get('detent_actions_overdue toy work')).toBe(0);
  });

  it('tell those who were called when it is accepted after all', () => {
    const { harness, act } = watched();
    act('1', T);
    harness.advance(T + 20 * MINUTE);
    expect(harness.feed(statusOf(A, 'accepted', T + 21 * MINUTE))).toMatchObject([
      { type: 'withdraw', details: { actionId: `${A}:not-accepted`, undo: 'close-escalation' } },
    ]);
  });

  it('give what was accepted a time of grace after its call', () => {
    const { harness, state, act } = watched();
    act('1', T);
    harness.feed(statusOf(A, 'accepted', T + MINUTE));
    expect(harness.advance(T + 60 * MINUTE)).toMatchObject([{ type: 'escalate', details: { why: 'not-done' } }]);
    expect(harness.feed(statusOf(A, 'done', T + 90 * MINUTE))).toMatchObject([{ type: 'withdraw' }]);
    expect(state(A)).toBe('done');
    act('2', T + 100 * MINUTE);
    harness.feed(statusOf(idOf('a', '2'), 'accepted', T + 101 * MINUTE));
    harness.advance(T + 220 * MINUTE);
    expect(state(idOf('a', '2'))).toBe('expired');
  });

  it('call nobody and move nothing on where nobody ever tells of such actions', () => {
    const { harness, heard, state, act } = world();
    act('1', T);
    expect(harness.advance(T + 3 * 60 * MINUTE)).toEqual([]);
    expect([state(A), heard]).toEqual(['expired', []]);
  });
});

describe('withdrawals', () => {
  it('name the action and how to undo it, once, and only while it is open', () => {
    const { harness, state, act } = world();
    act('1', T);
    expect(harness.feed(told('withdraw', 'a', { n: A, occurredAt: T + MINUTE }))).toMatchObject([
      {
        actionId: `${A}:withdraw`,
        changeId: 'change-a',
        because: 'work for thing a is taken back because it is moot',
        details: { actionId: A, type: 'work', undo: 'unwork', how: 'backwards', mode: 'live' },
      },
    ]);
    expect(harness.feed(told('withdraw', 'a', { n: A, occurredAt: T + 2 * MINUTE }))).toEqual([]);
    expect(state(A)).toBe('withdrawn');
  });

  it('follow the end of the entity, but not of an earlier life, nor for what facts have shown to be done', () => {
    const { harness, act } = world();
    const ends = (occurredAt: number, origin = 'live') =>
      segmentChanged({
        ...{ entityType: 'thing', entityId: 'a', dimension: 'd', to: null, occurredAt },
        origin: origin as 'live',
      });
    act('1', T);
    act('2', T);
    harness.feed(told('done', 'a', { n: A, occurredAt: T + MINUTE }));
    expect(harness.feed(ends(T - MINUTE), ends(T + 2 * MINUTE, 'edit'))).toEqual([]);
    expect(harness.feed(ends(T + 3 * MINUTE))).toMatchObject([{ details: { actionId: idOf('a', '2') } }]);
  });
});

describe('a pause', () => {
  it('loses nothing: what waits goes out in order when it ends, what is over by then does not', () => {
    const { harness, heard, act } = world();
    harness.feed(switched(true, T));
    expect(harness.metrics.get('detent_actions_paused toy')).toBe(1);
    expect([act('1', T + 1, { validForMs: 5 * MINUTE }), act('2', T + 1), act('3', T + 2)]).toEqual([[], [], []]);
    expect(harness.metrics.get('detent_actions_open toy work waiting')).toBe(3);
    harness.restart();
    const out = harness.feed(switched(false, T + 6 * MINUTE));
    expect(out.map(({ actionId }) => actionId)).toEqual([idOf('a', '2'), idOf('a', '3')]);
    // As it was decided, alternatives and all.
    expect(out[0]).toMatchObject({ createdAt: T + 1, alternatives: [{ what: 'nothing' }] });
    expect(heard).toEqual([`${A} expired`]);
    expect(act('4', T + 7 * MINUTE)).toHaveLength(1);
  });

  it('keeps what executors know whole: who replaces what nobody heard of replaces what that would have replaced', () => {
    const { harness, state, act } = world();
    act('1', T);
    harness.feed(switched(true, T + 1));
    act('2', T + 2, { supersedes: A });
    act('3', T + 3, { supersedes: idOf('a', '2') });
    expect(state(A)).toBe('open');
    expect(harness.feed(switched(false, T + 4))).toMatchObject([{ actionId: idOf('a', '3'), supersedes: A }]);
    expect(state(A)).toBe('superseded');
  });

  it('takes back what was to be replaced by something that never went out', () => {
    const { harness, state, act } = world();
    act('1', T);
    harness.feed(switched(true, T + 1));
    act('2', T + 2, { supersedes: A });
    harness.feed(told('withdraw', 'a', { n: idOf('a', '2'), occurredAt: T + 3 }));
    expect(state(A)).toBe('withdrawn');
    expect(harness.feed(switched(false, T + 4))).toMatchObject([{ type: 'withdraw', details: { actionId: A } }]);
  });

  it('is not changed by an older switch', () => {
    const { harness, act } = world();
    harness.feed(switched(true, T + 5), switched(false, T + 4));
    expect(act('1', T + 6)).toEqual([]);
  });
});

it('with actions off nothing is opened', () => {
  const { harness, act } = world('off');
  act('1', T);
  expect(harness.snapshot().filter(([key]) => key.startsWith('~action'))).toEqual([]);
});
