export * from './confluent.ts';
