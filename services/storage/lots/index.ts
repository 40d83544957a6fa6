export * from './first-expired.ts';
