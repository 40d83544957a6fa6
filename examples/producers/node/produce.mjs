/**
 * Produces one OrderPlaced with plain kafkajs. Nothing of Detent is needed but the schema, a file of its repository.
 *   DETENT_KAFKA_BROKERS=127.0.0.1:9092 DETENT_REGISTRY_URL=http://127.0.0.1:8081 node produce.mjs
 */
import { readFile } from 'node:fs/promises';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka } from 'kafkajs';

const brokers = (process.env.DETENT_KAFKA_BROKERS ?? '127.0.0.1:9092').split(',');
const registryUrl = process.env.DETENT_REGISTRY_URL ?? 'http://127.0.0.1:8081';
const topic = `${process.env.DETENT_TOPIC_PREFIX ?? 'detent.'}orders.v1`;
const recordName = 'detent.orders.OrderPlaced';

const now = Date.now();
const order = {
  // Unique per key and the same when the event is sent again: a repeat within 24 h is dropped.
  eventId: 'shop-node-1001-placed',
  occurredAt: now,
  orderId: 'node-1001',
  customerId: 'c-4711',
  siteId: 'ham',
  lines: [
    { lineId: '1', skuId: 'sku-00001', quantity: 2, uom: 'each' },
    { lineId: '2', skuId: 'sku-00002', quantity: 1, uom: 'each' },
  ],
  placedAt: now,
  shipBy: now + 20 * 3_600_000,
  promisedAt: now + 48 * 3_600_000,
  serviceLevel: 'standard',
  destination: { country: 'DE', region: null, postcode: '20095', lat: null, lon: null },
  version: 1,
};

const file = new URL('../../../schemas/avro/orders/OrderPlaced.avsc', import.meta.url);
const schema = await readFile(file, 'utf8');
const registry = new SchemaRegistry({ host: registryUrl });
// TopicRecordNameStrategy: a topic carries several records, each with a subject of its own.
const { id } = await registry.register({ type: SchemaType.AVRO, schema }, { subject: `${topic}-${recordName}` });

const kafka = new Kafka({ clientId: 'example-producer', brokers });
// kafkajs places keys by murmur2 as the Java client does, which is what Detent expects.
const producer = kafka.producer({ idempotent: true });
await producer.connect();
try {
  const [written] = await producer.send({
    topic,
    acks: -1,
    messages: [
      {
        key: order.orderId,
        value: await registry.encode(id, order),
        timestamp: String(order.occurredAt),
        headers: {
          ce_id: order.eventId,
          ce_type: recordName,
          ce_source: '/example/node',
          ce_time: new Date(order.occurredAt).toISOString(),
        },
      },
    ],
  });
  console.log(
    `${recordName} ${order.orderId} lies in ${topic}, partition ${written.partition}, offset ${written.baseOffset}`,
  );
} finally {
  await producer.disconnect();
}
