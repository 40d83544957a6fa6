export * from './changelog.ts';
export * from './dead-letter.ts';
export * from './decisions/index.ts';
export * from './murmur2.ts';
export * from './ports/index.ts';
export * from './processor.ts';
export * from './service.ts';
export type { TaskOptions, TaskProgress } from './task.ts';
