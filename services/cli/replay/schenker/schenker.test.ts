import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { csvFile, dataFolder, ofName, realDataTitle, take } from '../testing.ts';
import { schenker } from './schenker.ts';

const HEADER =
  'index,SXXJ_number,Container,Date,Time_UTC,Latitude,Longitude,Accuracy,Active,Reverse,Sleep,Door,Mount,Motion,GForce,Tilt,Temperature,Humidity,Light,Origin,Destination';

/** A row of device A with these values, by column name. */
function row(stamp: string, values: Record<string, string>): string {
  const given: Record<string, string> = { SXXJ_number: 'A', Date: '2016-08-08', Time_UTC: stamp, ...values };
  return HEADER.split(',')
    .map((column) => given[column] ?? '')
    .join(',');
}

async function importRows(...rows: string[]) {
  const input = schenker.open([csvFile([HEADER, ...rows])], {});
  const reads = ofName(await take(input.events), 'detent.sensors.SensorRead').map(({ value }) => value);
  return { reads, report: input.report() };
}

describe('schenker', () => {
  it('reads each metric in its unit: shock is in [g], for g is the gram', async () => {
    const { reads } = await importRows(
      row('10:00:00', { GForce: '1.5', Temperature: '-4', Humidity: '75.7', Light: '3', Door: '1' }),
    );
    expect(reads.map(({ metric, value, unit }) => [metric, value, unit])).toEqual([
      ['tempC', -4, 'Cel'],
      ['humidityPct', 75.7, '%'],
      ['shockG', 1.5, '[g]'],
      ['lightLx', 3, 'lx'],
      ['doorOpen', 1, '1'],
    ]);
    expect(reads[0]).toMatchObject({
      assetType: 'container',
      assetId: 'container-A',
      observedAt: Date.parse('2016-08-08T10:00:00Z'),
    });
  });

  it('sorts blocks by time, and counts jumps back and repeated stamps', async () => {
    const { reads, report } = await importRows(
      row('10:00:00', { Temperature: '5' }),
      row('11:00:00', { Temperature: '6' }),
      row('10:00:00', { Humidity: '50' }),
    );
    expect(reads.map((read) => read.metric)).toEqual(['tempC', 'humidityPct', 'tempC']);
    expect(report.noted).toEqual({
      'row repeats an earlier stamp of its device': 1,
      'stamp jumps back: sorted by time': 1,
    });
  });

  it('takes a reading that is told twice once, and two values of one stamp both', async () => {
    const { reads, report } = await importRows(
      row('10:00:00', { Temperature: '5' }),
      row('10:00:00', { Temperature: '5.0' }),
      row('10:00:00', { Temperature: '5.1' }),
    );
    expect(reads.map((read) => read.value)).toEqual([5, 5.1]);
    expect(report.setAside).toEqual({ 'reading told twice: same device, stamp, metric and value': 1 });
  });

  it('counts what it does not use', async () => {
    const { reads, report } = await importRows(row('10:00:00', { Tilt: '0.3' }), row('25:00:00', { Temperature: '1' }));
    expect(reads).toEqual([]);
    expect(report.noted).toEqual({ 'not used: Tilt: the file does not tell its unit': 1 });
    expect(report.setAside).toEqual({ 'no device or no readable stamp': 1, 'row without a reading that is used': 1 });
  });
});

(dataFolder === undefined ? describe.skip : describe)(realDataTitle('schenker, the whole file'), () => {
  it('has the counts of the data set, in order of time', async () => {
    const input = schenker.open([join(dataFolder ?? '', 'container_sensors_schenker.csv.gz')], {});
    const events = await take(input.events);
    expect(events.every((event, index) => index === 0 || event.eventTime >= (events[index - 1]?.eventTime ?? 0))).toBe(
      true,
    );
    const { read, noted } = input.report();
    expect(read).toBe(27_049);
    expect(Math.round((100 * (noted['row repeats an earlier stamp of its device'] ?? 0)) / read)).toBe(58);
    expect(noted['stamp jumps back: sorted by time']).toBe(9 * 3);
    expect(new Set(events.map((event) => event.key)).size).toBe(9);
  }, 60_000);
});
