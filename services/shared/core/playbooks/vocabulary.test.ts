import { describe, expect, it } from '@jest/globals';
import { loadModel } from '../model/load.ts';
import type { ModelError } from '../model/problems.ts';
import { matchPlaybooks } from './match.ts';
import { sameCommand } from './vocabulary.ts';

const model = (playbooks: string) =>
  `model: test
version: 1
entities:
  order:
    attributes: { units: { latest: units } }
    dimensions:
      size: { segments: { big: { when: units > 1 }, small: {} } }
      kind: { segments: { many: { when: units > 2 }, few: {} } }
  sku:
    attributes: { weight: { latest: weightG } }
    dimensions:
      bulk: { segments: { heavy: { when: weight > 1 }, light: {} } }
playbooks:
${playbooks}`;
const big = (commands: string, aim = 'cost', match = 'order.size: big', name = 'big') =>
  `  - { name: ${name}, match: { ${match} }, aim: ${aim}, do: { ${commands} } }`;

function problemsOf(playbooks: string): string[] {
  try {
    loadModel(model(playbooks), 'test.yaml');
    return [];
  } catch (error) {
    return (error as ModelError).problems.map(({ message }) => message);
  }
}

describe('commands of a playbook', () => {
  it('are typed, and a group goes as a whole from the strongest that gives it', () => {
    const weights = 'carrierWeights: { cost: 1, time: 3 }';
    const both = loadModel(
      model(
        `${big('carrierWeights: { damage: 5 }, packing: { carton: c1, separate: true }, x-robot: { speed: 2 }')}\n${big(weights, 'promise', 'order.kind: many', 'many')}`,
      ),
      'test.yaml',
    );
    expect(matchPlaybooks(both, { 'order.size': 'big', 'order.kind': 'many' }).do).toEqual({
      carrierWeights: { cost: 1, time: 3 },
      packing: { carton: 'c1', separate: true },
      'x-robot': { speed: 2 },
    });
  });

  it.each([
    ['priorty: 3', 'do of playbook big has no priorty, did you mean priority? (names of your own begin with x-)'],
    ['packing: { cartn: a }', 'packing has no cartn, did you mean carton? (names of your own begin with x-)'],
    ['priority: high', 'priority must be a number from 0 to 100'],
    ['priority: 101', 'priority must be a number from 0 to 100'],
    ['consolidate: maybe', 'consolidate must be true or false'],
    ['putaway: no-more', 'putaway must be true or false'],
    ['picking: 0', 'picking must be true or false'],
    ['lane: 7', 'lane must be a text'],
    ['packing: foam', 'packing must be a mapping of names to values'],
    ['carrierWeights: { cost: -1 }', 'cost must be a number from 0 to 1000'],
    ['carrierWeights: { cost: 0, time: 0 }', 'carrierWeights are all 0: give at least one a weight above 0'],
    ['priority:', 'priority of do of playbook big is empty'],
    ['x-own: [1]', 'x-own must be a number, a text, true or false'],
  ])('%s is refused', (commands, problem) => {
    expect(problemsOf(big(commands))).toEqual([problem]);
  });

  it('that disagree at the same rank are refused, groups too; a stronger aim decides, so that it may', () => {
    const other = (aim: string) => big('packing: { carton: c2 }', aim, 'order.kind: many', 'many');
    const one = big('packing: { carton: c1 }', 'handling');
    expect(problemsOf(`${one}\n${other('handling')}`)).toEqual([
      'playbooks big and many can match together, rank the same and disagree on packing',
    ]);
    expect(problemsOf(`${one}\n${other('safety')}`)).toEqual([]);
    // Entities of two types never meet under one decision.
    expect(problemsOf(`${one}\n${big('packing: { carton: c2 }', 'handling', 'sku.bulk: heavy', 'bulk')}`)).toEqual([]);
  });

  it('are for one entity at a time: a match over two types is refused, for it would never hold', () => {
    expect(problemsOf(big('priority: 1', 'cost', 'order.size: big, sku.bulk: heavy'))).toEqual([
      'playbook big can never match: it names order and sku, and decisions are made for one entity at a time',
    ]);
  });
});

it('groups are the same whatever their order', () => {
  expect(sameCommand({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  expect(sameCommand({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(sameCommand({ a: 1 }, 1)).toBe(false);
});
