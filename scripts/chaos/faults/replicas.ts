import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, pipeline } from '../fault.ts';
import { kafkaTool } from '../kafka-tool.ts';

/** Longer than a broker is missed before its partitions get other leaders. */
const DEAD_MS = 10_000;

/** Three brokers, every partition on all of them, two must have a record before it counts. */
export const replicas: Fault = {
  name: 'replicas',
  what: 'three brokers, replication 3, min.insync.replicas 2: one killed for 10 s and restarted, leaders moved back',
  members: pipeline,
  parts: { brokers: 3 },
  async strike({ parts, random, intensity, say, over }) {
    for (let i = 0; i < Math.ceil(intensity); i += 1) {
      const victim = random.pick(parts.brokers);
      await victim.kill();
      say(`${victim.name} is dead`);
      await sleep(DEAD_MS + random.between(0, 3_000));
      await victim.start();
      say(`${victim.name} is back`);
      over();
      await sleep(random.between(3_000, 5_000));
      const election = ['--election-type', 'preferred', '--all-topic-partitions'];
      await kafkaTool(parts.brokers[0]!, 'org.apache.kafka.tools.LeaderElectionCommand', election);
      over();
      say('every partition is led by its preferred broker again');
      await sleep(random.between(1_000, 2_000));
    }
    return undefined;
  },
};
