/** The only way to the wall clock. Epoch milliseconds. */
export interface Clock {
  now(): number;
}
