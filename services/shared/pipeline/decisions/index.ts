export { Timers } from '@detent/core';
export * from './action.ts';
export * from './changes.ts';
export * from './decider.ts';
export * from './decision-processor.ts';
export * from './ledger/index.ts';
export * from './model-switch.ts';
export * from './on-hand.ts';
export { DecisionStateError, decodeDecisionState } from './state/index.ts';
