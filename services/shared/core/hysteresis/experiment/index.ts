export { bank } from './bank.ts';
export { band, dwell, naive, type PolicyMaker, policies } from './policies.ts';
export { mulberry32, normal, type Random } from './random.ts';
export {
  costOf,
  delaysOf,
  medianOf,
  optimalSides,
  optimumOf,
  type Policy,
  type Score,
  scoreOf,
  sidesOf,
  weightsOf,
} from './score.ts';
export { type Series, syntheticSeries } from './series.ts';
