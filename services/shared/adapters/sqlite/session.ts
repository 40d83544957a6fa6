import type { CommitBatch, OutRecord, TaskHostSpec, TaskSession } from '@detent/pipeline';
import { JOURNAL_HEADER, TaskClosedError } from '@detent/pipeline';
import { stateTopic } from '@detent/schemas';
import { transaction } from './database.ts';
import { SqliteInput } from './input.ts';
import type { LogStore } from './log-store.ts';

const SCAN_PAGE = 1000;

interface OwnerRow {
  id: number;
  epoch: number;
}

/** A task on the embedded log: outputs, states and positions share one file, so one transaction holds them. */
export class SqliteSession implements TaskSession {
  readonly task: number;
  readonly inputs: readonly SqliteInput[];
  readonly signal: AbortSignal;
  /** Set once the session has committed or found nothing to do: what closed its predecessor is over. */
  healthy = false;
  readonly #store: LogStore;
  readonly #service: string;
  readonly #journalTopic: string;
  readonly #owner: OwnerRow;
  readonly #statements;

  /** Takes the task over: whoever had it before is refused from now on. */
  constructor(
    store: LogStore,
    prefix: string,
    { service: name, relieves }: Pick<TaskHostSpec, 'service' | 'relieves'>,
    task: number,
    topics: readonly { topic: string; partition: number }[],
    signal: AbortSignal,
  ) {
    const service = prefix + name;
    this.#store = store;
    this.#service = service;
    this.#journalTopic = prefix + stateTopic(name);
    this.task = task;
    this.signal = signal;
    const { db } = store;
    this.#owner = transaction(db, () => {
      db.prepare(
        'INSERT INTO owners (service, task, epoch) VALUES (?, ?, 1) ON CONFLICT (service, task) DO UPDATE SET epoch = epoch + 1',
      ).run(service, task);
      return db
        .prepare('SELECT id, epoch FROM owners WHERE service = ? AND task = ?')
        .get(service, task) as unknown as OwnerRow;
    });
    const position = db.prepare('SELECT next FROM positions WHERE service = ? AND topic = ? AND partition = ?');
    this.inputs = topics.map(({ topic, partition }) => {
      const nextOf = (of: string) => (position.get(of, topic, partition) as { next: number } | undefined)?.next ?? 0;
      const own = nextOf(service);
      const other = relieves === undefined ? 0 : nextOf(prefix + relieves);
      if (other > own)
        db.prepare('UPDATE owners SET epoch = epoch + 1 WHERE service = ? AND task = ?').run(
          `${prefix}${relieves}`,
          task,
        );
      return new SqliteInput(store, topic, partition, Math.max(own, other));
    });
    this.#statements = {
      epoch: db.prepare('SELECT epoch FROM owners WHERE id = ?'),
      load: db.prepare('SELECT value FROM state WHERE owner = ? AND key = ?'),
      due: db.prepare('SELECT key, due AS dueAt FROM state WHERE owner = ? AND due <= ? ORDER BY due, key LIMIT ?'),
      scan: db.prepare('SELECT key, value FROM state WHERE owner = ? AND key > ? ORDER BY key LIMIT ?'),
      put: db.prepare(
        'INSERT INTO state (owner, key, value, due) VALUES (?, ?, ?, ?) ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value, due = excluded.due',
      ),
      delete: db.prepare('DELETE FROM state WHERE owner = ? AND key = ?'),
      position: db.prepare(
        'INSERT INTO positions (service, topic, partition, next) VALUES (?, ?, ?, ?) ON CONFLICT (service, topic, partition) DO UPDATE SET next = excluded.next',
      ),
    };
  }

  wait(ms: number): Promise<void> {
    this.healthy = true;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        this.signal.removeEventListener('abort', done);
        for (const input of this.inputs) input.refresh();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const stop = this.#store.onCommit(done);
      this.signal.addEventListener('abort', done, { once: true });
      if (this.signal.aborted) done();
    });
  }

  async load(keys: readonly string[]): Promise<(Buffer | null)[]> {
    this.#checkOwner();
    return keys.map((key) => {
      const row = this.#statements.load.get(this.#owner.id, key) as { value: Uint8Array } | undefined;
      return row === undefined ? null : Buffer.from(row.value.buffer, row.value.byteOffset, row.value.byteLength);
    });
  }

  async due(until: number, limit: number): Promise<{ key: string; dueAt: number }[]> {
    const rows = this.#statements.due.all(this.#owner.id, Math.floor(until), limit) as { key: string; dueAt: number }[];
    return rows.map(({ key, dueAt }) => ({ key, dueAt }));
  }

  async *scan(): AsyncIterable<{ key: string; value: Buffer }[]> {
    let after = '';
    for (;;) {
      const rows = this.#statements.scan.all(this.#owner.id, after, SCAN_PAGE) as { key: string; value: Uint8Array }[];
      if (rows.length === 0) return;
      yield rows.map(({ key, value }) => ({
        key,
        value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      }));
      after = rows[rows.length - 1]!.key;
    }
  }

  async commit(batch: CommitBatch): Promise<void> {
    const { id } = this.#owner;
    const { put, delete: remove, position } = this.#statements;
    transaction(this.#store.db, () => {
      this.#checkOwner();
      for (const { key, value, dueAt } of batch.states) {
        if (value === null) remove.run(id, key);
        else put.run(id, key, value, dueAt === null ? null : Math.ceil(dueAt));
      }
      this.#store.append(batch.outputs);
      if (batch.journal !== undefined) this.#store.append([this.#journalRecord(batch)]);
      for (const { topic, partition, next } of batch.positions) position.run(this.#service, topic, partition, next);
    });
    this.healthy = true;
    this.#store.committed();
    // Everything above is synchronous: let the other tasks of this process and its HTTP server have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The states themselves stand in their table: the record has no value. */
  #journalRecord({ journal }: CommitBatch): OutRecord {
    return {
      topic: this.#journalTopic,
      partition: this.task,
      key: null,
      value: null,
      timestamp: Date.now(),
      headers: { [JOURNAL_HEADER]: journal! },
    };
  }

  #checkOwner(): void {
    if (this.signal.aborted) throw new TaskClosedError(`task ${this.#service}-${this.task} was stopped`);
    const { epoch } = this.#statements.epoch.get(this.#owner.id) as { epoch: number };
    if (epoch !== this.#owner.epoch) throw new TaskClosedError(`task ${this.#service}-${this.task} has a newer owner`);
  }
}
