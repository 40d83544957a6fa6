import { JOURNAL_HEADER, type JournalEntry, type LogClient, packStates } from '@detent/pipeline';
import { createEmbeddedWorld } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { type SurveyRules, survey } from './survey.ts';

const TOPIC = 'state.s.v1';
const state = packStates([{ key: 'k', value: Buffer.from('v'), dueAt: null }])[0]!;

/** A changelog of batches at offsets 0, 1, …; `undefined` is a record without a journal. */
async function changelog(entries: (Partial<JournalEntry> | undefined)[], value: Buffer | null = state) {
  const world = await createEmbeddedWorld([TOPIC]);
  await world.client.append(
    entries.map((entry, i) => ({
      topic: TOPIC,
      partition: 0,
      key: null,
      value,
      timestamp: i,
      headers: entry && { [JOURNAL_HEADER]: JSON.stringify({ now: 100 + i, states: 1, to: {}, ...entry }) },
    })) as Parameters<LogClient['append']>[0],
  );
  return world.client;
}

const begin = (next: number, basis = 'm1'): Partial<JournalEntry> => ({
  begin: { at: { a: [[0, next]] }, basis, replay: false },
});
const to = (next: number): Partial<JournalEntry> => ({ to: { a: [[0, next]] } });
const rules: SurveyRules = { basis: 'm1', promotedBasis: undefined, relieves: undefined, start: () => 0 };

describe('where a changelog can be repeated from', () => {
  it('is its beginning when all of it was decided as we decide, and its inputs are there', async () => {
    const log = await changelog([begin(0), to(5), begin(5), to(9)]);
    expect(await survey(log, TOPIC, 0, rules)).toEqual({
      batches: 4,
      end: 4,
      base: 0,
      since: Number.NEGATIVE_INFINITY,
      reason: undefined,
    });
  });

  it('is nowhere, and nothing is lost by it, when there is nothing', async () => {
    expect(await survey(await changelog([]), TOPIC, 0, rules)).toMatchObject({ base: undefined, reason: undefined });
  });

  it('is the first session after those of another model', async () => {
    const log = await changelog([begin(0), to(5), begin(5, 'm0'), to(7), { ...begin(7), now: 90 }, begin(8)]);
    const { base, since, reason } = await survey(log, TOPIC, 0, rules);
    // The clock of the new owner is behind: nothing that the old one wrote may be taken for its own.
    expect({ base, since }).toEqual({ base: 4, since: 104 });
    expect(reason).toContain('@2: decided on "m0", and this is "m1"');
    const never = await survey(log, TOPIC, 0, { ...rules, basis: 'm2' });
    expect(never).toMatchObject({ base: undefined, since: Number.POSITIVE_INFINITY });
  });

  it('is the first session of which the inputs are left', async () => {
    const log = await changelog([begin(0), to(5), begin(5), to(9)]);
    const { base, reason } = await survey(log, TOPIC, 0, { ...rules, start: () => 3 });
    expect(base).toBe(2);
    expect(reason).toContain('its inputs begin at a-0@0, and the log only at 3');
    expect(await survey(log, TOPIC, 0, { ...rules, start: () => 6 })).toMatchObject({ base: undefined });
  });

  it('is after what was written before there was a journal', async () => {
    const { base, reason } = await survey(await changelog([undefined, undefined, begin(4)]), TOPIC, 0, rules);
    expect(base).toBe(2);
    expect(reason).toContain('from before there was a journal');
    // What a sweep writes again bears no journal either, and is nothing to wonder at.
    expect(await survey(await changelog([begin(0), undefined]), TOPIC, 0, rules)).toMatchObject({ base: 0 });
  });

  it('is after a session that took over from another service, which wrote to the same topics', async () => {
    const log = await changelog([begin(0), to(5), begin(8), to(9)]);
    expect(await survey(log, TOPIC, 0, { ...rules, relieves: 'other' })).toMatchObject({ base: 2 });
    expect(await survey(log, TOPIC, 0, rules)).toMatchObject({ base: 0 });
  });

  it('is nowhere when the head of the changelog is swept, or its states are kept elsewhere', async () => {
    const log = await changelog([begin(0), to(5), begin(5, 'm0'), begin(7)]);
    const swept: LogClient = { ...log, offsets: async () => new Map([[0, { start: 1, end: 4 }]]) };
    const { base, reason } = await survey(swept, TOPIC, 0, rules);
    expect(base).toBeUndefined();
    expect(reason).toContain('swept up to 1');
    const elsewhere = await changelog([begin(0, 'm0'), begin(7)], null);
    expect(await survey(elsewhere, TOPIC, 0, rules)).toMatchObject({ base: undefined });
  });
});
