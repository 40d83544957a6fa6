import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  type Connection,
  encodeConsumerProtocolAssignment,
  fetchV12,
  heartbeatV4,
  joinGroupV7,
  NetworkError,
  ProtocolError,
  syncGroupV5,
} from '@platformatic/kafka';
import type { GroupEvents, GroupOptions } from '../client/client.ts';
import type { Cluster } from './cluster.ts';
import { PlatformaticConsumer } from './consumer.ts';
import { GroupMembership } from './membership.ts';

/** Longer than anybody waits for an answer. */
const LONG_MS = 60_000;
const TOPIC = 'things';
const broker = { host: '127.0.0.1', port: 9 };
const options: GroupOptions = { groupId: 'g', topics: [TOPIC], partitioning: 'per-partition', owned: () => [] };

type Answer = () => unknown;

/** A cluster of one broker that answers each call as `answers` says. Every failure costs a minute of the test's clock. */
function scripted(answers: ReadonlyMap<number, Answer>): Cluster {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const connection = {
    send(key: number, ...rest: unknown[]) {
      const done = rest.at(-1) as (error: unknown, answer?: unknown) => void;
      try {
        done(null, answers.get(key)?.());
      } catch (error) {
        now += LONG_MS;
        done(error);
      }
    },
  } as unknown as Connection;
  return {
    coordinator: async () => broker,
    leaders: async () => [broker],
    pool: () => ({ get: async () => connection, close: async () => {} }),
  } as unknown as Cluster;
}

const assignment = encodeConsumerProtocolAssignment({
  version: 1,
  assignedPartitions: [{ topic: TOPIC, partitions: [0] }],
  userData: null,
});
const gone = () => new NetworkError('Connection closed');

describe('a broker that is away for long', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('finds the member of a group who it was before', async () => {
    let joins = 0;
    const cluster = scripted(
      new Map<number, Answer>([
        [
          joinGroupV7.api.key,
          () => {
            joins += 1;
            if (joins > 1 && joins < 5) throw gone();
            return { memberId: 'm', leader: 'other', generationId: joins, members: [] };
          },
        ],
        [syncGroupV5.api.key, () => ({ assignment })],
        [
          heartbeatV4.api.key,
          () => {
            throw joins < 5 ? gone() : new ProtocolError('GROUP_AUTHORIZATION_FAILED');
          },
        ],
      ]),
    );
    const problems = new Set<string | undefined>();
    const membership = new GroupMembership(cluster, options, () => problems.add(membership.problem));
    await membership.join();
    // What does not pass ends it: here, once the group has been joined again.
    await expect(membership.hold()).rejects.toThrow();
    expect(membership.current).toEqual({ memberId: 'm', generation: 5 });
    expect([...problems]).toEqual([undefined]);
  });

  it('is asked for records until it gives some, and who asks can say why there are none', async () => {
    let fetches = 0;
    const cluster = scripted(
      new Map<number, Answer>([
        [joinGroupV7.api.key, () => ({ memberId: 'm', leader: 'other', generationId: 1, members: [] })],
        [syncGroupV5.api.key, () => ({ assignment })],
        [
          fetchV12.api.key,
          () => {
            fetches += 1;
            if (fetches < 4) throw gone();
            const came = { error: 0, records: [], highWatermark: 6, lastStableOffset: 6, next: 6 };
            return { error: 0, sessionId: 0, fetched: [{ topic: TOPIC, partition: 0, offset: 5, ...came }] };
          },
        ],
      ]),
    );
    const problems: (string | undefined)[] = [];
    const failures: unknown[] = [];
    let consumer: PlatformaticConsumer | undefined;
    const arrived = new Promise<number>((resolve) => {
      const events: GroupEvents = {
        joined() {
          consumer?.seek(TOPIC, 0, 5);
          consumer?.resume(TOPIC, 0);
        },
        arrived(_topic, _partition, { next }) {
          problems.push(consumer?.problem());
          resolve(next);
        },
        arrivedEmpty() {},
        fetched() {},
        overtaken() {},
        failed(error) {
          failures.push(error);
          resolve(-1);
        },
      };
      consumer = new PlatformaticConsumer(cluster, options, events);
    });
    await consumer?.join();
    expect(await arrived).toBe(6);
    await consumer?.leave();
    expect(failures).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('records cannot be fetched (Connection closed)')]);
  });
});
