import type { Block, Stop } from '../routes/index.ts';

/** An order to be picked with others. */
export interface BatchOrder {
  /** Where its goods lie. */
  stops: readonly Stop[];
  /** What it takes of a batch's room, in the unit of `maxSize`; above 0. */
  size: number;
  /** What it takes of `maxOrders`; 1 when absent. */
  weight?: number;
}

/** Orders to be put into batches. */
export interface BatchProblem {
  block: Block;
  orders: readonly BatchOrder[];
  /** Room of a batch. An order that exceeds it by itself stays alone. */
  maxSize: number;
  /** Weight of the orders that a batch may hold; no bound when absent. */
  maxOrders?: number;
}

/** Who is picked with whom. */
export interface Batches {
  /** Indices of orders; each order is in exactly one batch. */
  batches: number[][];
  /** Walking length of all batches by their shortest routes, metres. */
  lengthM: number;
  /** Route lengths that were computed. */
  steps: number;
}
