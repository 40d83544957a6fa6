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

/** Records that producers send: those of the ten source topics, by their Avro full names. */
export type SourceName = Extract<RecordName, `detent.${SourceContext}.${string}`>;
