import type { StateWrite } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';
import { type Reason, reconcile, type Truth, type WorkingCopy } from './reconcile.ts';

const set = (key: string, value: string): StateWrite => ({ key, value: Buffer.from(value), dueAt: null });

/** Records at offsets 10, 12, 14, each followed by its commit marker; the log ends at 16. */
const log = [
  { offset: 10, writes: [set('a', '1'), set('b', '1')] },
  { offset: 12, writes: [set('a', '2')] },
  { offset: 14, writes: [set('c', '3'), { key: 'b', value: null, dueAt: null }] },
];
const truth: Truth = {
  topicId: 'T',
  markAt: (next) => `T:${next}`,
  async *read(from, end) {
    for (const { offset, writes } of log) if (offset >= from && offset < end) yield { writes, next: offset + 1 };
  },
};
const whole = { a: '2', c: '3' };

function copyOf(mark: string | null, states: Record<string, string>) {
  const held = { mark, states: new Map(Object.entries(states)), refuseFrom: Number.POSITIVE_INFINITY, calls: 0 };
  const copy: WorkingCopy = {
    mark: async () => held.mark,
    async apply(expected, target, writes) {
      held.calls += 1;
      if (held.mark !== expected || held.calls >= held.refuseFrom) return false;
      for (const { key, value } of writes) {
        if (value === null) held.states.delete(key);
        else held.states.set(key, value.toString());
      }
      if (target !== '') held.mark = target;
      return true;
    },
    async drop(expected) {
      if (held.mark !== expected) return false;
      held.states.clear();
      return true;
    },
  };
  return { copy, held };
}

async function run(mark: string | null, states: Record<string, string>, bounds = { start: 10, end: 16 }) {
  const { copy, held } = copyOf(mark, states);
  const reasons: Reason[] = [];
  const result = await reconcile(copy, truth, bounds, (reason) => reasons.push(reason));
  return { result, reasons, states: Object.fromEntries(held.states), mark: held.mark };
}

describe('reconciling the working copy with the changelog', () => {
  it('writes nothing when only the commit marker lies between', async () => {
    const ran = await run('T:15', whole);
    expect(ran).toEqual({ result: 'T:15', reasons: [], states: whole, mark: 'T:15' });
  });

  it('applies what is missing, and only that', async () => {
    const ran = await run('T:11', { a: '1', b: '1', untouched: 'x' });
    expect(ran).toEqual({ result: 'T:15', reasons: ['behind'], states: { ...whole, untouched: 'x' }, mark: 'T:15' });
  });

  it.each([
    ['absent', null, 'absent'],
    ['of another topic', 'U:15', 'foreign'],
    ['left by a rebuild that did not end', 'rebuild:x', 'foreign'],
    ['ahead of the log', 'T:17', 'ahead'],
    ['older than the log', 'T:3', 'truncated'],
  ])('builds a copy anew that is %s', async (_name, mark, reason) => {
    const ran = await run(mark, { stale: 'x', a: '0' });
    expect(ran).toEqual({ result: 'T:15', reasons: [reason], states: whole, mark: 'T:15' });
  });

  it('begins with an empty copy where the log is empty', async () => {
    const ran = await run(null, { left: 'over' }, { start: 0, end: 0 });
    expect(ran).toMatchObject({ result: 'T:0', states: {}, mark: 'T:0' });
  });

  it('writes a large log in parts, and what it holds several times of a part once, the newest last', async () => {
    const { copy, held } = copyOf(null, {});
    const size = 100_000;
    const rounds = 4;
    const keys = 60;
    const large: Truth = {
      ...truth,
      async *read() {
        for (let n = 0; n < rounds * keys; n += 1)
          yield { writes: [set(`k${n % keys}`, `${Math.floor(n / keys)}`.repeat(size))], next: n + 1 };
      },
    };
    let written = 0;
    let most = 0;
    const counting: WorkingCopy = {
      ...copy,
      apply(expected, target, writes) {
        written += writes.length;
        most = Math.max(most, writes.length);
        expect(new Set(writes.map(({ key }) => key)).size).toBe(writes.length);
        return copy.apply(expected, target, writes);
      },
    };
    expect(await reconcile(counting, large, { start: 0, end: rounds * keys }, () => {})).toBe(`T:${rounds * keys}`);
    const newest = Array.from({ length: keys }, (_, i) => [`k${i}`, `${rounds - 1}`.repeat(size)]);
    expect(Object.fromEntries(held.states)).toEqual(Object.fromEntries(newest));
    expect(written).toBeLessThan(rounds * keys);
    expect(most).toBeLessThanOrEqual(keys);
    expect(held.calls).toBeGreaterThan(4);
  });

  it.each([1, 2, 3])('gives up when somebody else writes meanwhile (write %i)', async (refuseFrom) => {
    const { copy, held } = copyOf(null, {});
    held.refuseFrom = refuseFrom;
    expect(await reconcile(copy, truth, { start: 10, end: 16 }, () => {})).toBeUndefined();
    expect(held.mark).not.toBe('T:15');
  });
});
