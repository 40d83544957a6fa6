import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, type ConnectionPool, ProtocolError } from '@platformatic/kafka';
import type { GroupConsumer, GroupEvents, GroupOptions, Membership } from '../client/client.ts';
import { MAX_WAIT_MS } from '../client/consumer-settings.ts';
import { messageOf } from '../errors.ts';
import { type Cluster, isPassing } from './cluster.ts';
import type { Fetched, Wanted } from './fetch.ts';
import { FetchSession } from './fetch-session.ts';
import { GroupMembership } from './membership.ts';

const OFFSET_OUT_OF_RANGE = 1;
const RETRY_MS = 100;
/**
 * From one fetch that brings something to the next: meanwhile more comes, and each fetch asks for every partition. What comes
 * after a pause is not held up.
 */
const GATHER_MS = 10;
/** While a partition is paused: it is asked for again only when the fetch of the others has come back. */
const SHORT_WAIT_MS = 20;

interface Reading {
  topic: string;
  partition: number;
  /** Where to fetch next; undefined until somebody says. */
  offset: number | undefined;
  paused: boolean;
}

/** A member of a group, and the fetching of what it is given: one fetch at a time for each broker that leads some of it. */
export class PlatformaticConsumer implements GroupConsumer {
  readonly #cluster: Cluster;
  readonly #events: GroupEvents;
  readonly #membership: GroupMembership;
  readonly #pool: ConnectionPool;
  readonly #fetching = new Map<string, Promise<void>>();
  /** By broker. */
  readonly #sessions = new Map<string, FetchSession>();
  #readings = new Map<string, Reading>();
  #left = false;
  #scheduled = false;
  #stale = false;
  #problem: string | undefined;
  #turn = 0;

  constructor(cluster: Cluster, options: GroupOptions, events: GroupEvents) {
    this.#cluster = cluster;
    this.#events = events;
    this.#pool = cluster.pool();
    this.#membership = new GroupMembership(cluster, options, (assignment) => this.#joined(assignment));
  }

  async join(): Promise<void> {
    await this.#membership.join();
    void this.#membership.hold().catch((error) => this.#fail(error));
  }

  async leave(): Promise<void> {
    this.#left = true;
    const left = this.#membership.leave();
    await this.#pool.close();
    await Promise.all(this.#fetching.values());
    await left;
  }

  membership(): Membership | undefined {
    return this.#membership.current;
  }

  problem(): string | undefined {
    return this.#membership.problem ?? this.#problem;
  }

  seek(topic: string, partition: number, offset: number): void {
    const reading = this.#readings.get(`${topic}-${partition}`);
    if (reading === undefined) return;
    reading.offset = offset;
    this.#fetchSoon();
  }

  pause(topic: string, partition: number): void {
    const reading = this.#readings.get(`${topic}-${partition}`);
    if (reading !== undefined) reading.paused = true;
  }

  resume(topic: string, partition: number): void {
    const reading = this.#readings.get(`${topic}-${partition}`);
    if (reading === undefined) return;
    reading.paused = false;
    this.#fetchSoon();
  }

  #joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#readings = new Map(
      Object.entries(assignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => [
          `${topic}-${partition}`,
          { topic, partition, offset: undefined, paused: true } satisfies Reading,
        ]),
      ),
    );
    this.#events.joined(assignment);
  }

  /** Several orders that come at once make one fetch. */
  #fetchSoon(): void {
    if (this.#left || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#fetchAll().catch(async (error) => {
        await this.#trouble(error);
        this.#fetchSoon();
      });
    });
  }

  async #fetchAll(): Promise<void> {
    const open = [...this.#readings.values()].filter(({ paused, offset }) => !paused && offset !== undefined);
    if (open.length === 0 || this.#left) return;
    const fresh = this.#stale;
    this.#stale = false;
    const byLeader = new Map<string, { leader: Broker; readings: Reading[] }>();
    for (const [topic, of] of Map.groupBy(open, (one) => one.topic)) {
      const leaders = await this.#cluster.leaders(topic, fresh);
      for (const reading of of) {
        const leader = leaders[reading.partition];
        if (leader === undefined) {
          this.#stale = true;
          continue;
        }
        const at = `${leader.host}:${leader.port}`;
        const group = byLeader.get(at) ?? { leader, readings: [] };
        byLeader.set(at, group);
        group.readings.push(reading);
      }
    }
    if (byLeader.size === 0) setTimeout(() => this.#fetchSoon(), RETRY_MS);
    for (const [at, { leader, readings }] of byLeader) {
      if (this.#left || this.#fetching.has(at)) continue;
      const session = this.#sessions.get(at) ?? new FetchSession();
      this.#sessions.set(at, session);
      const fetched = this.#fetch(session, leader, readings)
        .catch((error) => this.#trouble(error))
        .finally(() => {
          this.#fetching.delete(at);
          this.#fetchSoon();
        });
      this.#fetching.set(at, fetched);
    }
  }

  /** An answer has room for so much: who stands first in the question changes, so that all get their turn. */
  async #fetch(session: FetchSession, { host, port }: Broker, readings: readonly Reading[]): Promise<void> {
    const connection = await this.#pool.get({ host, port });
    this.#turn += 1;
    const first = this.#turn % readings.length;
    const wanted = [...readings.slice(first), ...readings.slice(0, first)]
      .filter(({ paused }) => !paused)
      .map(({ topic, partition, offset }) => ({ topic, partition, offset: offset! }));
    if (wanted.length === 0) return;
    const maxWaitMs = wanted.length < this.#readings.size ? SHORT_WAIT_MS : MAX_WAIT_MS;
    const begun = performance.now();
    const answers = await session.fetch(connection, wanted, maxWaitMs);
    let refused = 0;
    let arrived = false;
    for (const answer of answers) {
      if (this.#left) return;
      if (answer.next > answer.offset) arrived = true;
      const why = this.#hand(answer);
      if (why !== 0) refused = why;
    }
    const told = new Set(answers.map(({ topic, partition }) => `${topic}-${partition}`));
    for (const one of wanted) if (!told.has(`${one.topic}-${one.partition}`)) this.#heardNothing(one);
    if (refused !== 0) throw new ProtocolError(refused);
    this.#problem = undefined;
    const early = arrived ? GATHER_MS - (performance.now() - begun) : 0;
    if (early > 0) await sleep(early);
  }

  /** Returns why the broker gave nothing, if it is the broker's matter. */
  #hand({ topic, partition, offset, error, records, next, highWatermark }: Fetched): number {
    const reading = this.#readings.get(`${topic}-${partition}`);
    if (reading === undefined || reading.paused || reading.offset !== offset) return 0;
    if (error === OFFSET_OUT_OF_RANGE) {
      reading.paused = true;
      this.#events.overtaken(topic, partition);
      return 0;
    }
    if (error !== 0) return error;
    if (next > offset) {
      reading.offset = next;
      this.#events.arrived(topic, partition, { fetchedOffset: offset, next, highWatermark, records });
    }
    this.#events.fetched(topic, partition);
    return 0;
  }

  #heardNothing({ topic, partition, offset }: Wanted): void {
    const reading = this.#readings.get(`${topic}-${partition}`);
    if (reading !== undefined && !reading.paused && reading.offset === offset) this.#events.fetched(topic, partition);
  }

  /** What passes is waited for, however long it takes; what does not ends the consumer. */
  async #trouble(error: unknown): Promise<void> {
    if (this.#left) return;
    if (!isPassing(error)) {
      this.#fail(error);
      return;
    }
    this.#problem = `records cannot be fetched (${messageOf(error)})`;
    this.#stale = true;
    await sleep(RETRY_MS);
  }

  #fail(error: unknown): void {
    if (this.#left) return;
    this.leave().catch(() => {});
    this.#events.failed(error);
  }
}
