import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '@detent/adapters';
import { serviceByName } from '../../services/cli/composition.ts';

const POLL_MS = 250;
/** Nothing may have moved for so long before what is left is looked at. */
const QUIET_MS = 1_500;
/** Longer than a stalled group needs to fall behind by a second's records. */
const CALM_MS = 3_000;

/** So long it is looked on before it is said who reads no more. */
const PACE_MS = 10_000;

interface Standing {
  service: string;
  /** Whole name. */
  topic: string;
  partition: number;
  committed: number;
  end: number;
}

/** How far the services of a prefix have read, from outside. */
export class Watch {
  readonly #runtime: Runtime;
  readonly #sources: ReadonlyMap<string, readonly string[]>;

  constructor(runtime: Runtime, services: readonly string[]) {
    this.#runtime = runtime;
    const { topicPrefix } = runtime.config;
    this.#sources = new Map(
      services.map((name) => {
        const { sources } = serviceByName(name, runtime.config).make();
        return [name, sources.map((topic) => topicPrefix + topic)];
      }),
    );
  }

  /** Every partition that a service reads. Throws while the brokers give no answer. */
  async standings(): Promise<Standing[]> {
    const found: Standing[] = [];
    const { log } = this.#runtime;
    const ends = new Map<string, ReadonlyMap<number, { start: number; end: number }>>();
    for (const topic of new Set([...this.#sources.values()].flat())) ends.set(topic, await log.offsets(topic));
    for (const [service, topics] of this.#sources) {
      const committed = await log.committed(service);
      for (const topic of topics) {
        for (const [partition, { start, end }] of ends.get(topic) ?? []) {
          const at = committed.get(topic)?.get(partition) ?? start;
          found.push({ service, topic, partition, committed: at, end });
        }
      }
    }
    return found;
  }

  /** Records that wait to be read; markers of transactions count too. Undefined while the brokers give no answer. */
  async lag(service?: string): Promise<number | undefined> {
    try {
      const standings = await this.standings();
      return standings
        .filter((one) => service === undefined || one.service === service)
        .reduce((sum, { committed, end }) => sum + Math.max(0, end - committed), 0);
    } catch {
      return undefined;
    }
  }

  /** Records that a service has read and committed. Undefined while the brokers give no answer. */
  async progress(service: string): Promise<number | undefined> {
    try {
      const standings = await this.standings();
      return standings.filter((one) => one.service === service).reduce((sum, { committed }) => sum + committed, 0);
    } catch {
      return undefined;
    }
  }

  /**
   * Waits until the lag is at most `most`, and stays so: a group that has just lost a member does not lag yet. Returns
   * the moment (of `performance.now`) from which it was so. Throws after `withinMs`.
   */
  async settled(most: number, withinMs: number): Promise<number> {
    const deadline = performance.now() + withinMs;
    let since: number | undefined;
    for (;;) {
      const lag = await this.lag();
      const now = performance.now();
      if (lag === undefined || lag > most) since = undefined;
      else since ??= now;
      if (since !== undefined && now - since >= CALM_MS) return since;
      if (now > deadline)
        throw new Error(
          `the lag is ${lag ?? 'unknown'} after ${withinMs / 1000} s, and not ${most} as before the fault; ${await this.#pace()}`,
        );
      await sleep(POLL_MS);
    }
  }

  /** What tells a service that hangs from a machine that is too slow: how fast each reads, and which partitions stand still. */
  async #pace(): Promise<string> {
    try {
      const before = await this.standings();
      await sleep(PACE_MS);
      const after = await this.standings();
      const lines = [...this.#sources.keys()].map((service) => {
        const pairs = before.map((one, i) => [one, after[i]!] as const).filter(([one]) => one.service === service);
        const read = pairs.reduce((sum, [from, to]) => sum + to.committed - from.committed, 0);
        const still = pairs.filter(([from, to]) => from.committed < from.end && to.committed === from.committed);
        const names = still.map(([{ topic, partition }]) => `${topic}-${partition}`);
        return `${service} reads ${Math.round((read * 1000) / PACE_MS)}/s, at a standstill: ${names.join(', ') || 'none'}`;
      });
      return lines.join('; ');
    } catch (error) {
      return `the brokers give no answer: ${(error as Error).message}`;
    }
  }

  /** Waits until every service has read all that there is. Throws after `withinMs`, naming what is left. */
  async drained(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    let seen = '';
    let since = performance.now();
    for (;;) {
      let left: string[] = ['the brokers give no answer'];
      try {
        const standings = await this.standings();
        const picture = JSON.stringify(standings);
        if (picture !== seen) {
          seen = picture;
          since = performance.now();
        } else if (performance.now() - since >= QUIET_MS) {
          left = await this.#left(standings);
          if (left.length === 0) return;
          since = performance.now();
        }
      } catch (error) {
        left = [`the brokers give no answer: ${(error as Error).message}`];
      }
      if (performance.now() > deadline)
        throw new Error(`not drained after ${withinMs / 1000} s: ${left.slice(0, 5).join('; ')}`);
      await sleep(POLL_MS);
    }
  }

  /** Partitions that hold records beyond what is committed; markers at their end do not count. */
  async #left(standings: readonly Standing[]): Promise<string[]> {
    const left: string[] = [];
    for (const { service, topic, partition, committed, end } of standings) {
      if (committed >= end) continue;
      if (end - committed > 5_000) left.push(`${service} is at ${committed} of ${end} in ${topic}-${partition}`);
      else if (await this.#holdsRecord(topic, partition, committed))
        left.push(`${service} is at ${committed} of ${end} in ${topic}-${partition}`);
    }
    return left;
  }

  async #holdsRecord(topic: string, partition: number, from: number): Promise<boolean> {
    const { log } = this.#runtime;
    const offsets = await log.offsets(topic);
    const starts = new Map([...offsets].map(([number, { end }]) => [number, number === partition ? from : end]));
    for await (const page of log.read(topic, starts))
      if (page.some((record) => record.partition === partition && record.offset >= from)) return true;
    return false;
  }
}
