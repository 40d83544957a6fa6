/** Metrics that routing counts, as the catalogue names them. */
export const routingMetrics = {
  /** Actions written: service, type, mode. */
  actions: 'detent_actions_total',
  /** What became of inputs: service, outcome (one of `routingOutcomes`). */
  decisions: 'detent_decisions_total',
} as const;

/** Outcomes that routing counts. */
export const routingOutcomes = [
  'assigned',
  'reassigned',
  'balanced',
  'held',
  'consolidated',
  'escalated',
  'still-escalated',
  'reconsiders-in-parts',
  'taken-back',
  'diverted',
  'divert-withdrawn',
  'divert-not-earned',
  'divert-arrival-unknown',
  'kept',
  'kept-departed',
  'kept-without-alternative',
  'waits-for-facts',
  'waits-for-room',
  'packed',
  'packed-no-more',
  'pack-seen-before',
  'pack-of-unknown-order',
  'pack-rehearsed',
  'booked-as-assigned',
  'booked-otherwise',
  'assignment-rejected',
  'assignment-failed',
  'assignment-expired',
  'order-ended',
  'order-forgotten',
  'change-seen-before',
  'order-version-seen-before',
  'service-without-usable-cutoff',
  'capacity-of-the-past',
] as const;
