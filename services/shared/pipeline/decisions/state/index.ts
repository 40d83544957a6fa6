export * from './state-codec.ts';
