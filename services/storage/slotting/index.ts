export * from './demand.ts';
export * from './move-order.ts';
export * from './reslot.ts';
