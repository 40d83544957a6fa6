import type { Action } from '@detent/schemas';
import {
  DecisionHarness,
  type GivenRecord,
  type HarnessOptions,
  ledgerWorld,
  seeded,
  segmentChanged,
} from '@detent/testing/decisions';
import { describe, expect, it } from '@jest/globals';
import { endStates } from './entry.ts';

const { idOf, obedient, statusOf, switched, told } = ledgerWorld;
const MINUTE = 60_000;
const T = Date.UTC(2026, 2, 2, 8);
const THINGS = ['a', 'b', 'c', 'd', 'e'];
const STATUSES = ['accepted', 'partial', 'done', 'failed', 'rejected', 'unknown'] as const;

/** A day in which everything happens to everything: in any order, twice, late, and while actions are paused. */
function scenario(seed: number): GivenRecord[] {
  const random = seeded(seed);
  const pick = <V>(values: readonly V[]): V => values[Math.floor(random() * values.length)]!;
  const records: GivenRecord[] = [];
  const ids: string[] = [];
  let at = T;
  for (let i = 0; i < 250; i += 1) {
    at += Math.floor(random() * 8 * MINUTE);
    const thing = pick(THINGS);
    const known = ids.length === 0 ? 'toy:thing:a:none:0' : pick(random() < 0.7 ? ids.slice(-6) : ids);
    const roll = random();
    if (roll < 0.4) {
      const earlier = ids.filter((id) => id.startsWith(`toy:thing:${thing}:`)).at(-1);
      const validForMs = Math.floor(random() * 120) * MINUTE;
      const supersedes = random() < 0.4 && earlier !== undefined ? { supersedes: earlier } : {};
      records.push(told('act', thing, { n: String(i), occurredAt: at, validForMs, ...supersedes }));
      ids.push(idOf(thing, String(i)));
    } else if (roll < 0.8) {
      const derived = random() < 0.1 ? pick([':withdraw', ':not-accepted', ':not-done']) : '';
      // Some are told an hour late.
      const told = at - (random() < 0.1 ? Math.floor(random() * 60) * MINUTE : 0);
      const quantityDone = Math.floor(random() * 9);
      const status = statusOf(known + derived, pick(STATUSES), told, { quantityDone });
      records.push(status, ...(random() < 0.2 ? [status] : []));
    } else if (roll < 0.87) {
      records.push(told(pick(['withdraw', 'done']), thing, { n: known, occurredAt: at }));
    } else if (roll < 0.94) {
      records.push(switched(random() < 0.4, at));
    } else if (roll < 0.97) {
      const of = { entityType: 'thing', entityId: thing, dimension: 'd', to: null, occurredAt: at };
      records.push(segmentChanged(of));
    }
  }
  records.push(switched(false, at + MINUTE));
  return records;
}

interface Kept {
  state: string;
  action?: Action;
}

function run(records: readonly GivenRecord[], options: HarnessOptions = {}, each?: (harness: DecisionHarness) => void) {
  const heard: string[] = [];
  const harness = new DecisionHarness(obedient(heard), options);
  const size = options.batch ?? 1;
  for (let from = 0; from < records.length; from += size) {
    harness.feed(...records.slice(from, from + size));
    each?.(harness);
  }
  return { harness, heard };
}

const entriesOf = (harness: DecisionHarness): [string, Kept][] =>
  harness
    .snapshot()
    .filter(([key]) => key.startsWith('~action:'))
    .map(([key, text]) => [key.slice('~action:'.length), (JSON.parse(text) as { value: Kept }).value]);
const isEnd = (state: string) => (endStates as readonly string[]).includes(state);
const horizon = (records: readonly GivenRecord[]) => records.at(-1)!.value.occurredAt + 40 * 60 * MINUTE;

describe.each([1, 2, 3, 4])('random statuses, pauses and ends, seed %i', (seed) => {
  const records = scenario(seed);

  it('every action comes to one end, which nothing changes, and is then forgotten', () => {
    const ends = new Map<string, string>();
    const opened = new Set<string>();
    const look = (harness: DecisionHarness) => {
      for (const [actionId, { state }] of entriesOf(harness)) {
        opened.add(actionId);
        const before = ends.get(actionId);
        if (before !== undefined) expect([actionId, state]).toEqual([actionId, before]);
        if (isEnd(state)) ends.set(actionId, state);
      }
    };
    const { harness } = run(records, {}, look);
    for (let at = records.at(-1)!.value.occurredAt; at <= horizon(records); at += 60 * MINUTE) {
      harness.advance(at);
      look(harness);
    }
    expect([...opened].filter((actionId) => !ends.has(actionId))).toEqual([]);
    expect(entriesOf(harness)).toEqual([]);
    expect(new Set(ends.values())).toEqual(new Set(endStates));
    let counted = 0;
    for (const [series, count] of harness.metrics)
      if (series.startsWith('detent_actions_ended_total')) counted += count;
    expect(counted).toBe(opened.size);
    for (const [series, count] of harness.metrics)
      if (/^detent_actions_(open|overdue)/.test(series)) expect([series, count]).toEqual([series, 0]);
  });

  it('no action is without a cause, none goes out twice, and what is about another names one that went out', () => {
    const { harness } = run(records);
    harness.advance(horizon(records));
    const out = new Set<string>();
    for (const { actionId, changeId, target, type, details } of harness.actions) {
      expect(changeId).toBe(`change-${target.entityId}`);
      expect(out).not.toContain(actionId);
      if (type !== 'work') expect(out).toContain(details['actionId']);
      // Nobody is called about a call.
      if (type === 'escalate') expect(String(details['actionId'])).not.toMatch(/:not-/);
      out.add(actionId);
    }
    const types = new Set(harness.actions.map(({ type }) => type));
    expect(types).toEqual(new Set(['work', 'escalate', 'withdraw']));
  });

  it('who reads the actions knows at any time, while they are not paused, which of them stand', () => {
    let paused = false;
    let checked = 0;
    const facts = new Set<string>();
    let next = 0;
    run(records, {}, (harness) => {
      const record = records[next]!;
      next += 1;
      const value = record.value as { n?: string; paused?: boolean; occurredAt: number };
      if (record.name === 'done') facts.add(value.n!);
      if (record.name === 'detent.actions.ActionsSwitched') paused = value.paused!;
      if (paused) return;
      const gone = new Set(facts);
      for (const { supersedes, type, details } of harness.actions) {
        if (supersedes) gone.add(supersedes);
        if (type === 'withdraw') gone.add(String(details['actionId']));
      }
      if (next % 3 > 0) return;
      const entries = entriesOf(harness).filter(([actionId]) => !facts.has(actionId));
      for (const [actionId, { state }] of entries) {
        if (!isEnd(state)) expect([actionId, gone.has(actionId)]).toEqual([actionId, false]);
        else if (state === 'superseded' || state === 'withdrawn') {
          const isOut = harness.actions.some((action) => action.actionId === actionId);
          // What never went out may be named all the same.
          if (isOut) expect([actionId, state, gone.has(actionId)]).toEqual([actionId, state, true]);
        }
      }
      checked += 1;
    });
    expect(checked).toBeGreaterThan(30);
  });

  it('decides the same in batches of any size and after restarts', () => {
    const { harness, heard } = run(records);
    for (const options of [{ batch: 40 }, { batch: 7, restartEachBatch: true }, { batch: 5000 }]) {
      const other = run(records, options);
      expect(other.harness.actions).toEqual(harness.actions);
      expect(other.heard).toEqual(heard);
      expect(other.harness.snapshot()).toEqual(harness.snapshot());
    }
  });
});
