import { createHash } from 'node:crypto';
import { type RecordTypes, topics } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import type { SourceEvent, SourceName } from '../inputs/source-event.ts';
import { type SimulateOptions, simulateEvents } from './simulate.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 2, 2);

function simulate(options: SimulateOptions): SourceEvent[] {
  return [...simulateEvents(options).events];
}

function valuesOf<N extends SourceName>(events: readonly SourceEvent[], name: N): RecordTypes[N][] {
  return events.filter((event) => event.name === name).map((event) => event.value as RecordTypes[N]);
}

function digest(events: readonly SourceEvent[]): string {
  const hash = createHash('sha256');
  for (const event of events) hash.update(JSON.stringify(event));
  return hash.digest('hex');
}

/** The fields by which a record brings something new into the world. */
const OWN_IDS: Partial<Record<SourceName, string[]>> = {
  'detent.sites.SiteDescribed': ['siteId'],
  'detent.sites.ZoneDescribed': ['zoneId'],
  'detent.sites.LocationDescribed': ['locationId'],
  'detent.sites.LaneDescribed': ['laneId'],
  'detent.inventory.SkuDescribed': ['skuId'],
  'detent.customers.CustomerProfiled': ['customerId'],
  'detent.carriers.TariffDescribed': ['carrierId', 'tariffId'],
  'detent.carriers.CarrierServiceDescribed': ['serviceId'],
  'detent.orders.OrderPlaced': ['orderId'],
  'detent.shipments.ShipmentBooked': ['shipmentId'],
};

const day = simulate({ seed: 1, days: 1, defects: 0 });
const threeDays = simulate({ seed: 4, days: 3, defects: 0 });

describe('simulateEvents', () => {
  it('gives the same events for the same seed, and others for another', () => {
    expect(digest(simulate({ seed: 1, days: 1, defects: 0 }))).toBe(digest(day));
    expect(digest(simulate({ seed: 2, days: 1, defects: 0 }))).not.toBe(digest(day));
  });

  it('makes about 20,000 events a day, in order of time, each with its own id', () => {
    expect(day.length).toBeGreaterThan(16_000);
    expect(day.length).toBeLessThan(26_000);
    for (let i = 1; i < day.length; i++) {
      expect((day[i] as SourceEvent).eventTime).toBeGreaterThanOrEqual((day[i - 1] as SourceEvent).eventTime);
    }
    expect(new Set(day.map((event) => event.value.eventId)).size).toBe(day.length);
    expect(day.every((event) => event.key !== '' && Number.isInteger(event.value.occurredAt))).toBe(true);
  });

  it('has every record of every source topic within one day', () => {
    const expected = topics
      // Nobody tells what became of an action: no simulated person or machine carries one out.
      .filter(({ kind, name }) => kind === 'source' && name !== 'action-status.v1')
      .flatMap(({ records }) => records.map(({ name }) => name));
    expect([...new Set(day.map((event) => event.name))].sort()).toEqual([...expected].sort());
  });

  it('describes everything before it is referred to', () => {
    const known = new Set<string>();
    const missing: string[] = [];
    const need = (id: string | null | undefined) => {
      if (id !== undefined && id !== null && !known.has(id)) missing.push(id);
    };
    for (const { name, value } of threeDays) {
      const fields = value as unknown as Record<string, string | undefined> & {
        lines?: { skuId: string }[];
        orderIds?: string[];
      };
      const own = OWN_IDS[name] ?? [];
      for (const reference of [
        'siteId',
        'skuId',
        'customerId',
        'carrierId',
        'serviceId',
        'laneId',
        'zoneId',
        'locationId',
        'orderId',
        'shipmentId',
      ]) {
        if (!own.includes(reference)) need(fields[reference]);
      }
      for (const line of fields.lines ?? []) if ('skuId' in line) need(line.skuId);
      for (const orderId of fields.orderIds ?? []) need(orderId);
      for (const id of own) known.add(fields[id] as string);
    }
    expect(missing).toEqual([]);
  });

  it('orders most in the evening, least at night, and picks while people are there', () => {
    const placed = new Array<number>(24).fill(0);
    for (const order of valuesOf(threeDays, 'detent.orders.OrderPlaced')) {
      if (order.occurredAt - START > 2 * HOUR_MS) (placed[new Date(order.occurredAt).getUTCHours()] as number)++;
    }
    const sum = (from: number, to: number) => placed.slice(from, to).reduce((total, count) => total + count, 0);
    expect(sum(17, 21)).toBeGreaterThan(1.5 * sum(8, 12));
    expect(sum(8, 12)).toBeGreaterThan(3 * sum(1, 5));
    const hours = valuesOf(threeDays, 'detent.warehouse.TaskCompleted')
      .filter((task) => task.taskType === 'pick' && task.siteId === 'ham')
      .map((task) => (new Date(task.startedAt).getUTCHours() + 1) % 24);
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...hours)).toBeLessThan(22);
  });

  it('never has less than nothing on hand, and the deltas add up to the counts', () => {
    const onHand = new Map<string, number>();
    let compared = 0;
    for (const change of valuesOf(threeDays, 'detent.inventory.StockChanged')) {
      const key = `${change.skuId}@${change.locationId}/${change.lotId ?? ''}`;
      const expected =
        change.reason === 'count' && !onHand.has(key) ? change.onHand : (onHand.get(key) ?? 0) + (change.delta ?? 0);
      if (change.onHand !== undefined && change.onHand !== null) {
        expect(change.onHand).toBe(expected);
        compared++;
      }
      expect(expected).toBeGreaterThanOrEqual(0);
      onHand.set(key, expected ?? 0);
    }
    expect(compared).toBeGreaterThan(1000);
  });

  it('has each order placed once, and moving only forward until it is delivered', () => {
    const placed = valuesOf(threeDays, 'detent.orders.OrderPlaced').map((order) => order.orderId);
    expect(new Set(placed).size).toBe(placed.length);
    const rank = ['released', 'picked', 'shipped', 'delivered'];
    const seen = new Map<string, number>();
    for (const { orderId, lineId, status } of valuesOf(threeDays, 'detent.orders.OrderLineStatusChanged')) {
      const key = `${orderId}/${lineId}`;
      expect(rank.indexOf(status)).toBeGreaterThanOrEqual(seen.get(key) ?? 0);
      seen.set(key, rank.indexOf(status));
    }
    expect([...seen.values()].filter((status) => status === 3).length).toBeGreaterThan(500);
  });

  it('lets one carrier come late and break things from noon, and no other', () => {
    const trouble = { from: START + 15 * HOUR_MS, to: START + 60 * HOUR_MS };
    const rates = new Map<string, { late: number; trips: number; damages: number }>();
    const of = (carrierId: string) => {
      const known = rates.get(carrierId) ?? { late: 0, trips: 0, damages: 0 };
      rates.set(carrierId, known);
      return known;
    };
    for (const stone of valuesOf(threeDays, 'detent.shipments.ShipmentMilestone')) {
      if (stone.occurredAt < trouble.from || stone.occurredAt > trouble.to || stone.milestone !== 'delivered') continue;
      of(stone.carrierId).trips++;
      if (stone.actualAt > (stone.plannedAt ?? 0)) of(stone.carrierId).late++;
    }
    for (const damage of valuesOf(threeDays, 'detent.outcomes.DamageReported'))
      if (damage.carrierId) of(damage.carrierId).damages++;
    const byLate = [...rates].sort(([, a], [, b]) => b.late / b.trips - a.late / a.trips);
    const [worst, second] = byLate.map(([, rate]) => rate);
    expect((worst?.late ?? 0) / (worst?.trips ?? 1)).toBeGreaterThan(0.5);
    expect((second?.late ?? 0) / (second?.trips ?? 1)).toBeLessThan(0.3);
    expect(worst?.damages).toBe(Math.max(...byLate.map(([, rate]) => rate.damages)));
  });

  it('warms one chilled zone for an hour, and only opens the door of another', () => {
    const toC = (read: RecordTypes['detent.sensors.SensorRead']) =>
      read.unit === 'Cel' ? read.value : (read.value - 32) / 1.8;
    const warm = valuesOf(day, 'detent.sensors.SensorRead').filter(
      (read) => read.metric === 'tempC' && read.assetId?.endsWith('-chill') && toC(read) > 7,
    );
    const zones = Map.groupBy(warm, (read) => read.assetId);
    const spans = [...zones.values()]
      .map((reads) => (reads.at(-1)?.observedAt ?? 0) - (reads[0]?.observedAt ?? 0))
      .sort((a, b) => a - b);
    expect(spans).toHaveLength(2);
    expect(spans[0]).toBeLessThanOrEqual(6 * 60_000);
    expect(spans[1]).toBeGreaterThan(40 * 60_000);
  });

  it('wants one SKU many times more than before, and slows one lane by a storm', () => {
    const count = (from: number, to: number) => {
      const units = new Map<string, number>();
      for (const order of valuesOf(threeDays, 'detent.orders.OrderPlaced')) {
        const hour = (order.occurredAt - START) / HOUR_MS;
        if (hour < from || hour >= to) continue;
        for (const line of order.lines) units.set(line.skuId, (units.get(line.skuId) ?? 0) + 1);
      }
      return units;
    };
    const after = count(31, 72);
    const growth = [...count(13, 31)]
      .filter(([, units]) => units > 10)
      .map(([skuId, units]) => units / 18 / (((after.get(skuId) ?? 0) + 1) / 41));
    growth.sort((x, y) => y - x);
    expect(growth[0]).toBeGreaterThan(8);
    expect(growth[0]).toBeGreaterThan(1.5 * (growth[1] as number));
    const delays = valuesOf(threeDays, 'detent.external.TrafficReported').filter(
      (report) => (report.delayRatio ?? 0) > 1,
    );
    expect(new Set(delays.map((report) => report.laneId)).size).toBe(1);
  });

  it('adds malformed events of every kind beside the good ones', () => {
    const good = simulate({ seed: 1, days: 0.5, defects: 0 });
    const simulation = simulateEvents({ seed: 1, days: 0.5, defects: 0.02 });
    const all = [...simulation.events];
    const spoilt = all.filter((event) => event.value.eventId.endsWith('-spoilt'));
    expect(digest(all.filter((event) => !spoilt.includes(event)))).toBe(digest(good));
    expect(new Set(spoilt.map((event) => event.defect))).toEqual(new Set(['truncated', 'unknown-schema', undefined]));
    expect(new Set(spoilt.filter((event) => !event.defect).map((event) => event.name)).size).toBeGreaterThanOrEqual(4);
    const { produced } = simulation.report();
    expect(Object.values(produced).reduce((sum, count) => sum + count, 0)).toBe(all.length);
  });

  it.each([
    [{ days: 0 }, /days 0/],
    [{ scale: -1, seed: 1.5 }, /seed 1\.5.*scale -1/],
    [{ defects: 2 }, /defects 2/],
  ])('refuses %j', (options, message) => {
    expect(() => simulateEvents(options)).toThrow(message);
  });
});
