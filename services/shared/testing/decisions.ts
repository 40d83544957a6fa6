/** Driving a decision service's processor in a test; apart from the rest, so that it needs no adapter. */
export * from './decision-builders.ts';
export * from './decision-harness.ts';
export * as ledgerWorld from './ledger-world.ts';
