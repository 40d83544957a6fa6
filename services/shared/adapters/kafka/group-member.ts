import type { TaskSession } from '@detent/pipeline';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { coPartitioning } from './assigner.ts';
import { messageOf } from './errors.ts';
import type { Feed, KafkaInput } from './input.ts';
import type { InternalBatch, Kafka } from './kafkajs/kafkajs.ts';
import { toLogRecord } from './kafkajs/partition-reader.ts';
import { openSession, type ServiceParts, type TaskPartitions } from './open-session.ts';
import { TaskRunner } from './task-runner.ts';

const SESSION_TIMEOUT_MS = 10_000;
const REBALANCE_TIMEOUT_MS = 20_000;
const HEARTBEAT_MS = 1_000;
/** Bounds how long a partition that is resumed waits for a fetch of the others to come back empty. */
const MAX_WAIT_MS = 100;
const MAX_BYTES_PER_PARTITION = 1024 * 1024;
const REJOIN_MS = 1_000;
const FROM_EARLIEST = true;

type Parts = Omit<ServiceParts, 'feed'>;

/**
 * This process as a member of a service's consumer group: takes the tasks that the group gives it and hands their
 * partitions to the tasks' queues. Nothing that goes wrong leaves `eachBatch`: an error there may end a kafkajs
 * consumer for good. When the consumer does end, all tasks are given up and a new one joins.
 */
export class GroupMember {
  readonly #parts: Parts;
  readonly #makeKafka: () => Kafka;
  readonly #partitionsOf: (task: number) => TaskPartitions;
  readonly #run: (session: TaskSession) => Promise<void>;
  readonly #runners = new Map<number, TaskRunner>();
  /** The end of what earlier assignments of a task left under way. */
  readonly #leaving = new Map<number, Promise<void>>();
  readonly #inputs = new Map<string, KafkaInput>();
  readonly #feed: Feed;
  #consumer: Consumer | undefined;
  #stopping = false;
  #lost: string | undefined;
  #rejoining: Promise<void> | undefined;

  constructor(
    parts: Parts,
    makeKafka: () => Kafka,
    partitionsOf: (task: number) => TaskPartitions,
    run: (session: TaskSession) => Promise<void>,
  ) {
    this.#parts = parts;
    this.#makeKafka = makeKafka;
    this.#partitionsOf = partitionsOf;
    this.#run = run;
    this.#feed = {
      seek: (topic, partition, offset) =>
        this.#ask((consumer) => consumer.seek({ topic, partition, offset: String(offset) })),
      pause: (topic, partition) => this.#ask((consumer) => consumer.pause([{ topic, partitions: [partition] }])),
      resume: (topic, partition) => this.#ask((consumer) => consumer.resume([{ topic, partitions: [partition] }])),
      now: () => performance.now(),
    };
  }

  get tasks(): ReadonlySet<number> {
    return new Set(this.#runners.keys());
  }

  problem(): string | undefined {
    if (this.#lost !== undefined) return this.#lost;
    for (const runner of this.#runners.values()) if (runner.problem !== undefined) return runner.problem;
    return undefined;
  }

  /** Joins the group and takes what it is given. */
  async join(): Promise<void> {
    const { groupId, spec, logger } = this.#parts;
    const consumer = this.#makeKafka().consumer({
      groupId,
      partitionAssigners: [coPartitioning(spec.partitioning, () => this.#runners.keys())],
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 50, retries: 6, restartOnFailure: async () => false },
    });
    this.#consumer = consumer;
    consumer.on('consumer.group_join', ({ payload }) => {
      if (this.#consumer === consumer) this.#joined(payload.memberAssignment);
    });
    consumer.on('consumer.end_batch_process', ({ payload }) => {
      if (this.#consumer === consumer && payload.batchSize === 0) this.#emptyBatch(payload);
    });
    consumer.on('consumer.fetch', () => {
      for (const input of this.#inputs.values()) input.fetched();
    });
    consumer.on('consumer.crash', ({ payload }) => {
      if (this.#consumer === consumer) this.#crashed(payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...spec.sources], fromBeginning: FROM_EARLIEST });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => this.#batch(payload) });
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
    await consumer?.disconnect().catch(() => {});
    this.#gauge();
  }

  /** Runs inside the consumer's event, so that everything is paused before its first fetch. */
  #joined(assignment: Record<string, number[]>): void {
    const { spec, logger } = this.#parts;
    for (const [topic, partitions] of Object.entries(assignment)) {
      if (partitions.length > 0) this.#ask((consumer) => consumer.pause([{ topic, partitions }]));
    }
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
    const parts = { ...this.#parts, feed: this.#feed };
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

  #batch({ batch }: Pick<EachBatchPayload, 'batch'>): void {
    const { topic, partition } = batch;
    const input = this.#inputs.get(`${topic}-${partition}`);
    if (input === undefined) return;
    const { fetchedOffset, messages } = batch as unknown as InternalBatch;
    input.arrive({
      fetchedOffset: Number(fetchedOffset),
      next: Number(batch.lastOffset()) + 1,
      highWatermark: Number(batch.highWatermark),
      records: messages.map((message) => toLogRecord(topic, partition, message)),
    });
  }

  /** The consumer hands no batch over when transaction markers and aborted records are all there is. */
  #emptyBatch(payload: {
    topic: string;
    partition: number;
    firstOffset: string | null;
    lastOffset: string;
    highWatermark: string;
  }): void {
    this.#inputs.get(`${payload.topic}-${payload.partition}`)?.arriveEmpty({
      first: payload.firstOffset === null ? null : Number(payload.firstOffset),
      next: Number(payload.lastOffset) + 1,
      highWatermark: Number(payload.highWatermark),
    });
  }

  #crashed(error: Error): void {
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
        await this.#consumer?.disconnect().catch(() => {});
        this.#consumer = undefined;
      }
    }
  }

  /** A consumer that is just stopping takes no orders, and needs none. */
  #ask(order: (consumer: Consumer) => void): void {
    try {
      if (this.#consumer) order(this.#consumer);
    } catch (error) {
      this.#parts.logger.debug({ err: error }, 'the consumer takes no orders');
    }
  }

  #gauge(): void {
    this.#parts.metrics.gauge('detent_task_owned', this.#runners.size, { service: this.#parts.spec.service });
  }
}
