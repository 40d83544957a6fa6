import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SkuDescribed } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { take } from '../testing.ts';
import { csv } from './csv.ts';
import { readCsvMap } from './read-map.ts';

const example = (name: string) => fileURLToPath(new URL(`../../../../examples/csv/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'detent-csv-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function faultOf(map: string): string {
  try {
    readCsvMap(file('map.yaml', map));
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
  return 'no fault';
}

describe('csv by the example map', () => {
  const input = csv.open([example('orders.csv')], { map: example('map.yaml') });

  it('makes one order of the rows of an order, in order of time', async () => {
    const events = await take(input.events);
    const orders = events.filter((event) => event.name === 'detent.orders.OrderPlaced');
    expect(orders.map((event) => event.key)).toEqual(['A-1002', 'A-1001']);
    expect(orders[1]?.value).toEqual({
      eventId: 'shop-OrderPlaced-2',
      occurredAt: Date.parse('2026-03-02T09:14:00+01:00'),
      orderId: 'A-1001',
      customerId: '4711',
      siteId: 'mad',
      placedAt: Date.parse('2026-03-02T09:14:00+01:00'),
      // A date without a time is the end of the site's day.
      promisedAt: Date.parse('2026-03-05T00:00:00+01:00') - 1,
      serviceLevel: 'standard',
      destination: { country: 'ES', postcode: '28013' },
      lines: [
        { lineId: '1', skuId: 'GL-20', quantity: 2, uom: 'each' },
        { lineId: '2', skuId: 'GL-31', quantity: 1, uom: 'each' },
      ],
    });
    expect(orders[0]?.value).toMatchObject({ serviceLevel: 'express' });
  });

  it('converts units and decimal commas, and describes each article once', async () => {
    const events = await take(csv.open([example('orders.csv')], { map: example('map.yaml') }).events);
    const skus = events.filter((event) => event.name === 'detent.inventory.SkuDescribed');
    expect(skus.map(({ value }) => [(value as SkuDescribed).skuId, (value as SkuDescribed).weightG])).toEqual([
      ['TX-07', 310],
      ['GL-20', 850],
      ['GL-31', 1200],
    ]);
  });

  it('sets an unreadable row aside with its line and column', () => {
    const { setAside, examples } = input.report();
    expect(setAside).toEqual({ 'detent.orders.OrderPlaced: column "Qty" is not a number': 1 });
    expect(examples['detent.orders.OrderPlaced: column "Qty" is not a number']).toEqual([`${example('orders.csv')}:5`]);
  });

  it('refuses a file that lacks a column of the map', async () => {
    const data = file('short.csv', 'Order;Line\nA;1\n');
    await expect(take(csv.open([data], { map: example('map.yaml') }).events)).rejects.toThrow(
      /short\.csv:1: no column "Article"/,
    );
  });
});

describe('readCsvMap', () => {
  const map = (fields: string, more = '') =>
    `source: t\n${more}records:\n  - record: detent.sensors.SensorRead\n    fields:\n${fields}`;
  const whole = [
    'eventId: e',
    'occurredAt: t',
    'observedAt: t',
    'sensorId: s',
    'metric: m',
    'value: v',
    'unit: { constant: Cel }',
  ];
  const indent = (lines: readonly string[]) => lines.map((line) => `      ${line}\n`).join('');

  it('takes a map that is whole', () => {
    expect(faultOf(map(indent(whole)))).toBe('no fault');
  });

  it.each<[string, string, RegExp]>([
    [
      'a field that the record has not',
      map(indent([...whole, 'sensorID: x'])),
      /^map\.yaml:12:17: detent\.sensors\.SensorRead has no field "sensorID"/,
    ],
    [
      'a field that is missing',
      map(indent(whole.slice(0, 5))),
      /^map\.yaml:5:7: detent\.sensors\.SensorRead also needs value, unit$/,
    ],
    [
      'an unknown record',
      'source: t\nrecords:\n  - record: detent.orders.OrderPlacd\n    fields: {}\n',
      /^map\.yaml:3:13: "record" is the full name/,
    ],
    [
      'a word that is not known',
      map(indent([...whole.slice(0, 5), 'unit: u', 'value: { colunm: v }'])),
      /^map\.yaml:11:\d+: "value" is a column's name/,
    ],
    [
      'a unit of another kind',
      'source: t\nrecords:\n  - record: detent.external.WeatherReported\n    fields:\n      tempC: { column: t, unit: kg }\n',
      /map\.yaml:5:14: unit "kg" does not fit tempC: it can be Cel, K, \[degF\]/,
    ],
    [
      'a constant of the wrong type',
      map(indent([...whole.slice(0, 5), 'unit: u', 'value: { constant: warm }'])),
      /^map\.yaml:11:14: "constant" "warm" is not a number$/,
    ],
    [
      'a zone that does not exist',
      map(indent(whole), 'timezone: Europe/Madird\n'),
      /^map\.yaml:2:11: no time zone "Europe\/Madird"/,
    ],
    [
      'a list without groups',
      'source: t\nrecords:\n  - record: detent.orders.OrderPlaced\n    fields:\n      lines[].skuId: a\n',
      /map\.yaml:5:22: "lines\[\]\.skuId" is a list: say by "groupBy"/,
    ],
    ['broken YAML', 'source: [t\n', /^map\.yaml:\d+:\d+: /],
  ])('names line and column of %s', (_, text, message) => {
    expect(faultOf(text)).toMatch(message);
  });

  it('names every fault at once', () => {
    const text = map(indent([...whole, 'sensorID: x', 'batteryC: y']));
    expect(faultOf(text).split('\n')).toHaveLength(2);
  });
});
