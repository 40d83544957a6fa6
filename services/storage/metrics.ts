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
  'room-made',
  'move-done',
  'move-expired',
  'move-failed',
  'move-withdrawn',
  'night-planned',
  'night-nothing-pays',
  'night-cleared',
  'night-consolidated',
  'not-worth-it',
  'waits-for-room',
  'waits-for-facts',
  'sku-not-measured',
  'change-seen-before',
  'putaway-commanded',
  'putaway-done',
  'putaway-expired',
  'putaway-failed',
  'putaway-given-up',
  'putaway-waits-for-facts',
  'putaway-waits-for-room',
  'putaway-without-facts',
  'putaway-without-room',
  'putaway-not-done',
  'sell-first-commanded',
  'sell-first-done',
  'sell-first-withdrawn',
  'sell-first-given-up',
] as const;
