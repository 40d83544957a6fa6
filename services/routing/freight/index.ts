export * from './predictor.ts';
export type { FreightShipment } from './shipment.ts';
export { medianOf, type TreesBudget } from './trees.ts';
