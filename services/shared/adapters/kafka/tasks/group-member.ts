import type { TaskSession } from '@detent/pipeline';
import type { GroupConsumer, GroupEvents } from '../client/client.ts';
import { messageOf } from '../errors.ts';
import type { Feed, KafkaInput } from './input.ts';
import { openSession, type ServiceParts, type TaskPartitions } from './open-session.ts';
import { TaskRunner } from './task-runner.ts';

const REJOIN_MS = 1_000;

type Parts = Omit<ServiceParts, 'feed'>;

/**
 * This process as a member of a service's consumer group: takes the tasks that the group gives it and hands their
 * partitions to the tasks' queues. When the consumer comes to an end, all tasks are given up and a new one joins.
 */
export class GroupMember {
  readonly #parts: Parts;
  readonly #partitionsOf: (task: number) => TaskPartitions;
  readonly #run: (session: TaskSession) => Promise<void>;
  readonly #runners = new Map<number, TaskRunner>();
  /** The end of what earlier assignments of a task left under way. */
  readonly #leaving = new Map<number, Promise<void>>();
  readonly #inputs = new Map<string, KafkaInput>();
  readonly #feed: Feed;
  #consumer: GroupConsumer | undefined;
  #stopping = false;
  #lost: string | undefined;
  #rejoining: Promise<void> | undefined;

  constructor(
    parts: Parts,
    partitionsOf: (task: number) => TaskPartitions,
    run: (session: TaskSession) => Promise<void>,
  ) {
    this.#parts = parts;
    this.#partitionsOf = partitionsOf;
    this.#run = run;
    this.#feed = {
      seek: (topic, partition, offset) => this.#consumer?.seek(topic, partition, offset),
      pause: (topic, partition) => this.#consumer?.pause(topic, partition),
      resume: (topic, partition) => this.#consumer?.resume(topic, partition),
      now: () => performance.now(),
    };
  }

  get tasks(): ReadonlySet<number> {
    return new Set(this.#runners.keys());
  }

  problem(): string | undefined {
    const lost = this.#lost ?? this.#consumer?.problem();
    if (lost !== undefined) return lost;
    for (const runner of this.#runners.values()) if (runner.problem !== undefined) return runner.problem;
    return undefined;
  }

  /** Joins the group and takes what it is given. */
  async join(): Promise<void> {
    const { client, groupId, spec, logger } = this.#parts;
    /** What a consumer says that is no longer ours is not heard. */
    const whileOurs =
      <A extends unknown[]>(hear: (...said: A) => void) =>
      (...said: A): void => {
        if (this.#consumer === consumer) hear(...said);
      };
    const events: GroupEvents = {
      joined: whileOurs((assignment) => this.#joined(assignment)),
      arrived: whileOurs((topic, partition, arrival) => this.#input(topic, partition)?.arrive(arrival)),
      arrivedEmpty: whileOurs((topic, partition, batch) => this.#input(topic, partition)?.arriveEmpty(batch)),
      fetched: whileOurs((topic, partition) => this.#input(topic, partition)?.fetched()),
      overtaken: whileOurs((topic, partition) => this.#overtaken(topic, partition)),
      failed: whileOurs((error) => this.#failed(error)),
    };
    const consumer: GroupConsumer = client.consumer(
      { groupId, topics: spec.sources, partitioning: spec.partitioning, owned: () => this.#runners.keys() },
      events,
    );
    this.#consumer = consumer;
    await consumer.join();
    logger.debug({ groupId }, 'consumer runs');
  }

  /** Gives everything up: commits under way end first, then the group is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#releaseAll('the host stops');
    await Promise.all(this.#leaving.values());
    await this.#rejoining;
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.leave().catch(() => {});
    this.#gauge();
  }

  #joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    const { spec, logger } = this.#parts;
    this.#lost = undefined;
    if (this.#stopping) return;
    const numbers = Object.values(assignment).flat();
    const tasks = new Set(spec.partitioning === 'single' ? numbers.slice(0, 1).map(() => 0) : numbers);
    for (const task of this.#runners.keys()) if (!tasks.has(task)) this.#release(task, 'another member has it now');
    for (const task of tasks) {
      const runner = this.#runners.get(task);
      if (runner) runner.rejoined();
      else this.#take(task);
    }
    this.#gauge();
    logger.info({ tasks: [...tasks] }, 'group joined');
  }

  #take(task: number): void {
    const parts = { ...this.#parts, feed: this.#feed, membership: () => this.#consumer?.membership() };
    const runner = new TaskRunner({
      task,
      after: this.#leaving.get(task) ?? Promise.resolve(),
      open: (released) => openSession(parts, task, this.#partitionsOf(task), released),
      onSession: (session) => {
        for (const input of session.inputs) {
          this.#inputs.set(`${input.topic}-${input.partition}`, input);
          input.open();
        }
      },
      onEnd: (session) => {
        for (const input of session.inputs) {
          const at = `${input.topic}-${input.partition}`;
          if (this.#inputs.get(at) !== input) continue;
          this.#inputs.delete(at);
          this.#feed.pause(input.topic, input.partition);
        }
      },
      run: this.#run,
      logger: this.#parts.logger,
    });
    this.#runners.set(task, runner);
  }

  #release(task: number, reason: string): void {
    const runner = this.#runners.get(task);
    if (runner === undefined) return;
    this.#runners.delete(task);
    runner.release(reason);
    const ended = Promise.all([this.#leaving.get(task), runner.ended]).then(() => {
      if (this.#leaving.get(task) === ended) this.#leaving.delete(task);
    });
    this.#leaving.set(task, ended);
  }

  #releaseAll(reason: string): void {
    for (const task of [...this.#runners.keys()]) this.#release(task, reason);
  }

  #input(topic: string, partition: number): KafkaInput | undefined {
    return this.#inputs.get(`${topic}-${partition}`);
  }

  /** The task is taken anew, which then says what is missing. */
  #overtaken(topic: string, partition: number): void {
    for (const runner of this.#runners.values())
      runner.interrupt(
        `the next record of ${topic}-${partition} is no longer in the log`,
        this.#input(topic, partition),
      );
  }

  #failed(error: unknown): void {
    const { logger } = this.#parts;
    this.#lost = `the consumer failed (${messageOf(error)}) and joins anew`;
    logger.warn({ err: error }, 'consumer failed; giving its tasks up and joining anew');
    this.#consumer = undefined;
    this.#releaseAll('the consumer failed');
    this.#gauge();
    this.#rejoining = this.#rejoin();
  }

  async #rejoin(): Promise<void> {
    while (!this.#stopping) {
      await new Promise((resolve) => setTimeout(resolve, REJOIN_MS));
      if (this.#stopping) return;
      try {
        await this.join();
        return;
      } catch (error) {
        this.#lost = `Kafka cannot be reached (${messageOf(error)}): trying again`;
        await this.#consumer?.leave().catch(() => {});
        this.#consumer = undefined;
      }
    }
  }

  #gauge(): void {
    this.#parts.metrics.gauge('detent_task_owned', this.#runners.size, { service: this.#parts.spec.service });
  }
}
