export { type DimensionProgram, dimensionProgram, type SegmentProgram } from './program.ts';
export {
  type Confirm,
  createStepOutcome,
  type DimensionDefinition,
  type HeldReason,
  HysteresisError,
  type Knobs,
  type MoveKind,
  type SegmentDefinition,
  type StepOutcome,
} from './types.ts';
