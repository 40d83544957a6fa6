import { describe, expect, it } from '@jest/globals';
import { keptUpright } from './boxes.ts';
import { faultsOf } from './check.ts';
import { dimWeightG, type PackedCarton, packOrder } from './order.ts';
import { pictureOf } from './picture.ts';
import { defaultPackRules, mayShare, type PackItem } from './rules.ts';
import { supportOf, topLoads } from './stack.ts';

const rules = defaultPackRules;
const item = (lineId: string, more: Partial<PackItem> = {}): PackItem => ({
  lineId,
  skuId: `sku-${lineId}`,
  quantity: 1,
  l: 120,
  w: 90,
  h: 60,
  weightG: 400,
  ...more,
});

function cartonsOf(items: readonly PackItem[], hours = 24): readonly PackedCarton[] {
  const packed = packOrder(items, hours, rules);
  if ('unpackable' in packed) throw new Error(`unpackable: ${packed.unpackable.limit}`);
  return packed.cartons;
}

/** What a carton breaks of the rules, found anew from the order and the places alone. */
function faults(carton: PackedCarton, items: readonly PackItem[]): string[] {
  const known = items.map((one) => {
    const wrap = (one.fragility ?? 0) >= rules.fragileFrom ? 2 * rules.wrapMm : 0;
    const size = { l: one.l + wrap, w: one.w + wrap, h: one.h + wrap };
    return { ...size, count: one.quantity, ...(one.keepUpright && { upright: keptUpright }) };
  });
  const placements = carton.units.map(({ lineId, x, y, z, l, w, h }) => {
    return { type: items.findIndex((one) => one.lineId === lineId), x, y, z, l, w, h };
  });
  const found = faultsOf(carton.inside, known, placements);
  const bearings = items.map(({ weightG, maxTopLoadG, fragility = 0 }) => {
    return { weightG, maxTopLoadG: maxTopLoadG ?? (fragility >= rules.fragileFrom ? 0 : Infinity) };
  });
  for (const [n, load] of topLoads(placements, bearings).entries()) {
    if (load > bearings[placements[n]!.type]!.maxTopLoadG + 1e-6) found.push(`unit ${n} bears ${load} g`);
    if (supportOf(placements[n]!, placements) < rules.minSupport) found.push(`unit ${n} stands on too little`);
  }
  const inside = items.filter(({ lineId }) => carton.units.some((unit) => unit.lineId === lineId));
  for (const a of inside)
    for (const b of inside) if (!mayShare(a, b, rules)) found.push(`${a.lineId} with ${b.lineId}`);
  const type = rules.cartons.find(({ typeId }) => typeId === carton.typeId)!;
  if (carton.weightG > type.maxWeightG) found.push('too heavy');
  return found;
}

describe('the cartons of an order', () => {
  it('obey every rule, and hold every unit once (random orders)', () => {
    let state = 7;
    const below = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return Math.floor(((state >>> 0) / 2 ** 32) * n);
    };
    const one = <T>(...values: T[]) => values[below(values.length)]!;
    let several = 0;
    for (let n = 0; n < 120; n++) {
      const items = Array.from({ length: 1 + below(6) }, (_, i) => {
        const [maxTempC, hazmatClass] = [
          one(undefined, undefined, undefined, 8, -18),
          one(undefined, undefined, '3', '8', '9'),
        ];
        const maxTopLoadG = one(undefined, undefined, 0, 600, 3000);
        return item(`l${i}`, {
          quantity: 1 + below(3),
          l: 40 + below(160),
          w: 40 + below(120),
          h: 40 + below(100),
          weightG: 50 + below(3000),
          fragility: one(0, 0.3, 0.7),
          keepUpright: one(false, false, true),
          ...(maxTempC !== undefined && { maxTempC }),
          ...(hazmatClass !== undefined && { hazmatClass }),
          ...(maxTopLoadG !== undefined && { maxTopLoadG }),
        });
      });
      const cartons = cartonsOf(items);
      for (const carton of cartons) expect([n, faults(carton, items)]).toEqual([n, []]);
      const packed = cartons.flatMap(({ units }) => units.map(({ lineId }) => lineId)).sort();
      expect(packed).toEqual(items.flatMap(({ lineId, quantity }) => Array(quantity).fill(lineId)).sort());
      if (cartons.length > 1) several += 1;
    }
    expect(several).toBeGreaterThan(10);
  });

  it('are the smallest, and the next smaller one is named with why it was not', () => {
    const [carton, more] = cartonsOf([item('a', { l: 240, w: 190, h: 140 })]);
    expect(more).toBeUndefined();
    expect(carton).toMatchObject({ typeId: 'S', rejected: [{ typeId: 'XS', why: 'an item is too long for it' }] });
    expect(carton!.dunnage).toEqual({ kind: 'air-pillow', litres: 1.1 });
    expect(carton!.billableG).toBe(Math.max(550, dimWeightG(rules.cartons[1]!, rules)));
  });

  it('are several where the goods are too heavy for one, though there is room', () => {
    const cartons = cartonsOf([item('a', { quantity: 10, weightG: 4000 })]);
    expect(cartons.length).toBe(2);
    expect(cartons[0]!.because).toBe('one carton does not hold all goods');
  });

  it('keep hazard classes apart that must be, and say so', () => {
    const cartons = cartonsOf([item('a', { hazmatClass: '3' }), item('b', { hazmatClass: '8' }), item('c')]);
    expect(cartons.map(({ units }) => units.map(({ lineId }) => lineId).sort())).toEqual([['a', 'c'], ['b']]);
    expect(cartons[1]!.because).toContain('hazard class 8 must not travel with 3');
  });

  it('have a liner and coolant by the hours to delivery where goods must stay cold', () => {
    const grams = [12, 48].map((hours) => cartonsOf([item('a', { maxTempC: 8 })], hours)[0]!);
    for (const carton of grams) expect(carton).toMatchObject({ isLined: true, coolant: { kind: 'gel-pack' } });
    expect(grams[1]!.coolant.grams).toBeGreaterThan(2 * grams[0]!.coolant.grams);
    expect(cartonsOf([item('a', { maxTempC: -18 })])[0]!.coolant.kind).toBe('dry-ice');
    expect(cartonsOf([item('a', { maxTempC: 40 })])[0]).toMatchObject({ isLined: false, coolant: { grams: 0 } });
  });

  it('lay nothing on what bears nothing', () => {
    const glass = item('glass', { quantity: 2, fragility: 0.9, l: 100, w: 100, h: 80 });
    const [carton] = cartonsOf([glass, item('brick', { quantity: 4, weightG: 3000 })]);
    expect(faults(carton!, [glass, item('brick', { quantity: 4, weightG: 3000 })])).toEqual([]);
    expect(carton!.dunnage.kind).toBe('paper-cushion');
  });
});

describe('an order that cannot be packed', () => {
  it.each<[Partial<PackItem>, number, string, string]>([
    [{ l: 900 }, 24, '900×90×60 mm fits no carton', 'own packaging'],
    [{ h: 450, keepUpright: true }, 24, 'fits no carton upright', 'own packaging'],
    [{ weightG: 40_000 }, 24, 'weighs 40000 g', 'freight'],
    [{ l: 500, w: 350, h: 340, maxTempC: 4 }, 400, 'liner and the coolant for 400 h', 'faster service'],
    [{ quantity: 500 }, 24, '501 units', 'freight'],
  ])('%j names the item, the limit and what to do', (more, hours, limit, advice) => {
    const packed = packOrder([item('a', more), item('b')], hours, rules);
    expect(packed).toMatchObject({
      unpackable: { lineId: 'a', limit: expect.stringContaining(limit), advice: expect.stringContaining(advice) },
    });
  });

  it('is an error where lengths or quantities are none', () => {
    expect(() => packOrder([item('a', { h: 0 })], 24, rules)).toThrow('line a');
    expect(() => packOrder([item('a', { quantity: 1.5 })], 24, rules)).toThrow('whole quantity');
  });
});

it('the picture shows every unit once, in its line, and its list', () => {
  const [carton] = cartonsOf([item('a&b', { quantity: 3 }), item('c', { quantity: 2, fragility: 0.8 })]);
  const svg = pictureOf(carton!);
  expect(svg.match(/<g data-line="a&amp;b">/g)).toHaveLength(3);
  expect(svg.match(/<g data-line="c">/g)).toHaveLength(2);
  for (let n = 1; n <= 5; n++) expect(svg).toContain(`>${n}</text></g>`);
  expect(svg.match(/<polygon/g)).toHaveLength(5 * 3 + 1);
  expect(svg).not.toContain('a&b');
});
