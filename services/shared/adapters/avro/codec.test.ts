import type { SchemaRegistry } from '@detent/pipeline';
import { schemas } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { createAvroCodec, schemaIncompatibility } from './index.ts';
import { typeOf } from './types.ts';

const TOPIC = 'detent.sensors.v1';
const NAME = 'detent.sensors.SensorRead';
const reading = {
  eventId: 'e1',
  occurredAt: 1_700_000_000_000,
  siteId: null,
  sensorId: 's1',
  assetType: null,
  assetId: null,
  metric: 'temp',
  value: 21.5,
  unit: 'Cel',
  observedAt: 1_700_000_000_000,
};

function memoryRegistry(): SchemaRegistry & { add(schema: object): number } {
  const known: object[] = [];
  const add = (schema: object) => known.push(schema);
  return {
    add,
    register: async (_subject, schema) => add(schema),
    byId: async (id) => known[id - 1],
    subjects: async () => [],
  };
}

async function prepared(topic = TOPIC) {
  const registry = memoryRegistry();
  const codec = createAvroCodec({ registry, schemas, prefix: 'detent.' });
  await codec.prepare([topic]);
  return { registry, codec };
}

/** A record as a producer with its own version of the schema writes it. */
function written(id: number, schema: object, value: unknown): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, typeOf(schema).toBuffer(value)]);
}

describe('Avro codec', () => {
  it('gives back what it wrote, under its full name', async () => {
    const { codec } = await prepared();
    const bytes = codec.encode(TOPIC, NAME, reading);
    const result = codec.decode(bytes);
    expect(result).toMatchObject({ ok: true, record: { name: NAME, value: { sensorId: 's1', value: 21.5 } } });
  });

  it('carries money as a number in major units', async () => {
    const { codec } = await prepared('detent.customers.v1');
    const customer = {
      eventId: 'e',
      occurredAt: 1,
      customerId: 'c',
      tier: 'gold',
      lifetimeValue: -1234.5678,
      currency: 'EUR',
    };
    const bytes = codec.encode('detent.customers.v1', 'detent.customers.CustomerProfiled', customer);
    expect(codec.decode(bytes)).toMatchObject({ ok: true, record: { value: { lifetimeValue: -1234.5678 } } });
  });

  it('reads an older writer: a field that it did not have gets its default', async () => {
    const { codec, registry } = await prepared();
    const current = schemas[NAME] as unknown as { fields: { name: string }[] };
    const older = { ...current, fields: current.fields.filter(({ name }) => name !== 'assetType') };
    const id = registry.add(older);
    const bytes = written(id, older, reading);
    expect(codec.decode(bytes)).toEqual({ ok: false, unknownSchema: id });
    expect(await codec.fetch(id)).toBe(true);
    expect(codec.decode(bytes)).toMatchObject({
      ok: true,
      record: { name: NAME, value: { assetType: null, metric: 'temp' } },
    });
  });

  it('says so when the registry has no such schema, and asks again when it gave no answer', async () => {
    const { codec, registry } = await prepared();
    expect(await codec.fetch(404)).toBe(false);
    registry.byId = async () => {
      throw Object.assign(new Error('down'), { retriable: true });
    };
    await expect(codec.fetch(405)).rejects.toThrow('down');
  });

  it('refuses a schema of another record and one that cannot be projected, each by its code', async () => {
    const { codec, registry } = await prepared();
    const foreign = registry.add({ type: 'record', name: 'elsewhere.Thing', fields: [{ name: 'x', type: 'long' }] });
    const broken = registry.add({ type: 'record', name: NAME, fields: [{ name: 'eventId', type: 'long' }] });
    await codec.fetch(foreign);
    await codec.fetch(broken);
    expect(codec.decode(Buffer.from([0, 0, 0, 0, foreign, 2]))).toMatchObject({ ok: false, code: 'UNEXPECTED_RECORD' });
    expect(codec.decode(Buffer.from([0, 0, 0, 0, broken, 2]))).toMatchObject({
      ok: false,
      code: 'INCOMPATIBLE_SCHEMA',
    });
  });

  it('refuses every prefix of a record as truncated, and bytes after it', async () => {
    const { codec } = await prepared();
    const bytes = codec.encode(TOPIC, NAME, reading);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codec.decode(bytes.subarray(0, length))).toMatchObject({ ok: false, code: 'TRUNCATED' });
    }
    expect(codec.decode(Buffer.concat([bytes, Buffer.from([0])]))).toMatchObject({ ok: false, code: 'TRAILING_BYTES' });
    expect(codec.decode(Buffer.from('{"json":true}'))).toMatchObject({ ok: false, code: 'BAD_MAGIC' });
  });

  it('does not loop over a damaged count: 2^40 items in a few bytes are truncated, at once', async () => {
    const topic = 'detent.observations.v1';
    const { codec } = await prepared(topic);
    const value = {
      entityType: 'order',
      entityId: 'o',
      values: { a: 1 },
      links: [],
      ended: false,
      observedAt: 1,
      source: { topic: 't', partition: 0, offset: 0 },
    };
    const bytes = codec.encode(topic, 'detent.observations.Observation', value);
    const mapCount = bytes.indexOf(Buffer.from([2, 2, 0x61]));
    const huge = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x40]);
    const damaged = Buffer.concat([bytes.subarray(0, mapCount), huge, bytes.subarray(mapCount + 1)]);
    const started = performance.now();
    expect(codec.decode(damaged)).toMatchObject({ ok: false });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('names the field that does not fit', async () => {
    const { codec } = await prepared();
    expect(() => codec.encode(TOPIC, NAME, { ...reading, value: 'warm' })).toThrow(
      expect.objectContaining({ code: 'DETENT_CODEC_INVALID', message: expect.stringContaining('value') }),
    );
    expect(() => codec.encode('detent.orders.v1', NAME, reading)).toThrow(
      expect.objectContaining({ code: 'DETENT_CODEC_UNPREPARED' }),
    );
  });

  it('leaves what it wrote before as it was, over many records', async () => {
    const { codec } = await prepared();
    const all = Array.from({ length: 6000 }, (_, i) => codec.encode(TOPIC, NAME, { ...reading, eventId: `e${i}` }));
    const ids = all.map((bytes) => {
      const result = codec.decode(bytes);
      return result.ok ? (result.record.value as typeof reading).eventId : result;
    });
    expect(ids).toEqual(all.map((_, i) => `e${i}`));
  });

  it('grows for records larger than its first buffer', async () => {
    const { codec } = await prepared();
    const large = { ...reading, metric: 'x'.repeat(300_000) };
    const small = codec.encode(TOPIC, NAME, reading);
    const bytes = codec.encode(TOPIC, NAME, large);
    expect(codec.decode(bytes)).toMatchObject({ ok: true, record: { value: { metric: large.metric } } });
    expect(codec.decode(small)).toMatchObject({ ok: true, record: { value: { metric: 'temp' } } });
  });
});

describe('schema compatibility', () => {
  const one = { type: 'record', name: 'a.B', fields: [{ name: 'x', type: 'long' }] };
  it('allows an added field with a default and refuses one without', () => {
    const field = { name: 'y', type: 'string' };
    expect(schemaIncompatibility({ ...one, fields: [...one.fields, { ...field, default: '' }] }, one)).toBeUndefined();
    expect(schemaIncompatibility({ ...one, fields: [...one.fields, field] }, one)).toEqual(expect.any(String));
  });
});
