import type { Observation } from '@detent/core';
import { mulberry32 } from '@detent/core/experiment';
import { observed } from './driver.ts';

type Entry = Omit<Observation, 'source'>;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A seeded log over some days of a small warehouse: every entity type of the shipped model, in the order of event time. */
export function randomLog(seed: number, length: number): Entry[] {
  const random = mulberry32(seed);
  const upTo = (n: number) => Math.floor(random() * n);
  const id = (kind: string, n: number) => `${kind}${upTo(n)}`;
  const log: Entry[] = [];
  const open: string[] = [];
  let t = Date.UTC(2026, 0, 5, 6);
  const see = (
    entityType: string,
    entityId: string,
    values: Entry['values'],
    links: Entry['links'] = [],
    ended = false,
  ) => log.push(observed({ entityType, entityId, observedAt: t, values, links, ended }));
  const kinds: (() => void)[] = [
    () =>
      see(
        'sku',
        id('s', 12),
        {
          fragility: upTo(10) / 10,
          weightG: 200 + upTo(3000),
          volumeL: 1 + upTo(20),
          lengthMm: 100 + upTo(1300),
          widthMm: 100,
          heightMm: 50,
          maxTempC: [4, 8, 99][upTo(3)]!,
          shelfLifeHours: 400,
        },
        [one('category', 'category', id('k', 3))],
      ),
    () => see('customer', id('c', 6), { tier: ['gold', 'silver', 'platinum'][upTo(3)]!, lifetimeValue: upTo(20_000) }),
    () => {
      const order = `o${log.length}`;
      open.push(order);
      const lines = Array.from({ length: 1 + upTo(3) }, () => ({
        entityType: 'sku',
        entityId: id('s', 14),
        values: { quantity: 1 + upTo(4) },
      }));
      see(
        'order',
        order,
        {
          status: 'placed',
          lineCount: lines.length,
          promisedAt: t + upTo(40) * HOUR,
          shipBy: t + upTo(20) * HOUR,
          serviceLevel: ['standard', 'same-day'][upTo(2)]!,
        },
        [one('customer', 'customer', id('c', 8)), { relation: 'lines', targets: lines }],
      );
    },
    () => {
      const order = open.splice(upTo(open.length), 1)[0];
      if (order !== undefined) see('order', order, { lineStatus: 'delivered' }, [], random() < 0.7);
    },
    () => see('stock', `s${upTo(12)}@north`, { picks: 1, pickedUnits: 1 + upTo(3) }, [one('sku', 'sku', id('s', 12))]),
    () => see('stock', `s${upTo(12)}@north`, { orderedUnits: 1 + upTo(9), orderLines: 1 }),
    () => see('lot', id('l', 5), { quantity: 10, expiresAt: t + upTo(400) * HOUR }, [one('sku', 'sku', id('s', 12))]),
    () => see('carrier', id('x', 3), { deliveries: 1, late: random() < 0.3 ? 1 : 0 }),
    () => see('carrier', id('x', 3), { damages: 1 }),
    () => see('lane', id('y', 3), { delayRatio: random() * 1.2 }, [one('regions', 'region', id('r', 3))]),
    () => see('region', id('r', 3), { severity: random() }),
    () => see('zone', id('z', 3), { fill: random(), queueDepth: upTo(300), capacityPerHour: 100 }),
    () => see('zone', id('z', 3), { tempC: 2 + random() * 9, chilled: true }),
    () => see('category', id('k', 3), { demandIndex: 0.5 + random() }),
    () => see('sku', id('s', 12), { deliveredUnits: 1 + upTo(5) }),
    () => see('sku', id('s', 12), { returnedUnits: 1, damagedUnits: upTo(2) }),
  ];
  while (log.length < length) {
    t += 1 + upTo(random() < 0.01 ? 6 * HOUR : 3 * MINUTE);
    kinds[upTo(kinds.length)]!();
  }
  return log;
}

function one(relation: string, entityType: string, entityId: string): Entry['links'][number] {
  return { relation, targets: [{ entityType, entityId, values: {} }] };
}
