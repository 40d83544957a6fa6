export * from './clearing.ts';
export * from './find-move.ts';
export * from './mover.ts';
