import { describe, expect, it } from '@jest/globals';
import type { AvroSchema } from './avro.ts';
import { schemas } from './generated/schemas.ts';
import {
  carriesPacks,
  packedBy,
  packNameOf,
  recordsOf,
  subjectOf,
  topicEntry,
  topicSpec,
  topicsOfKind,
} from './topic-spec.ts';
import { topics } from './topics.ts';

describe('the catalogue', () => {
  it('names every record once, and only records that exist', () => {
    const named = topics.flatMap((topic) => topic.records.map((record) => record.name));
    expect([...named].sort()).toEqual(Object.keys(schemas).sort());
  });

  it('takes keys from fields that the records have', () => {
    for (const { name, key } of topics.flatMap((topic) => topic.records)) {
      for (const path of key)
        expect([name, path, hasField(schemas[name], path.split('.'))]).toEqual([name, path, true]);
    }
  });

  it('has packs only of records that the same topic carries', () => {
    for (const { name: topic, records } of topics) {
      expect([topic, carriesPacks(topic)]).toEqual([topic, records.some(({ packs }) => packs !== undefined)]);
      for (const { name, packs } of records) {
        if (packs === undefined) continue;
        expect(records.map((record) => record.name)).toContain(packs);
        expect([packNameOf(packs), packedBy(name)?.name]).toEqual([name, packs]);
        expect(schemas[name].fields).toMatchObject([{ name: 'items', type: { type: 'array', items: schemas[packs] } }]);
      }
    }
    expect([packNameOf('detent.orders.OrderPlaced'), packedBy('detent.orders.OrderPlaced')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(packedBy('detent.references.ReferenceValuedPack')?.keyPath).toEqual(['referrer', 'entityId']);
  });

  it('gives every source record an event id and an event time', () => {
    for (const { records } of topics.filter((topic) => topic.kind === 'source')) {
      for (const { name } of records) {
        expect(schemas[name].fields.slice(0, 2).map((field) => field.name)).toEqual(['eventId', 'occurredAt']);
      }
    }
  });

  it('says of each source record but tariffs and statuses of actions what it observes', () => {
    const silent = topics.flatMap((topic) =>
      topic.kind === 'source' ? topic.records.filter((record) => record.observes === '') : [],
    );
    expect(silent.map((record) => record.name)).toEqual([
      'detent.carriers.TariffDescribed',
      'detent.actions.ActionStatus',
    ]);
  });
});

describe('topicSpec', () => {
  it('adds the prefix and shares the partition count', () => {
    expect(topicSpec('orders.v1', { partitions: 6 })).toEqual({
      topic: 'detent.orders.v1',
      partitions: 6,
      config: { 'cleanup.policy': 'delete', 'retention.ms': String(90 * 86_400_000) },
    });
    expect(topicSpec('models.v1', { partitions: 6, prefix: 'test.' })).toMatchObject({
      topic: 'test.models.v1',
      partitions: 1,
    });
  });

  it('knows the members of a family', () => {
    expect(topicSpec('memberships.order.v1', { partitions: 2 }).config['cleanup.policy']).toBe('compact');
    // Tasks read it, so that what they have read must be there to be verified.
    expect(topicSpec('populations.v1', { partitions: 2 }).config).toMatchObject({
      'cleanup.policy': 'compact',
      'min.compaction.lag.ms': String(7 * 86_400_000),
    });
    expect(recordsOf('segments.stock.v1')).toEqual(['detent.segments.SegmentChanged']);
    expect(topicSpec('state.segmenter.v1', { partitions: 2 }).config['retention.ms']).toBe('-1');
  });

  it.each(['order.v1', 'detent.orders.v1', 'segments.<entityType>.v1', 'segments..v1', 'segments.a.b.v1', ''])(
    'refuses "%s", which is not in the catalogue',
    (name) => {
      expect(() => topicEntry(name)).toThrow(expect.objectContaining({ code: 'DETENT_SCHEMAS_UNKNOWN_TOPIC' }));
    },
  );
});

it('names subjects by topic and record', () => {
  expect(subjectOf('detent.orders.v1', 'detent.orders.OrderPlaced')).toBe('detent.orders.v1-detent.orders.OrderPlaced');
});

it('lists the source topics', () => {
  expect(topicsOfKind('source')).toHaveLength(11);
});

function hasField(schema: AvroSchema | undefined, path: readonly string[]): boolean {
  if (path.length === 0) return true;
  if (typeof schema !== 'object' || !('fields' in schema)) return false;
  return hasField(schema.fields.find((field) => field.name === path[0])?.type, path.slice(1)) || isLeaf(schema, path);
}

function isLeaf(schema: { fields: readonly { name: string }[] }, path: readonly string[]): boolean {
  return path.length === 1 && schema.fields.some((field) => field.name === path[0]);
}
