import { join } from 'node:path';
import { createIngestProcessor } from '@detent/ingest';
import type { SchemaRegistry } from '@detent/pipeline';
import { schemas, topicsOfKind } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { createAvroCodec } from '../../shared/adapters/avro/codec.ts';
import { openInput } from '../replay/index.ts';
import { dataFolder, realDataTitle } from '../replay/testing.ts';
import { simulateEvents } from '../simulate/simulate.ts';
import { type SourceEvent, spoilBytes } from './source-event.ts';

/** Ids as a registry gives them out. */
function memoryRegistry(): SchemaRegistry {
  const known: object[] = [];
  return {
    register: async (_subject, schema) => known.push(schema),
    byId: async (id) => known[id - 1],
    subjects: async () => [],
  };
}

/** What ingest says to the events after a trip over the wire: how many it takes, and the others by code. */
async function refusals(events: Iterable<SourceEvent> | AsyncIterable<SourceEvent>) {
  const codec = createAvroCodec({ registry: memoryRegistry(), schemas, prefix: 'detent.' });
  await codec.prepare(topicsOfKind('source').map((topic) => `detent.${topic}`));
  const { accept } = createIngestProcessor();
  const refused: Record<string, number> = {};
  let accepted = 0;
  for await (const event of events) {
    const topic = `detent.${event.topic}`;
    const bytes = codec.encode(topic, event.name, event.value);
    const value = event.defect === undefined ? bytes : spoilBytes(bytes, event.defect);
    const decoded = codec.decode(value);
    const raw = {
      topic,
      partition: 0,
      offset: 0,
      timestamp: event.eventTime,
      key: Buffer.from(event.key),
      value,
      headers: {},
    };
    const verdict = !decoded.ok
      ? { code: 'unknownSchema' in decoded ? 'UNKNOWN_SCHEMA' : decoded.code }
      : accept({ raw, topic: event.topic, ...decoded.record });
    if (verdict === event.eventTime) {
      accepted++;
      continue;
    }
    const code = typeof verdict === 'number' ? 'OTHER_TIME' : verdict.code;
    refused[code] = (refused[code] ?? 0) + 1;
  }
  return { accepted, refused };
}

describe('simulated events at ingest', () => {
  it('are all accepted but for the malformed ones', async () => {
    const { accepted, refused } = await refusals(simulateEvents({ scale: 0.3, defects: 0 }).events);
    expect(refused).toEqual({});
    expect(accepted).toBeGreaterThan(5000);
  });

  it.each([3, 6, 11])(
    'are accepted for a fortnight but for the malformed ones, whatever the seed (%i)',
    async (seed) => {
      let spoilt = 0;
      function* counted() {
        for (const event of simulateEvents({ seed, days: 14, scale: 0.1 }).events) {
          if (event.value.eventId.endsWith('-spoilt')) spoilt += 1;
          yield event;
        }
      }
      const { accepted, refused } = await refusals(counted());
      expect(Object.values(refused).reduce((sum, count) => sum + count, 0)).toBe(spoilt);
      expect(spoilt).toBeGreaterThan(100);
      expect(accepted).toBeGreaterThan(40_000);
    },
  );

  it('reach the dead letters for every reason that the simulator knows', async () => {
    const { refused } = await refusals(simulateEvents({ scale: 0.3, defects: 0.02 }).events);
    expect(Object.keys(refused).sort()).toEqual([
      'EMPTY_ID',
      'IMPOSSIBLE_VALUE',
      'KEY_MISMATCH',
      'TRUNCATED',
      'UNKNOWN_SCHEMA',
    ]);
  });
});

async function* first(count: number, events: AsyncIterable<SourceEvent>) {
  let left = count;
  for await (const event of events) {
    if (left-- === 0) return;
    yield event;
  }
}

(dataFolder === undefined ? describe.skip : describe)(realDataTitle('imported events at ingest'), () => {
  it.each<[string, number, string[], Record<string, number>]>([
    ['online-retail', 30_000, ['orders_online_retail.csv.gz'], {}],
    ['causact', 30_000, ['warehouse_shipments_causact.csv.gz', 'warehouse_parts_causact.csv.gz'], {}],
    ['scms', 30_000, ['shipments_scms.csv.gz'], {}],
    ['schenker', 30_000, ['container_sensors_schenker.csv.gz'], {}],
    // Ten hours at 0 K and one with 9,831 mm of rain.
    ['i94', 100_000, ['traffic_weather_i94.csv.gz'], { IMPOSSIBLE_VALUE: 11 }],
  ])(
    '%s, %d events at most: refused is only what cannot be',
    async (name, count, files, expected) => {
      const input = openInput(
        name,
        files.map((file) => join(dataFolder ?? '', file)),
      );
      const { refused } = await refusals(first(count, input.events));
      expect(refused).toEqual(expected);
    },
    120_000,
  );
});
