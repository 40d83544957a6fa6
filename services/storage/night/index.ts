export * from './nights.ts';
