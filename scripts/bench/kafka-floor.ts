import { Kafka, logLevel } from 'kafkajs';

/** A batch read must fit into one request when it is written again, whose limit is 1 MB. */
const MAX_BYTES = 256 * 1024;

/** What the floor did: records copied and seconds from the first to the last. */
export interface Floor {
  records: number;
  seconds: number;
}

/**
 * The least that any job on kafkajs must do: consume every record of `topics` and produce it, bytes and headers as they
 * are, to `target`. No state, no transactions. In a process of its own (`kafka-floor.ts BROKERS TARGET COUNT TOPIC…`).
 */
export async function runFloor(brokers: string[], topics: string[], target: string, count: number): Promise<Floor> {
  const kafka = new Kafka({
    brokers,
    clientId: 'floor',
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 20 },
  });
  const producer = kafka.producer();
  const consumer = kafka.consumer({
    groupId: `floor-${process.pid}`,
    maxWaitTimeInMs: 50,
    maxBytesPerPartition: MAX_BYTES,
  });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics, fromBeginning: true });
  let records = 0;
  let started = 0;
  const seconds = await new Promise<number>((resolve, reject) => {
    // What may pass, such as a coordinator that is still loading, kafkajs tries again by itself.
    consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    consumer
      .run({
        autoCommit: false,
        async eachBatch({ batch }) {
          started ||= performance.now();
          await producer.send({
            topic: target,
            messages: batch.messages.map(({ key, value, headers, timestamp }) => ({ key, value, headers, timestamp })),
          });
          records += batch.messages.length;
          if (records >= count) resolve((performance.now() - started) / 1000);
        },
      })
      .catch(reject);
  });
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  return { records, seconds };
}

if (import.meta.main) {
  const [brokers, target, count, ...topics] = process.argv.slice(2);
  const floor = await runFloor((brokers ?? '').split(','), topics, target ?? '', Number(count));
  process.stdout.write(JSON.stringify(floor));
  process.exit(0);
}
