export * from './location.ts';
export * from './room.ts';
