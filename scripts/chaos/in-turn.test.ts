import { expect, it } from '@jest/globals';
import { Random } from '../../services/cli/simulate/random.ts';
import { everyone, type Fault, pipeline, type Strike } from './fault.ts';
import { scenarioNamed } from './faults/index.ts';
import { inTurn } from './in-turn.ts';

const fault = (name: string, more: Partial<Fault> = {}): Fault => ({
  ...{ name, what: `what ${name} does`, members: pipeline },
  strike: async () => undefined,
  ...more,
});

it('strikes one fault after the other, the next when the one before is over', async () => {
  const happened: string[] = [];
  const striking = (name: string) =>
    fault(name, {
      async strike() {
        happened.push(name);
        return [`${name} struck`];
      },
    });
  const both = inTurn([striking('a'), striking('b')]);
  const strike = {
    random: new Random(1),
    say: () => undefined,
    recovered: async () => {
      happened.push('recovered');
      return 1_500;
    },
  } as unknown as Strike;
  const notes = await both.strike(strike);
  expect(happened).toEqual(['a', 'recovered', 'b', 'recovered']);
  expect(notes).toEqual(['a: a struck, recovered in 1.5 s', 'b: b struck, recovered in 1.5 s']);
});

it('has the members that the largest of them needs, and leaves out what one of them leaves out', () => {
  const both = inTurn([fault('a'), fault('b', { members: everyone, omitsUnknownSchemas: true })]);
  expect(both).toMatchObject({ name: 'a+b', members: everyone, omitsUnknownSchemas: true });
});

it('refuses faults that cannot share a run, and says which', () => {
  const counting = { inspect: async () => [] };
  expect(() => inTurn([fault('a', counting), fault('b', counting)])).toThrow(/a and b both count/);
  expect(() => inTurn([fault('a'), fault('b', { parts: { brokers: 3 } })])).toThrow(/b needs other brokers than a/);
  expect(() => inTurn([fault('a'), fault('b', { changelogMib: 1 })])).toThrow(
    /b leaves nothing that could be repeated/,
  );
  expect(() => scenarioNamed('kill+outage')).toThrow(/outage is a run of its own kind/);
  expect(() => scenarioNamed('kill+flood')).toThrow(/no fault "flood": give kill, /);
});
