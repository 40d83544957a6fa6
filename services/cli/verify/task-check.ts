import {
  type ChangelogBatch,
  type CopiedState,
  type CopiedStates,
  hashOf,
  type JournalEntry,
  type JournalPositions,
  type Recompute,
  type RecomputedBatch,
  type StateWrite,
} from '@detent/pipeline';
import { CopyCheck } from './copy-check.ts';
import type { Findings } from './findings.ts';
import type { Survey } from './survey.ts';

/** What a task's check needs. */
export interface TaskCheckParts {
  task: number;
  /** Whole name of the changelog. */
  changelog: string;
  survey: Survey;
  recompute: Recompute;
  /** What the store of states holds; undefined where it vouches for nothing. */
  copy: CopiedStates | undefined;
  /** What a difference between the store and the fold counts as. */
  copyKind: 'redisMismatches' | 'stateMismatches';
  /** How far another service had got, which this one took over from (topic without prefix). */
  takenBy(topic: string, partition: number): number;
  findings: Findings;
}

/** Follows one task's changelog batch by batch: repeats each, and compares states and positions. */
export class TaskCheck {
  /** Next offset by `topic-partition`, without prefix. */
  readonly positions = new Map<string, number>();
  /** Batches repeated, and records that went into them. */
  batches = 0;
  inputs = 0;
  /** Why it cannot go on. */
  broken: string | undefined;
  readonly #parts: TaskCheckParts;
  readonly #fold = new Map<string, CopiedState>();
  readonly #copy: CopyCheck | undefined;
  /** As `positions`, of the session at hand. */
  #session = new Map<string, number>();
  #started = false;

  constructor(parts: TaskCheckParts) {
    this.#parts = parts;
    this.#copy = parts.copy && new CopyCheck(parts.copy);
  }

  /** The next batch of the changelog. Returns what it must have written, where it could be repeated. */
  async step(batch: ChangelogBatch): Promise<RecomputedBatch | undefined> {
    const { survey, recompute } = this.#parts;
    const { entry, offset } = batch;
    if (entry !== undefined) this.#move(entry, offset);
    this.#started ||= offset === survey.base;
    let repeated: RecomputedBatch | undefined;
    if (this.#started && entry !== undefined && this.broken === undefined) {
      repeated = await this.#repeat(entry, offset);
      if (repeated !== undefined && batch.states !== undefined) this.#compareStates(repeated.states, batch);
    }
    if (batch.states === undefined) {
      if (repeated !== undefined) this.#foldIn(repeated.states, offset);
      return repeated;
    }
    if (entry === undefined && this.#started) this.#compareRewrite(batch.states, batch);
    this.#foldIn(batch.states, offset);
    if (!this.#started && survey.base !== undefined) recompute.states.apply(batch.states.map(ownBytes));
    return repeated;
  }

  /** After the last batch. */
  finish(): void {
    const { task, changelog, survey, findings, copyKind } = this.#parts;
    if (this.#copy === undefined) return;
    // Where states stand only in the store, there is nothing to hold against it but what was repeated, all of it.
    const whole = this.broken === undefined && survey.base !== undefined;
    if (copyKind === 'stateMismatches' && !whole && survey.batches > 0) return;
    const store = copyKind === 'redisMismatches' ? 'in Redis it' : 'in the table of states it';
    for (const [key, what] of this.#copy.result(this.#fold))
      findings.add({ kind: copyKind, topic: changelog, partition: task, key, what: `${store} ${what}` });
  }

  async #repeat(entry: JournalEntry, offset: number): Promise<RecomputedBatch | undefined> {
    const { recompute, changelog, task } = this.#parts;
    try {
      const repeated = await recompute.batch(entry);
      this.batches += 1;
      this.inputs += repeated.inputs;
      return repeated;
    } catch (error) {
      this.broken = `${changelog}-${task}@${offset} cannot be repeated: ${(error as Error).message}`;
      return undefined;
    }
  }

  /** A session begins where the one before it ended; inputs that it did not have may have been another service's since. */
  #move({ begin, to }: JournalEntry, offset: number): void {
    if (begin !== undefined) {
      const before = this.#session;
      this.#session = new Map();
      this.#each(begin.at, (id, at, topic, partition) => {
        const known = before.get(id) ?? at;
        const taken = at > known && at <= this.#parts.takenBy(topic, partition);
        if (known !== at && !taken) this.#jump(id, known, at, offset);
      });
    }
    this.#each(to, (id, next) => {
      const known = this.#session.get(id) ?? 0;
      if (next < known) this.#jump(id, known, next, offset);
    });
  }

  #each(positions: JournalPositions, hear: (id: string, next: number, topic: string, partition: number) => void): void {
    for (const [topic, partitions] of Object.entries(positions)) {
      for (const [partition, next] of partitions) {
        const id = `${topic}-${partition}`;
        hear(id, next, topic, partition);
        this.#session.set(id, next);
        this.positions.set(id, next);
      }
    }
  }

  #jump(id: string, known: number, at: number, offset: number): void {
    const { changelog, task, findings } = this.#parts;
    const what = at > known ? `offsets ${known} to ${at - 1} were passed over` : `it went back from ${known} to ${at}`;
    findings.add({ kind: 'positionMismatches', topic: changelog, partition: task, offset, what: `${id}: ${what}` });
  }

  #compareStates(expected: readonly StateWrite[], { states, offset }: ChangelogBatch): void {
    const written = new Map((states ?? []).map((write) => [write.key, write]));
    for (const write of expected) {
      const { key } = write;
      const found = written.get(key);
      written.delete(key);
      if (found === undefined) this.#stateFinding(offset, key, 'was changed by the batch, and the changelog lacks it');
      else if (!sameState(found, write)) this.#stateFinding(offset, key, 'is not what the inputs make of it');
    }
    for (const key of written.keys()) this.#stateFinding(offset, key, 'was written, and the inputs do not change it');
  }

  /** A sweep writes again what stands, and nothing else. */
  #compareRewrite(states: readonly StateWrite[], { offset }: ChangelogBatch): void {
    for (const { key, value, dueAt } of states) {
      const stands = this.#fold.get(key);
      if (value === null ? stands === undefined : stands?.hash === hashOf(value) && stands.dueAt === dueAt) continue;
      this.#stateFinding(offset, key, 'was swept to the end of the changelog, but is not what stood');
    }
  }

  #stateFinding(offset: number, key: string, what: string): void {
    const { changelog, task, findings } = this.#parts;
    findings.add({
      kind: 'stateMismatches',
      topic: changelog,
      partition: task,
      offset,
      key,
      what: `the state ${what}`,
    });
  }

  #foldIn(states: readonly StateWrite[], offset: number): void {
    this.#copy?.before(
      this.#fold,
      offset,
      states.map(({ key }) => key),
    );
    for (const { key, value, dueAt } of states) {
      if (value === null) this.#fold.delete(key);
      else this.#fold.set(key, { hash: hashOf(value), dueAt });
    }
  }
}

function sameState(a: StateWrite, b: StateWrite): boolean {
  if (a.value === null || b.value === null) return a.value === b.value;
  return a.dueAt === b.dueAt && a.value.equals(b.value);
}

function ownBytes({ key, value, dueAt }: StateWrite): StateWrite {
  return { key, value: value && Buffer.from(value), dueAt };
}
