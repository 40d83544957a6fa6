export { createIngestProcessor } from './process.ts';
export { type Reason, reasons } from './reasons.ts';
export * from './topology.ts';
