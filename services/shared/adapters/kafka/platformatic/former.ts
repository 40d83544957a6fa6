import { type Connection, type ConnectionPool, describeProducersV0, describeTransactionsV0 } from '@platformatic/kafka';
import type { Ending, Hanging } from '../client/client.ts';
import { protocolErrorOf } from '../errors.ts';
import { type Cluster, isPassing, leaderOf } from './cluster.ts';

/** What the coordinator knows of a transactional id: its state, and the producer that it stands for. */
export interface LastTransaction {
  state: string;
  producerId: bigint;
  producerEpoch: number;
}

const NOT_THERE = 'TRANSACTIONAL_ID_NOT_FOUND';
const ENDINGS: Readonly<Record<string, Ending>> = {
  PrepareCommit: 'commit',
  CompleteCommit: 'commit',
  PrepareAbort: 'abort',
  CompleteAbort: 'abort',
  PrepareEpochFence: 'abort',
};

/** The last transaction of a transactional id; undefined when there is none, or when it may not be asked for. */
export async function lastTransaction(
  connection: Connection,
  transactionalId: string,
): Promise<LastTransaction | undefined> {
  try {
    const { transactionStates } = await describeTransactionsV0.api.async(connection, [transactionalId]);
    const [last] = transactionStates;
    return last && { state: last.transactionState, producerId: last.producerId, producerEpoch: last.producerEpoch };
  } catch (error) {
    if (protocolErrorOf(error) !== NOT_THERE && isPassing(error)) throw error;
    return undefined;
  }
}

/**
 * How the transaction that was found before the id was taken over has ended. One that was open has been aborted by that,
 * which counts the epoch up twice; where it was counted up once, its owner was quicker, and owners only ever commit.
 */
export function endingOf(
  last: LastTransaction | undefined,
  taken: { producerId: bigint; producerEpoch: number },
): Ending | undefined {
  if (last === undefined || last.producerId !== taken.producerId) return undefined;
  if (last.state === 'Ongoing') return taken.producerEpoch === last.producerEpoch + 1 ? 'commit' : 'abort';
  return ENDINGS[last.state];
}

/** Partitions in which this producer has a transaction open. Those that may not be asked about are left out. `fresh`: who leads them is asked anew. */
export async function hangingPartitions(
  cluster: Cluster,
  pool: ConnectionPool,
  producerId: bigint,
  topics: ReadonlyMap<string, number>,
  fresh: boolean,
): Promise<Hanging> {
  const byLeader = new Map<string, { host: string; port: number; topics: Map<string, number[]> }>();
  for (const [topic, count] of topics) {
    const leaders = await cluster.leaders(topic, fresh);
    for (let partition = 0; partition < count; partition += 1) {
      const { host, port } = leaderOf(leaders, topic, partition);
      const asked = byLeader.get(`${host}:${port}`) ?? { host, port, topics: new Map<string, number[]>() };
      byLeader.set(`${host}:${port}`, asked);
      asked.topics.set(topic, [...(asked.topics.get(topic) ?? []), partition]);
    }
  }
  const hanging = new Map<string, Set<number>>();
  for (const { host, port, topics: asked } of byLeader.values()) {
    const connection = await pool.get({ host, port });
    const wanted = [...asked].map(([name, partitionIndexes]) => ({ name, partitionIndexes }));
    for (const { name, partitions } of await producersOf(connection, wanted))
      for (const { partitionIndex, activeProducers } of partitions)
        if (activeProducers.some((one) => one.producerId === producerId && one.currentTxnStartOffset >= 0n))
          hanging.set(name, (hanging.get(name) ?? new Set()).add(partitionIndex));
  }
  return hanging;
}

type Described = Awaited<ReturnType<typeof describeProducersV0.api.async>>['topics'];

/** An answer comes with the errors of some of its partitions; what passes is thrown, what is forbidden is left out. */
async function producersOf(
  connection: Connection,
  wanted: { name: string; partitionIndexes: number[] }[],
): Promise<Described> {
  try {
    return (await describeProducersV0.api.async(connection, wanted)).topics;
  } catch (error) {
    const { response } = error as { response?: { topics?: Described } };
    if (isPassing(error) || response?.topics === undefined) throw error;
    return response.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.filter(({ errorCode }) => errorCode === 0),
    }));
  }
}
