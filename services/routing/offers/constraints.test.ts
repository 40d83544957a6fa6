import { defaultColdRules, keepCold } from '@detent/core';
import { DecisionHarness, modelOf, orderPlaced } from '@detent/testing/decisions';
import { HOUR, lane, order, service, sku, stands, T, tariff } from '@detent/testing/routing-world';
import { describe, expect, it } from '@jest/globals';
import { defaultRoutingConfig, type RoutingConfig } from '../config.ts';
import { createRoutingProcessor } from '../process.ts';

const model = modelOf({ order: ['transport', 'urgency', 'care', 'climate'] });
const routing = (config: Partial<RoutingConfig> = {}) =>
  new DecisionHarness(() =>
    createRoutingProcessor({ actions: 'live', model, config: { ...defaultRoutingConfig, ...config } }),
  );

describe('dangerous goods', () => {
  const sent = (hazmatClass: string | null, modes: Record<string, string>, config: Partial<RoutingConfig> = {}) => {
    const run = routing(config);
    const services = Object.entries(modes).flatMap(([carrierId, mode], i) => [
      service(carrierId, { mode }),
      tariff(carrierId, 4 + i),
    ]);
    run.feed(lane(), sku('sku-1', { hazmatClass }), ...services);
    return run.feed(...order('o1', T, { promisedAt: T + 200 * HOUR }))[0]!;
  };

  it('do not fly, and go with who takes their class', () => {
    const action = sent('3', { flier: 'air', driver: 'courier' });
    expect(action.details['carrierId']).toBe('driver');
    expect(action.alternatives).toMatchObject([
      { what: 'flier/s', rejectedBecause: 'does not say that it takes dangerous goods of class 3' },
    ]);
    expect(sent(null, { flier: 'air', driver: 'courier' }).details['carrierId']).toBe('flier');
  });

  it.each([
    ['1', { van: 'parcel', lorry: 'ltl' }],
    ['3', { drone: 'something new' }],
  ])('of class %s that nobody says to take are for people', (hazmatClass, modes) => {
    expect(sent(hazmatClass, modes).type).toBe('escalate');
  });

  it('are taken by a named service whatever its mode, and a class holds its divisions and no other', () => {
    const hazmat = { ...defaultRoutingConfig.hazmat, 'flier/s': ['2'] };
    expect(sent('2.1', { flier: 'air', van: 'parcel' }, { hazmat }).details['carrierId']).toBe('flier');
    expect(sent('2.1', { van: 'parcel' }, { hazmat }).type).toBe('escalate');
    expect(sent('21', { flier: 'air' }, { hazmat }).type).toBe('escalate');
  });

  it('make a mixed order one that all of its classes must be taken of', () => {
    const run = routing();
    const line = (lineId: string, skuId: string) => ({ lineId, skuId, quantity: 1, uom: 'each' });
    run.feed(lane(), sku('acid', { hazmatClass: '8' }), sku('gas', { hazmatClass: '2.1' }));
    run.feed(
      service('van', { mode: 'parcel' }),
      tariff('van', 4),
      service('lorry', { mode: 'ltl' }),
      tariff('lorry', 40),
    );
    const lines = [line('1', 'acid'), line('2', 'gas')];
    expect(run.feed(...order('o1', T, { lines }))[0]!.details['carrierId']).toBe('lorry');
  });
});

describe('a calendar of holidays', () => {
  const sent = (calendars: RoutingConfig['calendars'], transitBasis: 'clock' | 'business') => {
    const run = routing({ calendars });
    const lanes = [{ laneId: 'de', transitHours: 24, transitBasis, tariffId: 'flat-a', departures: [] }];
    run.feed(lane(), sku(), service('a', { lanes }), tariff('a', 4));
    const { departAt, arriveAt } = run.feed(...order('o1', T, { promisedAt: T + 300 * HOUR }))[0]!.details;
    return [departAt, arriveAt].map((at) => new Date(at as number).toISOString().slice(0, 16));
  };

  it('lets nothing leave on them', () => {
    expect(sent({}, 'clock')).toEqual(['2026-03-02T17:00', '2026-03-03T17:00']);
    expect(sent({ de: ['2026-03-02'] }, 'clock')).toEqual(['2026-03-03T17:00', '2026-03-04T17:00']);
    expect(sent({ fr: ['2026-03-02'] }, 'clock')).toEqual(['2026-03-02T17:00', '2026-03-03T17:00']);
  });

  it('stops business hours', () => {
    expect(sent({ de: ['2026-03-03'] }, 'business')).toEqual(['2026-03-02T17:00', '2026-03-04T17:00']);
  });
});

describe('goods between cold and warm', () => {
  const chocolate = { maxTempC: 20, weightG: 5000 };
  const large = { ...chocolate, lengthMm: 390, widthMm: 290, heightMm: 290 };
  const world = [
    lane(),
    ...[service('van'), tariff('van', 4)],
    ...[service('cool', { minTempC: 2, maxTempC: 8 }), tariff('cool', 9)],
  ];
  const carrierOf = (of: Parameters<typeof sku>[1], promisedIn: number) => {
    const run = routing();
    run.feed(...world, sku('sku-1', of));
    return run.feed(...order('o1', T, { promisedAt: T + promisedIn * HOUR }))[0]!;
  };

  it('go as any others while a carton keeps them until the promise', () => {
    expect(carrierOf(chocolate, 46).details['carrierId']).toBe('van');
    expect(carrierOf({ ...large, maxTempC: 30 }, 96).details['carrierId']).toBe('van');
  });

  it('need a service of their temperature where no carton holds a unit beside its coolant', () => {
    const action = carrierOf(large, 96);
    expect(action.details['carrierId']).toBe('cool');
    expect(action.alternatives).toMatchObject([
      {
        what: 'van/s',
        rejectedBecause:
          'its temperatures are not known, and the goods need 20 °C or below, and no carton keeps them so until the promise',
        value: null,
      },
    ]);
  });

  it('need one where the coolant would weigh more than twice the goods', () => {
    expect(carrierOf({ ...chocolate, weightG: 500 }, 46).details['carrierId']).toBe('cool');
  });

  it('keep that service when the promise is near: they were packed for hand-over', () => {
    // Beside coolant for 36 hours no carton holds it, beside that for 28 the largest would.
    const edge = { ...chocolate, lengthMm: 550, widthMm: 350, heightMm: 320 };
    const unit = { l: 550, w: 350, h: 320, weightG: 4000, maxTempC: 20 };
    expect(keepCold([{ unit, quantity: 1 }], 28, defaultColdRules).isKept).toBe(true);
    const run = routing();
    run.feed(...world, sku('sku-1', edge));
    const [action] = run.feed(...order('o1', T, { promisedAt: T + 36 * HOUR }));
    expect(action!.details['carrierId']).toBe('cool');
    run.restart();
    expect(run.feed(stands('carrier', 'cool', 'suspect', T + 8 * HOUR))).toEqual([]);
  });

  it('leave a service that does not keep them when they are promised later', () => {
    const run = routing();
    run.feed(...world, sku('sku-1', { ...chocolate, lengthMm: 340, widthMm: 240, heightMm: 150 }));
    const placed = order('o1', T, { promisedAt: T + 34 * HOUR });
    expect(run.feed(...placed)[0]!.details['carrierId']).toBe('van');
    const later = orderPlaced({ orderId: 'o1', occurredAt: T + 1, promisedAt: T + 900 * HOUR, version: 2 });
    expect(run.feed({ ...later, name: 'detent.orders.OrderChanged' })).toMatchObject([
      { type: 'assign-carrier', details: { carrierId: 'cool' } },
    ]);
  });
});
