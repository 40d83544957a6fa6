import { logClientFeatures } from '../../testing/log-client.features.ts';
import { silentLogger } from '../../testing/recording-metrics.ts';
import { registryFeatures } from '../../testing/registry.features.ts';
import { taskHostFeatures } from '../../testing/task-host/task-host.features.ts';
import { schemaIncompatibility } from '../avro/index.ts';
import { createSqliteLogClient, createSqliteRegistry, createSqliteTaskHost, LogStore, openDatabase } from './index.ts';

const prefix = 'test.';

logClientFeatures('embedded', async () => {
  const store = new LogStore(openDatabase(':memory:'));
  return { log: createSqliteLogClient(store, prefix), prefix, close: async () => store.db.close() };
});

taskHostFeatures('embedded', async () => {
  const store = new LogStore(openDatabase(':memory:'));
  const host = createSqliteTaskHost(store, prefix, silentLogger);
  const owners: { stop(): Promise<void> }[] = [];
  return {
    host,
    log: createSqliteLogClient(store, prefix),
    prefix,
    takeOver: (spec, task) =>
      new Promise((resolve, reject) => {
        host
          .start(spec, async (session) => {
            if (session.task === task) resolve(session);
            while (!session.signal.aborted) await session.wait(50);
          })
          .then((owner) => owners.push(owner), reject);
      }),
    async close() {
      for (const owner of owners) await owner.stop();
      store.db.close();
    },
  };
});

registryFeatures('embedded', async () => {
  const db = openDatabase(':memory:');
  return {
    registry: createSqliteRegistry(db, schemaIncompatibility),
    subject: 'things',
    close: async () => db.close(),
  };
});
