export { type BoxType, keptUpright, type Placement, type Size, standings, type Upright, volumeOf } from './boxes.ts';
export { faultsOf } from './check.ts';
export { type Exact, fitsExactly } from './exact.ts';
export { type Effort, type Fit, fits, quickEffort, smallestFit, thoroughEffort } from './fit.ts';
export { type Load, loadContainer } from './load.ts';
export type { PackedCarton, PackedUnit } from './one-carton.ts';
export { type Packed, type PackedOrder, packOrder } from './order.ts';
export { pictureOf } from './picture.ts';
export { defaultPackRules, type PackItem, type PackRules, type PackWishes } from './rules.ts';
