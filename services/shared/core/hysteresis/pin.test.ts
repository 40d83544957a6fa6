import { describe, expect, it } from '@jest/globals';
import { pinDimension, redecideDimension, unpinDimension } from './index.ts';
import { Entity, gate, PLAIN } from './testkit/entity.ts';

/** Three segments by gates; the first has a bypass by the third gate. */
function placed(): Entity {
  const entity = new Entity(
    [],
    [
      { name: 'urgent', enter: gate(0), bypass: gate(2), knobs: PLAIN },
      { name: 'soon', enter: gate(1), knobs: { ...PLAIN, enterAfterMs: 10, cooldownMs: 100 } },
      { name: 'normal', knobs: PLAIN },
    ],
    3,
  );
  entity.see(0, { gates: { 0: false, 1: false, 2: false } });
  return entity;
}

const pin = (entity: Entity, segment: number, until: number) =>
  pinDimension(entity.program, entity.nums, 0, segment, until);

describe('a pin', () => {
  it('moves at once past every knob, holds against the conditions, and ends by itself where they point', () => {
    const entity = placed();
    pin(entity, 1, 50);
    expect(entity.tick(5)).toBe('soon');
    expect(entity.out).toMatchObject({ kind: 'pinned', from: 2, to: 1, segment: 1 });
    expect(entity.due).toBe(50);
    expect(entity.see(20, { gates: { 0: true } })).toBeUndefined();
    expect(entity.out).toMatchObject({ held: 'pinned', heldTo: 0 });
    expect(entity.tick(49)).toBeUndefined();
    expect(entity.tick(50)).toBe('urgent');
    expect(entity.out).toMatchObject({ kind: 'released', heldFlips: 1 });
    expect(entity.due).toBe(Infinity);
  });

  it('leaves an entity where it stands when it points there anyway, at the end as well', () => {
    const entity = placed();
    pin(entity, 2, 30);
    expect([entity.tick(5), entity.tick(30), entity.due]).toEqual([undefined, undefined, Infinity]);
  });

  it('gives way to a bypass above it, and takes over again', () => {
    const entity = placed();
    pin(entity, 1, 50);
    entity.tick(5);
    expect(entity.see(10, { gates: { 2: true } })).toBe('urgent');
    expect(entity.out.kind).toBe('bypass');
    expect(entity.see(12, { gates: { 0: true } })).toBeUndefined();
    expect(entity.see(20, { gates: { 2: false } })).toBe('soon');
    expect(entity.out.kind).toBe('pinned');
  });

  it('is taken back by a person, or replaced', () => {
    const entity = placed();
    pin(entity, 1, 50);
    entity.tick(5);
    pin(entity, 0, 70);
    expect(entity.tick(6)).toBe('urgent');
    unpinDimension(entity.nums, 0, 8);
    expect(entity.tick(8)).toBe('normal');
    unpinDimension(entity.nums, 0, 9);
    expect([entity.tick(9), entity.due]).toEqual([undefined, Infinity]);
  });

  it('places an entity that is still undecided', () => {
    const entity = placed();
    entity.nums.fill(0);
    entity.readings.gates.fill(Number.NaN);
    pin(entity, 0, 50);
    expect(entity.see(1, { gates: { 1: true } })).toBe('urgent');
    expect(entity.out).toMatchObject({ kind: 'pinned', from: -1 });
    expect(entity.see(50, { gates: { 0: false } })).toBe('soon');
  });

  it('outlives a change of the model, which decides what is pinned by the pin', () => {
    const entity = placed();
    const redecided = (stands: number) => {
      entity.nums.fill(0);
      pin(entity, 1, 50);
      redecideDimension(entity.program, entity.nums, 0, entity.readings, 6, stands, 5, false, entity.out);
      return entity.out;
    };
    expect(redecided(1)).toMatchObject({ moved: false, to: 1 });
    expect(redecided(2)).toMatchObject({ moved: true, to: 1 });
    expect([entity.due, entity.tick(50)]).toEqual([50, 'normal']);
  });

  it('names only segments that exist', () => {
    const entity = placed();
    expect(() => pin(entity, 3, 50)).toThrow('no segment 3');
  });
});
