export * from './book.ts';
export * from './states.ts';
