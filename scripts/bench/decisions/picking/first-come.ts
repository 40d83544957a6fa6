import type { Stop } from '../../../../services/picking/routes/index.ts';

/** First come, next fit: a batch is closed as soon as the next order does not fit. Returns the stops of each batch. */
export function firstCome(orders: readonly (readonly Stop[])[], maxSize: number): Stop[][] {
  const batches: Stop[][] = [];
  let batch: Stop[] = [];
  for (const stops of orders) {
    if (batch.length > 0 && batch.length + stops.length > maxSize) {
      batches.push(batch);
      batch = [];
    }
    batch.push(...stops);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
