import { expect, it } from '@jest/globals';
import { Journal } from './journal.ts';

const batch = { now: 1_000, states: 0, final: false, refused: [] };

it('a session begins where its inputs stood before anything arrived, whatever passes while it loads', () => {
  const input = { partition: 2, position: 70 };
  const journal = new Journal([{ topic: 'observations.v1', input }], { replay: false, time: 'wall' });
  // Markers and aborted records arrive while the processor loads its model: nothing is in the way, so they count as read.
  input.position = 72;
  journal.begin('model 7');
  expect(journal.entry(batch)).toMatchObject({
    begin: { at: { 'observations.v1': [[2, 70]] }, basis: 'model 7', replay: false, wall: true },
    to: { 'observations.v1': [[2, 72]] },
  });
});

it('an entry names the inputs that moved, and only the first says where the session began', () => {
  const inputs = [
    { topic: 'a', input: { partition: 0, position: 5 } },
    { topic: 'b', input: { partition: 0, position: 9 } },
  ];
  const journal = new Journal(inputs, { replay: true, time: 'stream' });
  journal.begin('');
  inputs[0]!.input.position = 6;
  const first = journal.entry(batch);
  expect(first).toMatchObject({ begin: { replay: true }, to: { a: [[0, 6]] } });
  expect(first.begin).not.toHaveProperty('wall');
  inputs[1]!.input.position = 12;
  const second = journal.entry(batch);
  expect(second.to).toEqual({ b: [[0, 12]] });
  expect(second.begin).toBeUndefined();
});
