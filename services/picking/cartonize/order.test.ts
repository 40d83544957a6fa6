import { keepCold, needsLiner } from '@detent/core';
import { describe, expect, it } from '@jest/globals';
import { seeded } from '../../shared/core/testing/seeded.ts';
import { keptUpright } from './boxes.ts';
import { faultsOf } from './check.ts';
import { dimWeightG, type PackedCarton } from './one-carton.ts';
import { packOrder } from './order.ts';
import { pictureOf } from './picture.ts';
import { defaultPackRules, mayShare, type PackItem, type PackWishes } from './rules.ts';
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

function coolantIn(cartons: readonly PackedCarton[]): number {
  return cartons.reduce((sum, { coolant }) => sum + coolant.grams, 0);
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
    expect(carton).toMatchObject({
      typeId: 'S',
      rejected: [{ typeId: 'XS', why: 'an item is too long for it', value: 240, unit: 'mm' }],
    });
    expect(carton!.dunnage).toEqual({ kind: 'air-pillow', litres: 1.1 });
    expect(carton!.billableG).toBe(Math.max(550, dimWeightG(rules.cartons[1]!, rules)));
  });

  it.each<[string, PackItem, PackWishes, object]>([
    ['what it would weigh', item('a', { weightG: 4950 }), {}, { typeId: 'XS', value: 5040, unit: 'g' }],
    [
      'how full it would be',
      item('a', { l: 190, w: 140, h: 90, quantity: 2 }),
      {},
      { typeId: 'XS', value: 160, unit: '%' },
    ],
    [
      'how full, where that is wished less',
      item('a', { l: 180, w: 140, h: 90 }),
      { maxFill: 0.5 },
      { typeId: 'XS', value: 76, unit: '%' },
    ],
  ])('tell of the next smaller one %s', (_what, of, wishes, rejected) => {
    const packed = packOrder([of], 24, rules, wishes);
    expect('cartons' in packed && packed.cartons[0]!.rejected).toMatchObject([rejected]);
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
    const grams = [6, 24].map((hours) => cartonsOf([item('a', { maxTempC: 8, weightG: 6000 })], hours)[0]!);
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

describe('what fits no carton', () => {
  const kinds = (items: readonly PackItem[], hours = 24) =>
    cartonsOf(items, hours).map(({ kind, units }) => [kind, units.map(({ lineId }) => lineId).join('')]);

  it('goes as it is where it is a parcel, each unit by itself, and on a pallet where it is none', () => {
    expect(kinds([item('a', { l: 900, quantity: 2 }), item('b')])).toEqual([
      ['own-packaging', 'a'],
      ['own-packaging', 'a'],
      ['carton', 'b'],
    ]);
    expect(kinds([item('a', { h: 450, keepUpright: true })])).toEqual([['own-packaging', 'a']]);
    expect(kinds([item('a', { weightG: 40_000, quantity: 3 }), item('b')])).toEqual([
      ['carton', 'b'],
      ['pallet', 'aaa'],
    ]);
    expect(kinds([item('a', { l: 1000, w: 700, h: 500, weightG: 120_000 })])).toEqual([['pallet', 'a']]);
    const [pallet] = cartonsOf([item('a', { l: 1000, w: 700, h: 500, weightG: 120_000 })]);
    expect(pallet).toMatchObject({ inside: { l: 800, w: 600, h: 1000 }, weightG: 130_000 });
    const [parcel] = cartonsOf([item('a', { l: 900 })]);
    expect(parcel).toMatchObject({ because: expect.stringContaining('900×90×60 mm fits no carton'), weightG: 400 });
  });

  it.each<[Partial<PackItem>, string, string]>([
    [{ l: 3000 }, '3000×90×60 mm fits no carton', 'freight'],
    [{ weightG: 2_000_000 }, 'weighs 2000000 g', 'freight'],
    [{ l: 900, maxTempC: 4 }, '900×90×60 mm fits no carton', 'freight'],
    [{ l: 590, w: 390, h: 390, maxTempC: 4 }, 'liner and the coolant for 4 h', 'service of its temperature'],
    [{ quantity: 500 }, '501 units', 'freight'],
  ])('%j is unpackable: names the line, the limit and what to do', (more, limit, advice) => {
    const packed = packOrder([item('a', more), item('b')], 24, rules);
    expect(packed).toMatchObject({
      unpackable: { lineId: 'a', limit: expect.stringContaining(limit), advice: expect.stringContaining(advice) },
    });
  });
});

describe('cold goods that fit no carton beside coolant for the whole way', () => {
  const cold = item('a', { minTempC: 2, maxTempC: 7, weightG: 4000 });

  it('have coolant for hand-over, and need a service of their range; the other way is named with why not', () => {
    const packed = packOrder([cold, item('b')], 400, rules);
    expect(packed).toMatchObject({
      hours: rules.bridgeHours,
      controlled: [{ minC: 2, maxC: 7 }],
      dropped: [{ what: 'coolant for 400 h', why: expect.stringContaining('line a: 120×90×60 mm') }],
    });
    if (!('cartons' in packed)) throw new Error('unpackable');
    const chilled = packed.cartons.find(({ isLined }) => isLined)!;
    expect(chilled.coolant).toMatchObject({ kind: 'gel-pack', hours: rules.bridgeHours });
    expect(faults(chilled, [cold, item('b')])).toEqual([]);
  });

  it('keep their temperature by themselves where the coolant fits', () => {
    expect(packOrder([cold], 24, rules)).toMatchObject({ hours: 24, controlled: [], dropped: [] });
  });

  it('are just those that `keepCold` names, on which carriers are chosen, whatever a playbook wishes (random orders)', () => {
    const random = seeded(11);
    const below = (n: number) => Math.floor(random() * n);
    let kept = 0;
    let handed = 0;
    for (let n = 0; n < 400; n += 1) {
      const isUpright = below(2) === 0;
      const items = Array.from({ length: 1 + below(3) }, (_, line) =>
        item(`${line}`, {
          ...{ l: 40 + below(420), w: 40 + below(320), h: 40 + below(260), weightG: 100 + below(9000) },
          ...(below(3) > 0 && { maxTempC: [-18, 5, 8, 20, 25][below(5)]! }),
          ...(below(4) === 0 && { fragility: 0.8 }),
          ...(isUpright && { keepUpright: true }),
        }),
      );
      const hours = 1 + below(90);
      const wishes: PackWishes = {
        ...(below(3) === 0 && { maxFill: 0.3 + random() * 0.7 }),
        ...(below(3) === 0 && { keepUpright: true }),
        ...(below(3) === 0 && { separate: true }),
      };
      const packed = packOrder(items, hours, rules, wishes);
      if ('unpackable' in packed) continue;
      const lines = items.map((unit) => ({ unit, quantity: 1 }));
      const { isKept, mostG } = keepCold(lines, hours, rules);
      const isHanded = packed.controlled.length > 0;
      expect([n, isKept]).toEqual([n, !isHanded]);
      if (isKept && hours > rules.bridgeHours) expect([n, coolantIn(packed.cartons) <= mostG]).toEqual([n, true]);
      // Packed later, or promised sooner, goods that kept their temperature still do.
      if (isKept) expect(keepCold(lines, 1 + below(hours), rules).isKept).toBe(true);
      kept += Number(!isHanded && items.some((one) => needsLiner(one, rules)));
      handed += Number(isHanded);
    }
    expect(Math.min(kept, handed)).toBeGreaterThan(20);
  });

  it('say so where coolant until delivery would weigh more than twice the goods', () => {
    const light = item('a', { minTempC: 2, maxTempC: 7, quantity: 6, weightG: 146 });
    const packed = packOrder([light], 71, rules);
    if (!('dropped' in packed)) throw new Error('unpackable');
    expect(packed).toMatchObject({ hours: rules.bridgeHours, controlled: [{ minC: 2, maxC: 7 }] });
    const { what, why, value, unit } = packed.dropped[0]!;
    expect(what).toBe('coolant for 71 h');
    expect(why).toBe(`it would weigh ${value} g, more than 2 times the cold goods (1752 g)`);
    expect(value).toBeGreaterThan(1752);
    expect(unit).toBe('g');
  });

  it('take more coolant the longer it must last, but at the one switch to hand-over, and never above the limit (random lines)', () => {
    const random = seeded(5);
    const below = (n: number) => Math.floor(random() * n);
    let switched = 0;
    let kept = 0;
    for (let n = 0; n < 60; n += 1) {
      const one = item('a', {
        ...{ l: 60 + below(200), w: 60 + below(140), h: 50 + below(120), weightG: 200 + below(6000) },
        ...{ quantity: 1 + below(8), maxTempC: [-18, 5, 8, 20, 25][below(5)]! },
      });
      const goodsG = one.quantity * one.weightG;
      let [before, isHanded] = [0, false];
      for (const hours of [1, 3, 5, 8, 12, 18, 24, 30, 36, 48, 60, 72, 96]) {
        const packed = packOrder([one], hours, rules);
        if ('unpackable' in packed) break;
        const coolantG = coolantIn(packed.cartons);
        const isNow = packed.controlled.length > 0;
        const switches = isNow && !isHanded;
        // Once handed over, always, and with as much.
        if (isHanded) expect([n, hours, isNow, coolantG]).toEqual([n, hours, true, before]);
        else if (!switches) expect([n, hours, coolantG >= before]).toEqual([n, hours, true]);
        if (!isNow && hours > rules.bridgeHours) {
          expect([n, hours, coolantG <= rules.maxCoolant * goodsG]).toEqual([n, hours, true]);
          kept += 1;
        }
        switched += Number(switches);
        [before, isHanded] = [coolantG, isNow];
      }
    }
    expect(Math.min(switched, kept)).toBeGreaterThan(20);
  });

  it('take no more than may be, though a playbook wishes a large carton', () => {
    const goods = item('a', { maxTempC: 7, quantity: 2, weightG: 2000 });
    const wished = packOrder([goods, item('b')], 24, rules, { carton: '3XL', liner: 'foil' });
    if (!('cartons' in wished)) throw new Error('unpackable');
    expect(wished.controlled).toEqual([]);
    expect(coolantIn(wished.cartons)).toBeLessThanOrEqual(rules.maxCoolant * 4000);
    expect(wished.cartons.flatMap(({ units }) => units.map(({ lineId }) => lineId)).sort()).toEqual(['a', 'a', 'b']);
  });

  it('name each range where none holds for all', () => {
    const frozen = item('f', { minTempC: -25, maxTempC: -15 });
    const { controlled } = packOrder([cold, frozen], 400, rules) as { controlled: unknown };
    expect(controlled).toEqual([
      { minC: 2, maxC: 7 },
      { minC: -25, maxC: -15 },
    ]);
  });
});

describe('what a playbook wishes', () => {
  const pack = (items: readonly PackItem[], wishes: PackWishes) => {
    const packed = packOrder(items, 24, rules, wishes);
    if ('unpackable' in packed) throw new Error(packed.unpackable.limit);
    return packed;
  };

  it('its carton, where that holds the goods; else the smallest, and why not that', () => {
    expect(pack([item('a')], { carton: 'L' }).cartons).toMatchObject([{ typeId: 'L', rejected: [] }]);
    const [other] = pack([item('a', { l: 350 })], { carton: 'S' }).cartons;
    expect(other).toMatchObject({ typeId: 'L' });
    expect(other!.rejected).toContainEqual({ typeId: 'S', why: 'an item is too long for it', value: 350, unit: 'mm' });
    const { cartons, dropped } = pack([item('a')], { carton: 'Box 7' });
    expect(cartons[0]!.typeId).toBe('XS');
    expect(dropped).toEqual([
      { what: 'carton Box 7', why: expect.stringContaining('it has XS, S, M'), value: 7, unit: 'cartons' },
    ]);
  });

  it('its dunnage and its liner', () => {
    const [carton] = pack([item('a')], { dunnage: 'wood-wool', liner: 'foil' }).cartons;
    expect(carton).toMatchObject({ dunnage: { kind: 'wood-wool' }, isLined: true, coolant: { kind: 'none' } });
    const large = pack([item('a', { l: 590, w: 390, h: 390 })], { liner: 'foil' });
    expect(large.cartons[0]).toMatchObject({ isLined: false });
    expect(large.dropped).toEqual([
      { what: 'liner foil', why: expect.stringContaining('beside the liner foil'), value: 20, unit: 'mm' },
    ]);
  });

  it('all upright, and lines apart', () => {
    const [carton] = pack([item('a', { quantity: 5, l: 60, w: 60, h: 140 })], { keepUpright: true }).cartons;
    for (const { h } of carton!.units) expect(h).toBe(140);
    const cartons = pack([item('a', { quantity: 2 }), item('b')], { separate: true }).cartons;
    expect(cartons.map(({ units }) => units.map(({ lineId }) => lineId).join(''))).toEqual(['aa', 'b']);
    expect(cartons[0]!.because).toBe('the playbook keeps lines apart');
  });

  it('no carton fuller than it says, but where a unit alone would be', () => {
    const goods = [item('a', { quantity: 12 })];
    const [full] = pack(goods, {}).cartons;
    const [half] = pack(goods, { maxFill: 0.5 }).cartons;
    expect(full!.fill).toBeGreaterThan(0.5);
    expect(half!.fill).toBeLessThanOrEqual(0.5);
    const { cartons, dropped } = pack([item('a', { l: 590, w: 390, h: 390 })], { maxFill: 0.5 });
    expect(cartons).toHaveLength(1);
    expect(dropped).toEqual([
      { what: 'goods filling at most 0.5', why: expect.stringContaining('filled to 0.5'), value: 50, unit: '%' },
    ]);
  });
});

describe('an order that is none', () => {
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
