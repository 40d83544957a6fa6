export * from './bridged.ts';
export * from './coolant.ts';
