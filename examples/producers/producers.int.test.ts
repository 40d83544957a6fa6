import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createIngestProcessor } from '@detent/ingest';
import { type LogRecord, murmur2Partition } from '@detent/pipeline';
import { type OrderPlaced, schemas } from '@detent/schemas';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { createAvroCodec } from '../../services/shared/adapters/avro/codec.ts';
import { createConfluentRegistry } from '../../services/shared/adapters/registry/confluent.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'];
const registryUrl = process.env['DETENT_TEST_REGISTRY_URL'];
const python = process.env['DETENT_TEST_PYTHON'] ?? 'python3';
const PARTITIONS = 7;
const TIMEOUT = 60_000;

const canPython =
  spawnSync(python, ['-c', 'import confluent_kafka.schema_registry.avro, fastavro'], { stdio: 'ignore' }).status === 0;
const isThere = brokers !== undefined && registryUrl !== undefined;
const where = isThere ? '' : ': skipped, DETENT_TEST_KAFKA_BROKERS and DETENT_TEST_REGISTRY_URL are not set';
const whyNot = canPython ? where : `: skipped, ${python} has no confluent-kafka[avro,schemaregistry]`;
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe('examples of producers', () => {
  const prefix = `t${randomUUID().slice(0, 8)}.`;
  const topic = `${prefix}orders.v1`;
  const kafka = new Kafka({ clientId: 'test', brokers: (brokers ?? '').split(','), logLevel: logLevel.NOTHING });
  let admin: Admin | undefined;

  beforeAll(async () => {
    if (!isThere) return;
    admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
      waitForLeaders: true,
    });
  }, TIMEOUT);

  afterAll(async () => {
    await admin?.deleteTopics({ topics: [topic] });
    await admin?.disconnect();
  });

  (isThere ? it : it.skip)(
    `node: ingest reads what kafkajs sent${where}`,
    async () => {
      run(process.execPath, [file('node/produce.mjs')]);
      await expectOrder('node-1001', '/example/node');
    },
    TIMEOUT,
  );

  (isThere && canPython ? it : it.skip)(
    `python: ingest reads what confluent-kafka sent${whyNot}`,
    async () => {
      run(python, [file('python/produce.py')]);
      await expectOrder('python-1001', '/example/python');
    },
    TIMEOUT,
  );

  function run(command: string, args: readonly string[]): void {
    const env = {
      ...process.env,
      DETENT_KAFKA_BROKERS: brokers,
      DETENT_REGISTRY_URL: registryUrl,
      DETENT_TOPIC_PREFIX: prefix,
    };
    const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  }

  async function expectOrder(orderId: string, source: string): Promise<void> {
    const raw = await find(orderId);
    expect(raw.partition).toBe(murmur2Partition(Buffer.from(orderId), PARTITIONS));
    const codec = createAvroCodec({ registry: createConfluentRegistry(registryUrl ?? ''), schemas, prefix });
    let decoded = codec.decode(raw.value as Buffer);
    if (!decoded.ok && 'unknownSchema' in decoded) {
      await codec.fetch(decoded.unknownSchema);
      decoded = codec.decode(raw.value as Buffer);
    }
    if (!decoded.ok) throw new Error(JSON.stringify(decoded));
    const order = decoded.record.value as OrderPlaced;
    expect(decoded.record.name).toBe('detent.orders.OrderPlaced');
    expect(order).toMatchObject({ orderId, destination: { country: 'DE', postcode: '20095' } });
    expect(order.lines.map((line) => line.quantity)).toEqual([2, 1]);
    expect(createIngestProcessor().accept({ raw, topic: 'orders.v1', ...decoded.record })).toBe(order.occurredAt);
    expect(raw.timestamp).toBe(order.occurredAt);
    const headers = Object.fromEntries(Object.entries(raw.headers).map(([name, value]) => [name, value.toString()]));
    expect(headers).toEqual({
      ce_id: order.eventId,
      ce_type: 'detent.orders.OrderPlaced',
      ce_source: source,
      ce_time: new Date(order.occurredAt).toISOString(),
    });
  }

  /** The record with this key, read with a consumer of its own. */
  async function find(key: string): Promise<LogRecord> {
    const consumer = kafka.consumer({ groupId: `${prefix}${key}` });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      return await new Promise((resolve, reject) => {
        consumer
          .run({
            async eachMessage({ partition, message }) {
              if (message.key?.toString() !== key) return;
              resolve({
                topic,
                partition,
                offset: Number(message.offset),
                timestamp: Number(message.timestamp),
                key: message.key,
                value: message.value,
                headers: (message.headers ?? {}) as Record<string, Buffer>,
              });
            },
          })
          .catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
  }
});
