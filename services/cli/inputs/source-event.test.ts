import { describe, expect, it } from '@jest/globals';
import { isSourceName, spoilBytes, toSourceEvent } from './source-event.ts';

describe('toSourceEvent', () => {
  const span = { issuedAt: 1, validFrom: 1, validTo: 2 };

  it('takes topic and key by the catalogue: weather by region, else by lane', () => {
    const fields = { eventId: 'e', occurredAt: 5, ...span };
    const byRegion = toSourceEvent('detent.external.WeatherReported', { ...fields, regionId: 'r', laneId: 'l' });
    expect(byRegion).toMatchObject({ topic: 'external.v1', key: 'r', eventTime: 5 });
    expect(toSourceEvent('detent.external.WeatherReported', { ...fields, laneId: 'l' }).key).toBe('l');
  });

  it('takes the time of the measurement for a reading, whatever the time of its sending', () => {
    const read = { eventId: 'e', occurredAt: 9, sensorId: 's', metric: 'tempC', value: 4, unit: 'Cel', observedAt: 7 };
    expect(toSourceEvent('detent.sensors.SensorRead', read).eventTime).toBe(7);
  });

  it('knows source records from others', () => {
    expect(isSourceName('detent.orders.OrderPlaced')).toBe(true);
    expect(isSourceName('detent.segments.SegmentChanged')).toBe(false);
  });
});

describe('spoilBytes', () => {
  const bytes = Buffer.from([0, 0, 0, 0, 7, 1, 2, 3, 4, 5]);

  it('cuts a record short but leaves its schema id', () => {
    expect(spoilBytes(bytes, 'truncated')).toEqual(bytes.subarray(0, 6));
  });

  it('puts a schema id that no registry gives out, and leaves the given bytes alone', () => {
    expect(spoilBytes(bytes, 'unknown-schema').readInt32BE(1)).toBe(0x7fffff00);
    expect(bytes.readInt32BE(1)).toBe(7);
  });
});
