import { describe, expect, it } from '@jest/globals';
import type { Observation } from '../engine/types.ts';
import { loadModel } from '../model/load.ts';
import { compare, previewSwitch, tally } from './backtest.ts';
import { changedKnobs } from './changed-knobs.ts';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 5, 8);
const text = (of: { hot?: number; wet?: number; cost?: string; extra?: string; attribute?: string } = {}) => `model: m
version: 1
entities:
  thing:
    inputs: { t: number, w: number }
    attributes:
      t: { latest: t }
      w: { latest: w }
${of.attribute ?? ''}
    dimensions:
      heat: { segments: { hot: { when: t >= ${of.hot ?? 30} }, cold: {} } }
      damp: { segments: { wet: { when: w >= ${of.wet ?? 5} }, dry: {} } }
${of.extra ?? ''}
playbooks:
  - { name: cool-it, match: { thing.heat: hot }, aim: safety, do: { cost: ${of.cost ?? '2.5'} } }
`;
const model = (of?: Parameters<typeof text>[0]) => loadModel(text(of), 'm.yaml');
const saw = (entityId: string, hours: number, values: Observation['values']): Observation => ({
  entityType: 'thing',
  entityId,
  observedAt: T0 + hours * HOUR,
  values,
  links: [],
  ended: false,
  source: { topic: 'test.v1', partition: 0, offset: hours },
});
const history = [
  saw('a', 0, { t: 35, w: 1 }),
  saw('b', 0, { t: 25, w: 4 }),
  saw('c', 1, { t: 10, w: 9 }),
  saw('a', 12, { t: 20 }),
  saw('a', 24, { t: 40 }),
];

describe('changed knobs', () => {
  it('are named, with what was and is written, and can be changed alone', () => {
    const before = model();
    const after = model({ hot: 20, wet: 3, attribute: '      both: { derive: t + w }' });
    const knobs = changedKnobs(before, after);
    expect(knobs.map(({ name, before: was, after: is }) => [name, was === null ? null : was, is])).toEqual([
      ['thing.both', null, expect.any(String)],
      ['thing.heat.hot.when', 't >= 30', 't >= 20'],
      ['thing.damp.wet.when', 'w >= 5', 'w >= 3'],
    ]);
    const alone = knobs.find(({ name }) => name === 'thing.damp.wet.when')!.alone();
    // An attribute that only the later one has comes along: what is changed may need it, and it alone moves nobody.
    expect(changedKnobs(before, alone).map(({ name }) => name)).toEqual(['thing.both', 'thing.damp.wet.when']);
    expect(changedKnobs(before, before)).toEqual([]);
  });

  it('are whole dimensions and types where segments or more are new or gone', () => {
    const extra = '      other: { segments: { small: { when: t < 0 }, big: {} } }';
    expect(changedKnobs(model(), model({ extra })).map(({ name, before, after }) => [name, before, after])).toEqual([
      ['thing.other', null, 'small > big'],
    ]);
    expect(changedKnobs(model({ extra }), model()).map(({ name, after }) => [name, after])).toEqual([
      ['thing.other', null],
    ]);
  });
});

describe('a backtest', () => {
  it('counts changes, members, held flips and what playbooks cost', () => {
    const { tally: counted } = tally(model(), history);
    expect(counted).toMatchObject({ model: 'm@1', entities: 3, days: 1 });
    expect(counted.dimensions['thing.heat']).toEqual({
      transitions: 2,
      transitionsPerDay: 2,
      held: 0,
      members: { hot: 1, cold: 2 },
    });
    expect(counted.playbooks).toEqual({ 'cool-it': { times: 2, cost: 5 } });
  });

  it('says who stands elsewhere under another model', () => {
    const { elsewhere, before, after } = compare(model(), model({ hot: 20, wet: 3 }), history);
    expect(elsewhere.map(({ entityId, dimension, from, to }) => [entityId, dimension, from, to])).toEqual([
      ['b', 'damp', 'dry', 'wet'],
      ['b', 'heat', 'cold', 'hot'],
    ]);
    expect([before, after].map(({ dimensions }) => dimensions['thing.heat']!.members['hot'])).toEqual([1, 2]);
  });

  it('previews a switch at its end, and goes on under the other model', () => {
    const { rehearsal } = tally(model(), history);
    const { at, changes } = previewSwitch(rehearsal, model({ hot: 20 }));
    expect(at).toBe(T0 + 24 * HOUR);
    expect(changes.map(({ entityId, from, to, origin, sequence }) => [entityId, from, to, origin, sequence])).toEqual([
      ['b', 'cold', 'hot', 'edit', 2],
    ]);
    rehearsal.observe(saw('b', 25, { t: 10 }));
    expect(rehearsal.membership({ entityType: 'thing', entityId: 'b' })?.dimensions['heat']).toMatchObject({
      segment: 'cold',
      sequence: 3,
    });
  });
});
