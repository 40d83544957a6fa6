export * from './client.ts';
export * from './keys.ts';
export * from './pace-board.ts';
export * from './state-store.ts';
