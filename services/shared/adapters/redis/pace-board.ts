import type { Clock, PaceBoard } from '@detent/pipeline';
import type { RedisClient } from './client.ts';

/** A process that has said nothing for so long is gone, and nobody waits for it. */
const SILENT_MS = 3_000;

/**
 * `PaceBoard` in one Redis hash: task → event time and when it was said. Not a state: it may be lost at any time.
 */
export class RedisPaceBoard implements PaceBoard {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #clock: Clock;
  #told: string[] = [];

  constructor(redis: RedisClient, key: string, clock: Clock) {
    this.#redis = redis;
    this.#key = key;
    this.#clock = clock;
  }

  async exchange(mine: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, number>> {
    const problem = this.#redis.problem();
    // A command would wait for the connection, and tell then what was true before.
    if (problem !== undefined) throw new Error(problem);
    const { connection } = this.#redis;
    const now = this.#clock.now();
    const left = this.#told.filter((task) => !mine.has(Number(task)));
    this.#told = [...mine.keys()].map(String);
    if (left.length > 0) await connection.hdel(this.#key, ...left);
    if (mine.size > 0)
      await connection.hset(this.#key, Object.fromEntries([...mine].map(([task, at]) => [task, `${at} ${now}`])));
    const others = new Map<number, number>();
    for (const [task, said] of Object.entries(await connection.hgetall(this.#key))) {
      const [at, when] = said.split(' ').map(Number) as [number, number];
      if (!mine.has(Number(task)) && now - when < SILENT_MS) others.set(Number(task), at);
    }
    return others;
  }
}
