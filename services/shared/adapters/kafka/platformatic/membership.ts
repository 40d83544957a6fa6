import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Connection,
  type ConnectionPool,
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
  heartbeatV4,
  joinGroupV7,
  leaveGroupV4,
  syncGroupV5,
} from '@platformatic/kafka';
import { assignTasks, encodeOwned, protocolName } from '../client/assigner.ts';
import type { GroupOptions, Membership } from '../client/client.ts';
import { HEARTBEAT_MS, REBALANCE_TIMEOUT_MS, SESSION_TIMEOUT_MS } from '../client/consumer-settings.ts';
import { messageOf, protocolErrorOf } from '../errors.ts';
import { type Cluster, isPassing } from './cluster.ts';

const PROTOCOL = 'consumer';
const SUBSCRIPTION_VERSION = 1;
const JOIN_PATIENCE_MS = 20_000;
const RETRY_MS = 100;
/** A broker holds the answer to a join until all members are there. */
const ANSWER_MS = REBALANCE_TIMEOUT_MS + 10_000;
const LEAVE_MS = 2_000;
const JOIN_ANEW = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'MEMBER_ID_REQUIRED']);

type Assignment = Record<string, number[]>;
type Joined = Awaited<ReturnType<typeof joinGroupV7.api.async>>;

/**
 * This process as a member of a consumer group: joins, says that it lives, and joins again when the group changes. Tasks
 * go on meanwhile, for what they write is protected by their fences. Calls the group's protocol itself, for the library's
 * `Consumer` begins to fetch by itself what it is given, and goes on in silence when joining again fails.
 */
export class GroupMembership {
  readonly #cluster: Cluster;
  readonly #options: GroupOptions;
  readonly #onJoined: (assignment: Assignment) => void;
  readonly #pool: ConnectionPool;
  #coordinator: { host: string; port: number } | undefined;
  #memberId = '';
  #current: Membership | undefined;
  #left = false;
  #problem: string | undefined;
  #wake: () => void = () => {};

  constructor(cluster: Cluster, options: GroupOptions, onJoined: (assignment: Assignment) => void) {
    this.#cluster = cluster;
    this.#options = options;
    this.#onJoined = onJoined;
    this.#pool = cluster.pool(ANSWER_MS);
  }

  get current(): Membership | undefined {
    return this.#current;
  }

  /** Why the group cannot be reached, while it is tried again. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves when the group has given this member its share. Throws when that has not come about in time. */
  join(): Promise<void> {
    return this.#join(JOIN_PATIENCE_MS);
  }

  async #join(patienceMs: number): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!this.#left) {
      try {
        await this.#joinOnce();
        return;
      } catch (error) {
        if (this.#left) return;
        if (JOIN_ANEW.has(protocolErrorOf(error) ?? '')) {
          this.#heed(error);
          if (protocolErrorOf(error) !== 'MEMBER_ID_REQUIRED') await sleep(RETRY_MS);
        } else if (isPassing(error) && performance.now() < deadline) {
          this.#away(error);
          await sleep(RETRY_MS);
        } else throw error;
      }
    }
  }

  /**
   * Keeps the membership until left, however long the coordinator is away: whoever gave up and came as somebody new
   * would wait for its own former self to fall silent. Throws what does not pass by itself.
   */
  async hold(): Promise<void> {
    while (!this.#left) {
      await this.#beat();
      if (!this.#left) await this.#join(Number.POSITIVE_INFINITY);
    }
  }

  /** The group shares out what this member had without waiting for it to fall silent. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#current = undefined;
    this.#wake();
    await this.#pool.close();
    if (this.#memberId === '') return;
    const pool = this.#cluster.pool(LEAVE_MS);
    try {
      const connection = await pool.get(this.#coordinator ?? (await this.#findCoordinator()));
      await leaveGroupV4.api.async(connection, this.#options.groupId, [{ memberId: this.#memberId }]);
    } finally {
      await pool.close();
    }
  }

  /** Resolves when the group has to be joined again. */
  async #beat(): Promise<void> {
    let heard = performance.now();
    while (!this.#left) {
      await this.#pause(HEARTBEAT_MS);
      if (this.#left || this.#current === undefined) return;
      try {
        const { generation } = this.#current;
        await heartbeatV4.api.async(await this.#connection(), this.#options.groupId, generation, this.#memberId, null);
        heard = performance.now();
        this.#problem = undefined;
      } catch (error) {
        if (this.#left) return;
        if (JOIN_ANEW.has(protocolErrorOf(error) ?? '')) {
          this.#heed(error);
          return;
        }
        if (!isPassing(error)) throw error;
        this.#away(error);
        if (performance.now() - heard > SESSION_TIMEOUT_MS) return;
      }
    }
  }

  async #joinOnce(): Promise<void> {
    const { groupId, partitioning, topics, owned } = this.#options;
    const name = protocolName(partitioning);
    const metadata = encodeConsumerProtocolSubscription({
      version: SUBSCRIPTION_VERSION,
      topics: [...topics],
      userData: encodeOwned(owned()),
    });
    const joined = await joinGroupV7.api.async(
      await this.#connection(),
      groupId,
      SESSION_TIMEOUT_MS,
      REBALANCE_TIMEOUT_MS,
      this.#memberId,
      null,
      PROTOCOL,
      [{ name, metadata }],
    );
    this.#memberId = joined.memberId;
    const { assignment } = await syncGroupV5.api.async(
      await this.#connection(),
      groupId,
      joined.generationId,
      joined.memberId,
      null,
      PROTOCOL,
      name,
      joined.leader === joined.memberId ? await this.#share(joined) : [],
    );
    if (this.#left) return;
    this.#problem = undefined;
    this.#current = { memberId: joined.memberId, generation: joined.generationId };
    const { assignedPartitions } = decodeConsumerProtocolAssignment(assignment);
    this.#onJoined(Object.fromEntries(assignedPartitions.map(({ topic, partitions }) => [topic, partitions])));
  }

  /** The leader says who gets what. */
  async #share({ members }: Joined): Promise<{ memberId: string; assignment: Buffer }[]> {
    const { partitioning } = this.#options;
    const topics = await Promise.all(
      this.#options.topics.map(async (topic) => ({ topic, count: (await this.#cluster.leaders(topic)).length })),
    );
    const told = members.map(({ memberId, metadata }) => ({
      memberId,
      userData: decodeConsumerProtocolSubscription(metadata).userData,
    }));
    return assignTasks(partitioning, told, topics).map(({ memberId, assignment }) => ({
      memberId,
      assignment: encodeConsumerProtocolAssignment({
        version: SUBSCRIPTION_VERSION,
        assignedPartitions: Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions })),
        userData: null,
      }),
    }));
  }

  #away(error: unknown): void {
    this.#coordinator = undefined;
    this.#problem = `the coordinator of group ${this.#options.groupId} cannot be reached (${messageOf(error)})`;
  }

  #heed(error: unknown): void {
    const name = protocolErrorOf(error);
    if (name === 'MEMBER_ID_REQUIRED') this.#memberId = givenId(error) ?? this.#memberId;
    if (name === 'UNKNOWN_MEMBER_ID') this.#memberId = '';
  }

  async #connection(): Promise<Connection> {
    this.#coordinator ??= await this.#findCoordinator();
    return this.#pool.get(this.#coordinator);
  }

  #findCoordinator(): Promise<{ host: string; port: number }> {
    return this.#cluster.coordinator('group', this.#options.groupId);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A first join is refused with the id to join by. */
function givenId(error: unknown): string | undefined {
  const { response } = error as { response?: { memberId?: string } };
  return response?.memberId || undefined;
}
