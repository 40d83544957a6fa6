export * from './coolant.ts';
export * from './kept.ts';
export * from './life.ts';
export { type RangeFault, rangeFault } from './range.ts';
