export * from './describe.ts';
export * from './first-expired.ts';
export * from './loss.ts';
