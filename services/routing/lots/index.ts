export * from './life.ts';
export * from './worth.ts';
