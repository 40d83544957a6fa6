export { openDatabase, StoreError } from './database.ts';
export { createSqliteLogClient, PartitionsChangedError } from './log-client.ts';
export { LogStore } from './log-store.ts';
export { createSqliteRegistry, SchemaIncompatibleError } from './registry.ts';
export { resetPrefix } from './reset.ts';
export { createSqliteTaskHost } from './task-host.ts';
export { createSqliteCopy } from './working-copy.ts';
