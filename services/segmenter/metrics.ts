/** Metrics that the segmenter counts, as the catalogue names them. */
export const segmenterMetrics = {
  /** Observations: result (folded, unused, late, ended, mismatched). */
  observations: 'detent_segmenter_observations_total',
  /** Values not folded into an attribute for being later than its own grace: attribute (with its entity type). */
  lateFor: 'detent_attribute_late_total',
  /** Segment changes: dimension (with its entity type), from, to. */
  transitions: 'detent_segment_transitions_total',
  /** Flips held back: dimension, reason. */
  held: 'detent_hysteresis_held_total',
  /** Pins of people, set or taken back: result (obeyed, refused). */
  pins: 'detent_segmenter_pins_total',
  /** Event time of the newest change: dimension. */
  latestChange: 'detent_dimension_latest_change_seconds',
} as const;
