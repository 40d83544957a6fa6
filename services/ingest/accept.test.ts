import { MAX_ENTRIES, MAX_ID, ranges, reasons } from '@detent/pipeline';
import { type AvroField, type RecordName, schemas } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { createAvroCodec } from '../shared/adapters/avro/codec.ts';
import { accept } from './accept.ts';
import { extract } from './extract/index.ts';
import { recordOf } from './testing/records.ts';
import { type SourceName, samples, T0 } from './testing/samples.ts';
import { ingestOutput } from './topology.ts';

const names = Object.keys(samples) as SourceName[];
const changed = (name: SourceName, fields: object) => recordOf(name, { ...samples[name], ...fields });

describe('accept', () => {
  it.each(names)('takes a good %s', (name) => {
    expect(accept(recordOf(name, samples[name]))).toBe(name === 'detent.sensors.SensorRead' ? T0 - 5000 : T0);
  });

  it.each(names)('takes a %s that holds no more than it must', (name) => {
    const optional = schemas[name].fields.filter((field) => field.default === null).map((field) => [field.name, null]);
    // A stock change or a report of the weather is of something: not all of its optional fields may be absent.
    const kept = { 'detent.inventory.StockChanged': { onHand: 0 }, 'detent.external.WeatherReported': { laneId: 'l' } };
    const least = { ...Object.fromEntries(optional), ...(kept as Record<string, object>)[name] };
    expect(accept(changed(name, least))).toEqual(expect.any(Number));
  });

  const cases: [string, SourceName, object, keyof typeof reasons, string][] = [
    [
      'a negative quantity',
      'detent.inventory.LotReceived',
      { quantity: -1 },
      'IMPOSSIBLE_VALUE',
      'LotReceived.quantity is -1: it must be at least 0',
    ],
    [
      'a negative stock',
      'detent.inventory.StockChanged',
      { onHand: -2 },
      'IMPOSSIBLE_VALUE',
      'StockChanged.onHand is -2',
    ],
    [
      'a date in 1970',
      'detent.orders.OrderPlaced',
      { promisedAt: 86_400_000 },
      'IMPOSSIBLE_VALUE',
      'OrderPlaced.promisedAt is 86400000',
    ],
    [
      'an event time in 1970',
      'detent.orders.OrderPlaced',
      { occurredAt: 0 },
      'IMPOSSIBLE_VALUE',
      'OrderPlaced.occurredAt is 0',
    ],
    [
      'a date after 2099',
      'detent.inventory.LotReceived',
      { expiresAt: Date.UTC(2100, 0) },
      'IMPOSSIBLE_VALUE',
      'LotReceived.expiresAt',
    ],
    [
      'microseconds for milliseconds',
      'detent.orders.OrderPlaced',
      { occurredAt: T0 * 1000 },
      'IMPOSSIBLE_VALUE',
      'epoch milliseconds',
    ],
    [
      'a NaN',
      'detent.warehouse.ZoneOccupied',
      { queueDepth: Number.NaN },
      'IMPOSSIBLE_VALUE',
      'ZoneOccupied.queueDepth is NaN',
    ],
    [
      'an infinity',
      'detent.inventory.StockChanged',
      { delta: Number.NEGATIVE_INFINITY },
      'IMPOSSIBLE_VALUE',
      'StockChanged.delta is -Infinity',
    ],
    [
      '0 K',
      'detent.external.WeatherReported',
      { tempC: -273.15 },
      'IMPOSSIBLE_VALUE',
      'WeatherReported.tempC is -273.15: it must be above -273.15',
    ],
    [
      '9,831 mm of rain in an hour',
      'detent.external.WeatherReported',
      { precipitationMm: 9831.3 },
      'IMPOSSIBLE_VALUE',
      'at most 500',
    ],
    [
      '0 K in its own unit',
      'detent.sensors.SensorRead',
      { value: 0, unit: 'K' },
      'IMPOSSIBLE_VALUE',
      'SensorRead.value is 0 K: tempC must be above -273.15 Cel',
    ],
    [
      '0 K in Fahrenheit',
      'detent.sensors.SensorRead',
      { value: -459.67 },
      'IMPOSSIBLE_VALUE',
      'SensorRead.value is -459.67 [degF]',
    ],
    [
      'a NaN of a sensor',
      'detent.sensors.SensorRead',
      { value: Number.NaN },
      'IMPOSSIBLE_VALUE',
      'SensorRead.value is NaN',
    ],
    [
      'a fill above 1',
      'detent.warehouse.ZoneOccupied',
      { fill: 1.2 },
      'IMPOSSIBLE_VALUE',
      'ZoneOccupied.fill is 1.2: it must be at least 0 and at most 1',
    ],
    [
      'an end before its start',
      'detent.warehouse.TaskCompleted',
      { startedAt: T0 + 1 },
      'IMPOSSIBLE_VALUE',
      'at most completedAt',
    ],
    ['an empty id', 'detent.orders.OrderPlaced', { customerId: '' }, 'EMPTY_ID', 'OrderPlaced.customerId is ""'],
    ['an id of spaces', 'detent.orders.OrderPlaced', { customerId: '  ' }, 'EMPTY_ID', 'OrderPlaced.customerId'],
    ['an empty event id', 'detent.customers.CustomerErased', { eventId: '' }, 'EMPTY_ID', 'CustomerErased.eventId'],
    ['an empty optional id', 'detent.orders.OrderPlaced', { siteId: '' }, 'EMPTY_ID', 'OrderPlaced.siteId'],
    [
      'an empty id in a list',
      'detent.shipments.ShipmentBooked',
      { orderIds: ['o-1', ''] },
      'EMPTY_ID',
      'ShipmentBooked.orderIds[1]',
    ],
    [
      'an empty category as key',
      'detent.external.DemandReported',
      { category: '' },
      'EMPTY_ID',
      'DemandReported.category',
    ],
    [
      'weather of nowhere',
      'detent.external.WeatherReported',
      { regionId: null, laneId: null },
      'EMPTY_ID',
      'none of regionId, laneId',
    ],
    [
      'a stock change of nothing',
      'detent.inventory.StockChanged',
      { delta: null, onHand: null },
      'MISSING_VALUE',
      'neither delta nor onHand',
    ],
    [
      'a unit that UCUM does not have',
      'detent.sensors.SensorRead',
      { unit: 'degF' },
      'BAD_UNIT',
      'SensorRead.unit is "degF"',
    ],
    ['a unit of something else', 'detent.sensors.SensorRead', { unit: 'kg' }, 'BAD_UNIT', 'tempC is measured in Cel'],
    ['no unit', 'detent.sensors.SensorRead', { unit: '' }, 'BAD_UNIT', 'SensorRead.unit is ""'],
    [
      'a metric that does not say its unit',
      'detent.sensors.SensorRead',
      { metric: 'warmth' },
      'BAD_UNIT',
      'SensorRead.metric is "warmth"',
    ],
  ];

  it.each(cases)('refuses %s', (_what, name, fields, code, message) => {
    const refusal = accept(changed(name, fields));
    expect(refusal).toEqual({ code, step: 'accept', message: expect.stringContaining(message) });
    expect((refusal as { message: string }).message).toContain(reasons[code]);
  });

  it('refuses what is longer than anything that means something, and takes what is just not', () => {
    const [line] = samples['detent.orders.OrderPlaced'].lines;
    const lines = (n: number) => Array.from({ length: n }, (_, i) => ({ ...line, lineId: String(i) }));
    const long: [SourceName, object, string][] = [
      ['detent.orders.OrderPlaced', { customerId: 'c'.repeat(129) }, 'OrderPlaced.customerId'],
      ['detent.orders.OrderPlaced', { lines: lines(2001) }, 'OrderPlaced.lines is "2001 entries"'],
      ['detent.inventory.SkuDescribed', { name: 'n'.repeat(10_001) }, 'SkuDescribed.name'],
    ];
    for (const [name, fields, message] of long) {
      const refusal = accept(changed(name, fields));
      expect(refusal).toMatchObject({ code: 'IMPOSSIBLE_VALUE', message: expect.stringContaining(message) });
      expect((refusal as { message: string }).message.length).toBeLessThan(250);
    }
    expect(accept(changed('detent.orders.OrderPlaced', { lines: lines(2000) }))).toEqual(expect.any(Number));
    expect(accept(changed('detent.inventory.SkuDescribed', { name: 'n'.repeat(10_000) }))).toEqual(expect.any(Number));
  });

  it('takes no order whose observations would not fit into a record', async () => {
    const registry = { register: async () => 1, byId: async () => undefined, subjects: async () => [] };
    const codec = createAvroCodec({ registry, schemas, prefix: '' });
    await codec.prepare([ingestOutput]);
    const id = (i: number) => String(i).padStart(MAX_ID, 'x');
    const order = {
      ...samples['detent.orders.OrderPlaced'],
      customerId: id(0),
      siteId: id(0),
      lines: Array.from({ length: MAX_ENTRIES }, (_, i) => ({ lineId: id(i), skuId: id(i), quantity: 1, uom: id(i) })),
    };
    const record = recordOf('detent.orders.OrderPlaced', order);
    expect(accept(record)).toEqual(expect.any(Number));
    const source = { topic: 'orders.v1', partition: 0, offset: 2 ** 40 };
    const sizes = extract(record.name, order).map(
      (seen) =>
        codec.encode(ingestOutput, 'detent.observations.Observation', { ...seen, observedAt: T0, source }).length,
    );
    expect(Math.max(...sizes)).toBeGreaterThan(250_000);
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);
  });

  it('names the place of a fault within lists', () => {
    const [first, second, third] = samples['detent.orders.OrderPlaced'].lines;
    const lines = [first, { ...second, quantity: -4 }, third];
    expect(accept(changed('detent.orders.OrderPlaced', { lines }))).toMatchObject({
      message: expect.stringContaining('OrderPlaced.lines[1].quantity is -4'),
    });
    const breaks = [{ fromG: -1, base: 1, perKg: 1 }];
    expect(accept(changed('detent.carriers.TariffDescribed', { breaks }))).toMatchObject({
      message: expect.stringContaining('TariffDescribed.breaks[0].fromG is -1'),
    });
  });

  it('refuses a key that is not the id in the record, or none', () => {
    const name = 'detent.orders.OrderPlaced';
    const other = accept(recordOf(name, samples[name], { key: 'o-2' }));
    expect(other).toMatchObject({
      code: 'KEY_MISMATCH',
      message: expect.stringContaining('the key is "o-2", but OrderPlaced.orderId is "o-1"'),
    });
    expect(accept(recordOf(name, samples[name], { key: null }))).toMatchObject({ code: 'KEY_MISMATCH' });
  });

  it('refuses a status of part of an action that does not say how much, and takes the long ids of actions', () => {
    const name = 'detent.actions.ActionStatus';
    expect(accept(changed(name, { status: 'partial', quantityDone: null }))).toMatchObject({ code: 'MISSING_VALUE' });
    expect(accept(changed(name, { status: 'partial', quantityDone: -1 }))).toMatchObject({ code: 'IMPOSSIBLE_VALUE' });
    expect(accept(changed(name, { actionId: `storage:${'a'.repeat(MAX_ID + 1)}` }))).toBe(T0);
    for (const actionId of ['nope', 'storage', 'x:storage:1'])
      expect(accept(changed(name, { actionId }))).toMatchObject({
        code: 'IMPOSSIBLE_VALUE',
        message: expect.stringContaining(
          `"${actionId}", which no service gives: it must begin with picking:, storage:`,
        ),
      });
    expect(accept(changed(name, { actionId: '' }))).toMatchObject({ code: 'EMPTY_ID' });
    expect(accept(recordOf(name, samples[name], { key: 'other' }))).toMatchObject({
      code: 'KEY_MISMATCH',
      message: expect.stringContaining('ActionStatus.target.entityId is "cup@s-1"'),
    });
  });

  it('takes weather by its region first, else by its lane', () => {
    const weather = samples['detent.external.WeatherReported'];
    const byLane = { ...weather, regionId: null };
    expect(accept(recordOf('detent.external.WeatherReported', byLane, { key: 'lane-1' }))).toBe(T0);
    expect(accept(recordOf('detent.external.WeatherReported', weather, { key: 'lane-1' }))).toMatchObject({
      code: 'KEY_MISMATCH',
    });
  });

  it('refuses a record on a topic that is not its own, of another kind, or without value', () => {
    const order = samples['detent.orders.OrderPlaced'];
    const at = (name: string, topic: string, value: object | undefined) =>
      accept({ ...recordOf(name, order, { topic }), value });
    expect(at('detent.orders.OrderPlaced', 'outcomes.v1', order)).toMatchObject({ code: 'UNEXPECTED_RECORD' });
    expect(at('com.example.Order', 'orders.v1', order)).toMatchObject({ code: 'UNEXPECTED_RECORD' });
    expect(at('', 'orders.v1', undefined)).toMatchObject({
      code: 'UNEXPECTED_RECORD',
      message: expect.stringContaining('without value'),
    });
  });
});

describe('the rules', () => {
  it('have been thought of for every number of a source record', () => {
    const forgotten = new Set<string>();
    const walk = (schema: unknown, owner: string, field: string): void => {
      if (schema === 'double' || schema === 'int') {
        if (!(field in ranges || `${owner}.${field}` in ranges)) forgotten.add(`${owner}.${field}`);
      }
      if (Array.isArray(schema)) for (const branch of schema) walk(branch, owner, field);
      else if (typeof schema === 'object' && schema !== null) {
        const { name, fields, items, logicalType } = schema as {
          name?: string;
          fields?: AvroField[];
          items?: unknown;
          logicalType?: string;
        };
        if (logicalType === 'decimal') walk('double', owner, field);
        if (items !== undefined) walk(items, owner, field);
        for (const each of fields ?? []) walk(each.type, name ?? '', each.name);
      }
    };
    for (const name of names) walk(schemas[name as RecordName], '', '');
    expect([...forgotten]).toEqual([]);
  });
});
