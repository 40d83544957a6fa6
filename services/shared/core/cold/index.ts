export * from './coolant.ts';
export * from './kept.ts';
