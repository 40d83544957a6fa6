/** Metrics that storage counts, as the catalogue names them. */
export const storageMetrics = {
  /** Actions written: service, type, mode. */
  actions: 'detent_actions_total',
  /** What became of inputs: service, outcome (one of `storageOutcomes`). */
  decisions: 'detent_decisions_total',
} as const;

/** Outcomes that storage counts. */
export const storageOutcomes = [
  'move-commanded',
  'night-planned',
  'night-nothing-pays',
  'move-done',
  'move-expired',
  'move-failed',
  'not-worth-it',
  'waits-for-room',
  'waits-for-facts',
  'sku-not-measured',
  'change-seen-before',
] as const;
