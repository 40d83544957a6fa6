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
  /** Version of the model in force: task, model. */
  modelVersion: 'detent_model_version',
  /** 1 where a model came by the log and the file that the service was started with is another: task. */
  seedDiffers: 'detent_model_seed_differs',
  /** Entities that a switch of the model has left to be looked at: task. */
  sweepLeft: 'detent_model_sweep_entities',
  /** Changes that switches of the model have caused: kind (entry, other). */
  editChanges: 'detent_model_edit_changes_total',
  /** Event time of the newest change: dimension. */
  latestChange: 'detent_dimension_latest_change_seconds',
} as const;
