export * from './bridged.ts';
export * from './coolant.ts';
export { type RangeFault, rangeFault } from './range.ts';
