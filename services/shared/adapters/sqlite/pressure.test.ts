import { pressureFeatures } from '../../testing/pressure.features.ts';
import { silentLogger } from '../../testing/recording-metrics.ts';
import { createSqliteLogClient, createSqliteTaskHost, LogStore, openDatabase } from './index.ts';

pressureFeatures('embedded', async () => {
  const prefix = 'test.';
  const store = new LogStore(openDatabase(':memory:'));
  return {
    log: createSqliteLogClient(store, prefix),
    host: createSqliteTaskHost(store, prefix, silentLogger),
    prefix,
    close: async () => store.db.close(),
  };
});
