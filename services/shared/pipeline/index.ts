export * from './ports/index.ts';
export * from './processor.ts';
