import { describe, expect, it } from '@jest/globals';
import { dimensionProgram, type FlapBudget } from './index.ts';
import { Entity, gate, PLAIN } from './testkit/entity.ts';

function flapping(flapBudget: FlapBudget): Entity {
  const segments = [
    { name: 'in', enter: gate(0), bypass: gate(1), knobs: PLAIN },
    { name: 'out', knobs: PLAIN },
  ];
  const entity = new Entity([], segments, 2, flapBudget);
  entity.see(1, { gates: { 0: false, 1: false } });
  return entity;
}

/** Flips the condition at these instants; returns the instants at which the entity moved. */
function flip(entity: Entity, instants: readonly number[]): number[] {
  return instants.filter((t, i) => entity.see(t, { gates: { 0: i % 2 === 0 } }) !== undefined);
}

describe('flapBudget', () => {
  it('lets so many moves through in its time, then waits for the oldest to leave the window', () => {
    const entity = flapping({ moves: 3, perMs: 100, quarantineMs: 0 });
    expect(flip(entity, [10, 20, 30, 40])).toEqual([10, 20, 30]);
    expect(entity.out.held).toBe('flapBudget');
    expect([entity.due, entity.tick(109), entity.tick(110)]).toEqual([110, undefined, 'out']);
    expect(entity.out.kind).toBe('dwell');
    expect(flip(entity, [120])).toEqual([120]);
  });

  it('counts a bypass but never holds one', () => {
    const entity = flapping({ moves: 1, perMs: 100, quarantineMs: 0 });
    expect(flip(entity, [10, 20])).toEqual([10]);
    entity.tick(110);
    expect(entity.see(120, { gates: { 1: true } })).toBe('in');
    expect(entity.see(130, { gates: { 1: false } })).toBeUndefined();
    expect(entity.due).toBe(220);
  });
});

describe('quarantine', () => {
  it('begins with the last move that the budget allows, and ends once nothing has flipped for so long', () => {
    const entity = flapping({ moves: 2, perMs: 100, quarantineMs: 60 });
    expect(flip(entity, [10, 20, 30, 60, 110])).toEqual([10, 20]);
    expect(entity.out.held).toBe('quarantine');
    // 110 was the last flip: the budget has long been free.
    expect([entity.due, entity.tick(169), entity.tick(170)]).toEqual([170, undefined, 'in']);
  });

  it('is over for one that has been calm where it is: the next flip moves it', () => {
    const entity = flapping({ moves: 2, perMs: 100, quarantineMs: 60 });
    expect(flip(entity, [10, 20])).toEqual([10, 20]);
    expect(entity.due).toBe(Infinity);
    expect(flip(entity, [200])).toEqual([200]);
  });

  it('refuses a budget that cannot be', () => {
    const segments = [{ name: 'only', knobs: PLAIN }];
    const make = (flapBudget: FlapBudget) => () => dimensionProgram({ segments, clauses: [], flapBudget });
    expect(make({ moves: 0, perMs: 100, quarantineMs: 0 })).toThrow('allows 0 moves');
    expect(make({ moves: 17, perMs: 100, quarantineMs: 0 })).toThrow('1 to 16');
    expect(make({ moves: 2, perMs: 0, quarantineMs: 0 })).toThrow('over 0 ms');
  });
});
