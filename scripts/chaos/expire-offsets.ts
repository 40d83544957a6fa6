import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Topology } from './topology.ts';

/** Longer than a broker believes in members that are gone. */
const PATIENCE_MS = 60_000;

/** Lets the groups of a run lose their offsets, as they do once they have had no members for `offsets.retention.minutes`. */
export async function expireOffsets({ options, services }: Topology): Promise<void> {
  const kafka = new Kafka({ brokers: options.parts.direct.kafka.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const deadline = performance.now() + PATIENCE_MS;
  for (let left = services.map((name) => options.prefix + name); left.length > 0; await sleep(500)) {
    // It answers by group, and throws when any of them failed: the others are gone all the same. A broker that has just
    // come back may still be loading its groups, and then it says so by throwing too.
    const gone = await admin.deleteGroups(left).catch(() => []);
    left = left.filter((groupId) => !gone.some((one) => one.groupId === groupId && one.errorCode === 0));
    if (left.length > 0) {
      const listed = await admin.listGroups().catch(() => undefined);
      left = left.filter((groupId) => !listed || listed.groups.some((group) => group.groupId === groupId));
    }
    if (performance.now() > deadline) throw new Error(`groups ${left.join(', ')} cannot be deleted`);
  }
  await admin.disconnect();
}
