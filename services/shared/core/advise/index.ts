export {
  type Advice,
  advise,
  costOfHistory,
  type DimensionAdvice,
  LEAST_FLIPS,
  type PartCost,
  type Trial,
} from './advise.ts';
export { isWeighed, partOf } from './judged.ts';
