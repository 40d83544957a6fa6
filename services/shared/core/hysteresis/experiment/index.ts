export { band, bank, dwell, naive } from './policies.ts';
export { mulberry32, normal, type Random } from './random.ts';
export { optimumOf, type Policy, type Score, scoreOf, weightsOf } from './score.ts';
export { type Series, syntheticSeries } from './series.ts';
