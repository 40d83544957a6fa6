export * from './demand.ts';
export type { Beside } from './exchange.ts';
export * from './move-order.ts';
export * from './reslot.ts';
