export { costOfMove } from './costs.ts';
export { isUnearned, nextDue } from './knobs.ts';
export { STATE_FORM } from './layout.ts';
export { pinDimension, unpinDimension } from './pin.ts';
export { type Condition, type DimensionProgram, dimensionProgram, type SegmentProgram } from './program.ts';
export { redecideDimension } from './redecide.ts';
export { isIn } from './sides.ts';
export {
  type BankReport,
  type DimensionPosition,
  dimensionStateSize,
  initDimensionState,
  readBank,
  readPosition,
} from './state.ts';
export { decideMissing, stepDimension } from './step.ts';
export {
  type Confirm,
  createStepOutcome,
  type DimensionDefinition,
  type Directed,
  type FlapBudget,
  type HeldReason,
  HysteresisError,
  type Knobs,
  type MoveKind,
  type SegmentDefinition,
  type StepOutcome,
  type SwitchCost,
} from './types.ts';
