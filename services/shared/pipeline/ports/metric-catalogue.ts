/** One metric: its kind, labels (bounded sets, never ids) and what it tells. Seconds and counts; no other units. */
export interface MetricSpec {
  kind: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  help: string;
  buckets?: readonly number[];
}

const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric of every service, in one place: code, dashboards, alerts and docs are checked against it. */
export const metricCatalogue = {
  detent_ingest_records_total: {
    kind: 'counter',
    labels: ['topic', 'result'],
    help: 'Source records by what became of them: ok or duplicate. Refused ones are dead letters.',
  },
  detent_ingest_observations_total: {
    kind: 'counter',
    labels: ['topic'],
    help: 'Observations extracted, by source topic.',
  },
  detent_fused_observations_total: {
    kind: 'counter',
    labels: ['path'],
    help: 'Observations extracted within the segmenter: direct, or hop where another task keeps the entity.',
  },
  detent_feed_latest_event_seconds: {
    kind: 'gauge',
    labels: ['topic'],
    help: 'Newest event time seen on a source topic (Unix seconds).',
  },
  detent_feed_age_seconds: {
    kind: 'gauge',
    labels: ['topic'],
    help: 'Time since a source topic last brought a record.',
  },
  detent_pipeline_dead_letters_total: {
    kind: 'counter',
    labels: ['service', 'code'],
    help: 'Records sent to the dead letters.',
  },
  detent_pipeline_skipped_total: {
    kind: 'counter',
    labels: ['service', 'code'],
    help: 'Records that a service could not use and that ingest sends to the dead letters.',
  },
  detent_pipeline_batch_records: {
    kind: 'histogram',
    labels: ['service'],
    help: 'Records in a batch.',
    buckets: [1, 10, 50, 100, 500, 1000, 2000, 5000],
  },
  detent_pipeline_batch_duration_seconds: {
    kind: 'histogram',
    labels: ['service'],
    help: 'A batch from first record to commit.',
    buckets: DURATIONS,
  },
  detent_pipeline_commit_duration_seconds: {
    kind: 'histogram',
    labels: ['service'],
    help: 'The transaction of a batch.',
    buckets: DURATIONS,
  },
  detent_pipeline_order_timeouts_total: {
    kind: 'counter',
    labels: ['service'],
    help: 'Times that an empty input held back the others for too long and they went on without it.',
  },
  detent_record_lateness_seconds: {
    kind: 'histogram',
    labels: ['service'],
    help: 'How far the latest-arriving record of a batch lay behind stream time.',
    buckets: [0.1, 1, 10, 60, 300, 3600, 86400],
  },
  detent_state_reads_total: {
    kind: 'counter',
    labels: ['service', 'source'],
    help: 'States asked for, by where they were found: cache or store.',
  },
  detent_state_writes_total: { kind: 'counter', labels: ['service'], help: 'States written.' },
  detent_state_op_duration_seconds: {
    kind: 'histogram',
    labels: ['op', 'outcome'],
    help: 'A call to the state store.',
    buckets: DURATIONS,
  },
  detent_state_rebuilds_total: {
    kind: 'counter',
    labels: ['service', 'reason'],
    help: 'State rebuilt or completed from the changelog.',
  },
  detent_consumer_lag_records: {
    kind: 'gauge',
    labels: ['service', 'topic', 'partition'],
    help: 'Records not yet processed.',
  },
  detent_consumer_behind_seconds: {
    kind: 'gauge',
    labels: ['service', 'task'],
    help: 'Age of the oldest record at hand that is not committed yet; 0 when there is none.',
  },
  detent_task_owned: { kind: 'gauge', labels: ['service'], help: 'Tasks at work in this process.' },
  detent_task_closed_total: {
    kind: 'counter',
    labels: ['service', 'reason'],
    help: 'Tasks that ended before they were told to: fenced or failed.',
  },
  detent_segmenter_observations_total: {
    kind: 'counter',
    labels: ['result'],
    help: 'Observations by what became of them: folded, unused, late, ended, mismatched.',
  },
  detent_model_version: { kind: 'gauge', labels: ['task', 'model'], help: 'Version of the model in force.' },
  detent_model_seed_differs: {
    kind: 'gauge',
    labels: ['task'],
    help: '1 while a promoted model is in force and the file of DETENT_MODEL is another.',
  },
  detent_model_sweep_entities: {
    kind: 'gauge',
    labels: ['task'],
    help: 'Entities that a switch of the model has left to be looked at.',
  },
  detent_model_edit_changes_total: {
    kind: 'counter',
    labels: ['kind'],
    help: 'Changes that switches of the model have caused: entry (may cause actions, counts against the budget) or other.',
  },
  detent_shadow_entities: {
    kind: 'gauge',
    labels: ['dimension', 'stand'],
    help: 'Entities under a shadow model by where they stand: same or elsewhere than under the model in force, or only one knows them.',
  },
  detent_segment_transitions_total: {
    kind: 'counter',
    labels: ['dimension', 'from', 'to'],
    help: 'Segment changes published.',
  },
  detent_dimension_latest_change_seconds: {
    kind: 'gauge',
    labels: ['dimension'],
    help: 'Event time of the newest change of a dimension (Unix seconds).',
  },
  detent_dimension_age_seconds: {
    kind: 'gauge',
    labels: ['dimension'],
    help: 'Time since a dimension last changed for any entity.',
  },
  detent_attribute_late_total: {
    kind: 'counter',
    labels: ['attribute'],
    help: 'Values not folded into an attribute because they came later than its own grace.',
  },
  detent_hysteresis_held_total: {
    kind: 'counter',
    labels: ['dimension', 'reason'],
    help: 'Flips that hysteresis kept back.',
  },
  detent_segmenter_pins_total: {
    kind: 'counter',
    labels: ['result'],
    help: 'Pins of people, set or taken back: obeyed, refused.',
  },
  detent_decisions_total: {
    kind: 'counter',
    labels: ['service', 'outcome'],
    help: 'What became of the inputs of picking, storage and routing.',
  },
  detent_actions_total: { kind: 'counter', labels: ['service', 'type', 'mode'], help: 'Actions commanded.' },
  detent_actions_open: {
    kind: 'gauge',
    labels: ['service', 'type', 'state'],
    help: 'Actions that have not ended, by state: waiting (actions are paused), open, accepted, partial.',
  },
  detent_actions_overdue: {
    kind: 'gauge',
    labels: ['service', 'type'],
    help: 'Open actions that people were called for, because nobody accepted or finished them in time.',
  },
  detent_actions_paused: {
    kind: 'gauge',
    labels: ['service'],
    help: '1 while the actions of a service are paused.',
  },
  detent_actions_ended_total: {
    kind: 'counter',
    labels: ['service', 'type', 'end'],
    help: 'Actions by how they ended: done, failed, rejected, superseded, withdrawn, expired.',
  },
  detent_action_statuses_total: {
    kind: 'counter',
    labels: ['service', 'status', 'result'],
    help: 'Statuses of actions by what became of them: taken, repeated, out-of-order, after-end, unknown-action, unknown-status, wrong-target, too-much.',
  },
  detent_webhook_deliveries_total: {
    kind: 'counter',
    labels: ['endpoint', 'result'],
    help: 'Actions by what became of them at an endpoint: delivered, refused (it will not take it), given-up.',
  },
  detent_webhook_skipped_total: {
    kind: 'counter',
    labels: ['endpoint', 'reason'],
    help: 'Actions of which an endpoint was not told, for they were over when it was their turn: expired, ended (replaced, taken back, answered).',
  },
  detent_webhook_retries_total: {
    kind: 'counter',
    labels: ['endpoint'],
    help: 'Tries that failed and are made again.',
  },
  detent_webhook_pending: {
    kind: 'gauge',
    labels: ['endpoint'],
    help: 'Actions on their way to an endpoint: taken from the log and not settled yet.',
  },
  detent_webhook_oldest_seconds: {
    kind: 'gauge',
    labels: ['endpoint'],
    help: 'How long ago the oldest of them was published; 0 where there is none.',
  },
} as const satisfies Record<string, MetricSpec>;

type Catalogue = typeof metricCatalogue;
type NameOf<Kind extends MetricSpec['kind']> = {
  [Name in keyof Catalogue]: Catalogue[Name]['kind'] extends Kind ? Name : never;
}[keyof Catalogue];

export type MetricName = keyof Catalogue;
export type CounterName = NameOf<'counter'>;
export type GaugeName = NameOf<'gauge'>;
export type HistogramName = NameOf<'histogram'>;
