import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../engine/types.ts';
import { loadModel } from '../model/load.ts';
import { compare, previewSwitch, tally } from './backtest.ts';

const model = (version: number, playbook: string, bound = 1) =>
  loadModel(
    `model: test
version: ${version}
entities:
  order:
    attributes: { units: { latest: units } }
    dimensions:
      size: { segments: { big: { when: units > ${bound} }, small: { sop: small.md } } }
playbooks:
  - ${playbook}`,
    'test.yaml',
  );
const before = model(1, '{ name: big, match: { order.size: big }, aim: cost, do: { priority: 10 }, sop: a.md }');
const after = (bound?: number) =>
  model(
    2,
    '{ name: large, match: { order.size: big }, aim: cost, do: { priority: 20, lane: slow }, sop: a.md }',
    bound,
  );
const observed = (entityId: string, units: number): Observation => ({
  ...{ entityType: 'order', entityId, values: { units }, links: [], ended: false },
  ...{ observedAt: Date.UTC(2026, 2, 2), source: { topic: 't', partition: 0, offset: 0 }, eventId: entityId },
});
const history = [observed('o1', 5), observed('o2', 3), observed('o3', 0)];

describe('what another model does in the same segments', () => {
  const changes = [
    { what: 'playbook', from: 'big', to: 'large' },
    { what: 'do.lane', from: null, to: 'slow' },
    { what: 'do.priority', from: '10', to: '20' },
  ];

  it('is told of everybody whom it concerns, by a backtest and by a preview', () => {
    const expected = ['o1', 'o2'].map((entityId) => ({
      ...{ entityType: 'order', entityId, segments: { 'order.size': 'big' }, changes },
    }));
    expect(compare(before, after(), history).otherwise).toEqual(expected);
    expect(previewSwitch(tally(before, history).rehearsal, after()).otherwise).toEqual(expected);
  });

  it('is told of who had it at any time, also where it ended or moved on before the end', () => {
    const ended = { ...observed('o1', 5), observedAt: Date.UTC(2026, 2, 3), ended: true, values: {} };
    const shrunk = { ...observed('o2', 1), observedAt: Date.UTC(2026, 2, 3) };
    const gone = [...history, ended, shrunk];
    const { otherwise, playbooks } = compare(before, after(), gone);
    expect(otherwise.map(({ entityId }) => entityId)).toEqual(['o1', 'o2']);
    expect(previewSwitch(tally(before, gone).rehearsal, after()).otherwise).toEqual([]);
    const orders = ['o1', 'o2'].map((entityId) => ({ entityType: 'order', entityId }));
    expect(playbooks.map(({ name, entities }) => [name, entities])).toEqual([
      ['big', orders],
      ['large', orders],
    ]);
  });

  it('names the commands of a playbook that differ, also where a stronger one hides them', () => {
    const strong = '{ name: top, match: { order.size: big }, aim: safety, do: { priority: 99 } }';
    const both = (version: number, priority: number) =>
      model(
        version,
        `${strong}\n  - { name: big, match: { order.size: big }, aim: cost, do: { priority: ${priority} } }`,
      );
    const { otherwise, playbooks } = compare(both(1, 10), both(2, 20), history);
    expect(otherwise).toEqual([]);
    expect(playbooks).toEqual([
      {
        ...{ name: 'big', changes: [{ what: 'do.priority', from: '10', to: '20' }] },
        entities: ['o1', 'o2'].map((entityId) => ({ entityType: 'order', entityId })),
      },
    ]);
  });

  it('counts no constellation that lasted no instant', () => {
    const two = (version: number, lane: string) =>
      loadModel(
        `model: test
version: ${version}
entities:
  order:
    attributes: { units: { latest: units } }
    dimensions:
      size: { segments: { big: { when: units > 1 }, small: {} } }
      kind: { segments: { many: { when: units > 4 }, few: {} } }
playbooks:
  - { name: big, match: { order.size: big }, aim: cost, do: { lane: ${lane} } }
  - { name: many, match: { order.size: big, order.kind: many }, aim: cost, do: { lane: wide } }`,
        'test.yaml',
      );
    expect(compare(two(1, 'a'), two(2, 'b'), history).otherwise.map(({ entityId }) => entityId)).toEqual(['o2']);
  });

  it('leaves out who stands elsewhere, and is empty where nothing is done otherwise', () => {
    const { otherwise, elsewhere } = compare(before, after(4), history);
    expect([otherwise.map(({ entityId }) => entityId), elsewhere.map(({ entityId }) => entityId)]).toEqual([
      ['o1'],
      ['o2'],
    ]);
    expect(compare(before, before, history).otherwise).toEqual([]);
  });
});
