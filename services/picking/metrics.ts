/** Metrics that picking counts, as the catalogue names them. */
export const pickingMetrics = {
  /** Actions written: service, type, mode. */
  actions: 'detent_actions_total',
  /** What became of inputs: service, outcome (one of `pickingOutcomes`). */
  decisions: 'detent_decisions_total',
} as const;

/** Outcomes that picking counts. */
export const pickingOutcomes = [
  'queued',
  'reordered',
  'batch-released',
  'batch-changed',
  'batch-withdrawn',
  'batch-done',
  'batch-not-picked',
  'dropped-from-batch',
  'joined-batch',
  'bumped-others',
  'pick-short',
  'check-failed',
  'location-empty',
  'waits-for-stock',
  'waits-for-capacity',
  'packed',
  'packed-controlled',
  'unpackable',
  'packed-by-hand',
  'waits-for-facts',
  'looks-again-in-parts',
  'order-ended',
  'order-started-elsewhere',
  'order-forgotten',
  'change-seen-before',
  'order-version-seen-before',
] as const;
