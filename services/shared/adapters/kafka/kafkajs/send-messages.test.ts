import { describe, expect, it } from '@jest/globals';
import { type SendParts, sendMessagesWith } from './send-messages.ts';

interface Sent {
  node: number;
  partition: number;
  firstSequence: number;
  values: string[];
}

/** What a broker does with a request: after `ms` it writes, if it does, and answers or fails. */
type Behaviour = { ms?: number; writes?: boolean; fails?: object };

const retriable = (type: string) => ({ name: 'KafkaJSProtocolError', type, retriable: true });

/** Brokers that lead partitions and know a producer's batches by their sequence, as Kafka does. */
class World {
  /** Leader by partition. */
  leaders: number[];
  /** What each broker does with its next requests. */
  readonly behaviours: Record<number, Behaviour[]> = {};
  readonly written: Sent[] = [];
  refuseAdding: object[] = [];
  onRefresh = () => {};
  readonly #sequences = new Map<number, number>();
  readonly #brokers = new Map<number, object>();

  constructor(leaders: number[]) {
    this.leaders = leaders;
  }

  send(batches: Record<number, string[]>): Promise<object[]> {
    const messages = Object.entries(batches).flatMap(([partition, values]) =>
      values.map((value) => ({ partition: Number(partition), value })),
    );
    return sendMessagesWith(this.#parts())({ acks: -1, timeout: 1, topicMessages: [{ topic: 't', messages }] });
  }

  /** Values by partition as a consumer gets them. */
  get log(): Record<number, string[]> {
    const log: Record<number, string[]> = {};
    for (const { partition, values } of this.written) log[partition] = [...(log[partition] ?? []), ...values];
    return log;
  }

  async #produce(node: number, topicData: { partitions: { partition: number; messages: { value: string }[] }[] }[]) {
    const { ms = 0, writes = true, fails } = this.behaviours[node]?.shift() ?? {};
    await new Promise((resolve) => setTimeout(resolve, ms));
    const entries = topicData.flatMap(({ partitions }) => partitions) as ((typeof topicData)[0]['partitions'][0] & {
      firstSequence: number;
    })[];
    for (const { partition, messages, firstSequence } of entries) {
      if (!writes) continue;
      const known = this.written.some((one) => one.partition === partition && one.firstSequence === firstSequence);
      if (!known) this.written.push({ node, partition, firstSequence, values: messages.map(({ value }) => value) });
    }
    if (fails) throw fails;
    const partitions = entries.map(({ partition }) => ({ partition, baseOffset: '0' }));
    return { topics: [{ topicName: 't', partitions }] };
  }

  #parts(): SendParts {
    return {
      partitioner: (choice) => (choice as { message: { partition: number } }).message.partition,
      cluster: {
        isConnected: () => true,
        connect: async () => {},
        refreshMetadata: async () => this.onRefresh(),
        refreshMetadataIfNecessary: async () => {},
        addMultipleTargetTopics: async () => {},
        findTopicPartitionMetadata: () => this.leaders.map((leader, partitionId) => ({ partitionId, leader })),
        findBroker: async ({ nodeId }) => {
          const broker = this.#brokers.get(nodeId) ?? {
            produce: ({ topicData }: { topicData: never[] }) => this.#produce(nodeId, topicData),
          };
          this.#brokers.set(nodeId, broker);
          return broker as never;
        },
        removeBroker: ({ port }) => void this.#brokers.delete(port),
      },
      eosManager: {
        isTransactional: () => true,
        getTransactionalId: () => 'id',
        getProducerId: () => 1,
        getProducerEpoch: () => 0,
        getSequence: (_, partition) => this.#sequences.get(partition) ?? 0,
        updateSequence: (_, partition, by) =>
          void this.#sequences.set(partition, (this.#sequences.get(partition) ?? 0) + by),
        addPartitionsToTransaction: async () => {
          const refusal = this.refuseAdding.shift();
          if (refusal) throw refusal;
        },
        acquireBrokerLock: async () => {},
        releaseBrokerLock: async () => {},
      },
      retrier: async <T>(work: (bail: (error: unknown) => void) => Promise<T>): Promise<T> => {
        for (let tries = 1; ; tries += 1) {
          let bailed: unknown;
          try {
            const result = await work((error) => {
              bailed = error;
            });
            if (bailed === undefined) return result;
          } catch (error) {
            if (tries === 5) throw error;
          }
          if (bailed !== undefined) throw bailed;
        }
      },
    };
  }
}

const batches = { 0: ['a', 'b'], 1: ['c'], 2: ['d'] };
const all = { 0: ['a', 'b'], 1: ['c'], 2: ['d'] };

describe('sending to several brokers', () => {
  it('tells where every batch lies', async () => {
    const world = new World([1, 2, 1]);
    expect((await world.send(batches)).length).toBe(3);
    expect(world.log).toEqual(all);
  });

  it('does not send anew what is under way at one broker when another one fails', async () => {
    const world = new World([1, 2, 1]);
    world.behaviours[1] = [{ ms: 30 }];
    world.behaviours[2] = [{ writes: false, fails: retriable('NOT_LEADER_FOR_PARTITION') }];
    expect((await world.send(batches)).length).toBe(3);
    // Whatever is still under way comes too.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(world.log).toEqual(all);
  });

  it('sends what moves to a broker that has answered already', async () => {
    const world = new World([1, 2, 1]);
    world.behaviours[2] = [{ writes: false, fails: retriable('NOT_LEADER_FOR_PARTITION') }];
    world.onRefresh = () => {
      world.leaders = [1, 1, 1];
    };
    expect((await world.send(batches)).length).toBe(3);
    expect(world.log).toEqual(all);
  });

  it('does not send anew what moves away from a broker that has answered', async () => {
    const world = new World([1, 2, 1]);
    world.behaviours[2] = [{ writes: false, fails: retriable('NOT_LEADER_FOR_PARTITION') }];
    world.onRefresh = () => {
      world.leaders = [2, 2, 2];
    };
    await world.send(batches);
    expect(world.log).toEqual(all);
  });

  it('sends a batch whose answer was lost under the same sequence, over a new connection', async () => {
    const world = new World([1, 2, 1]);
    world.behaviours[1] = [{ fails: { name: 'KafkaJSConnectionClosedError', host: 'h', port: 1 } }];
    await world.send(batches);
    await world.send({ 0: ['e'] });
    expect(world.log).toEqual({ ...all, 0: ['a', 'b', 'e'] });
  });

  it('waits for the transaction before it sends anything', async () => {
    const world = new World([1, 2, 1]);
    world.refuseAdding = [retriable('CONCURRENT_TRANSACTIONS'), retriable('CONCURRENT_TRANSACTIONS')];
    await world.send(batches);
    expect(world.log).toEqual(all);
  });

  it('gives up on an error that trying again does not mend', async () => {
    const world = new World([1, 2, 1]);
    world.behaviours[2] = [{ writes: false, fails: { name: 'KafkaJSProtocolError', type: 'X', retriable: false } }];
    await expect(world.send(batches)).rejects.toMatchObject({ type: 'X' });
  });
});
