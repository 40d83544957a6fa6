import type { RecordName } from './generated/types.ts';

type SourceContext =
  | 'sites'
  | 'inventory'
  | 'orders'
  | 'customers'
  | 'carriers'
  | 'shipments'
  | 'warehouse'
  | 'sensors'
  | 'external'
  | 'outcomes';

/** Records that others send, by their Avro full names: those of the ten source topics, and what executors say of actions. */
export type SourceName = Extract<RecordName, `detent.${SourceContext}.${string}` | 'detent.actions.ActionStatus'>;
