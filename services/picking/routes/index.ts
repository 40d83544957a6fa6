export * from './block.ts';
export * from './block-router.ts';
export * from './tour.ts';
export * from './walk-length.ts';
export * from './walking.ts';
