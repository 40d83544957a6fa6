import { silentLogger } from '@detent/testing';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from './database.ts';
import { createSqliteLogClient } from './log-client.ts';
import { LogStore } from './log-store.ts';
import { resetPrefix } from './reset.ts';
import { createSqliteTaskHost } from './task-host.ts';

async function fill(store: LogStore, prefix: string): Promise<void> {
  const client = createSqliteLogClient(store);
  await client.ensureTopics([{ topic: `${prefix}a`, partitions: 1, config: {} }]);
  await client.append([{ topic: `${prefix}a`, partition: 0, key: null, value: Buffer.from('x'), timestamp: 1 }]);
  const host = createSqliteTaskHost(store, prefix, silentLogger);
  await new Promise<void>((resolve) => {
    void host.start({ service: 's', sources: [`${prefix}a`], partitioning: 'per-partition' }, async (session) => {
      session.inputs[0]?.shift();
      const positions = [{ topic: `${prefix}a`, partition: 0, next: 1 }];
      await session.commit({ outputs: [], states: [{ key: 'k', value: Buffer.from(prefix), dueAt: null }], positions });
      resolve();
      await new Promise(() => {});
    });
  });
}

describe('reset', () => {
  it('forgets everything under a prefix and nothing else', async () => {
    const db = openDatabase(':memory:');
    const store = new LogStore(db);
    await fill(store, 'live.');
    await fill(store, 'replay.live.');
    expect(resetPrefix(db, 'replay.live.')).toEqual(['replay.live.a', 'replay.live.state.s.v1']);
    expect([...store.topics().keys()]).toEqual(['live.a', 'live.state.s.v1']);
    expect(
      db
        .prepare('SELECT value FROM state')
        .all()
        .map(({ value }) => Buffer.from(value as Uint8Array).toString()),
    ).toEqual(['live.']);
    expect(db.prepare('SELECT service FROM positions').all()).toEqual([{ service: 'live.s' }]);
    await fill(store, 'replay.live.');
    await expect(createSqliteLogClient(store).topics()).resolves.toEqual(
      new Map(['live.a', 'live.state.s.v1', 'replay.live.a', 'replay.live.state.s.v1'].map((topic) => [topic, 1])),
    );
  });
});
