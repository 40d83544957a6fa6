/**
 * The dashboard of whoever keeps Detent running, as code: `node infra/grafana/dashboard.ts` writes
 * dashboards/detent.json, which Grafana loads. Rows go from "is something wrong" to "why".
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionsRow } from './actions-row.ts';
import { layOut, type RowSpec } from './panels.ts';

const p = (quantile: number, histogram: string, by: string): string =>
  `histogram_quantile(${quantile}, sum by (le, ${by}) (rate(${histogram}_bucket[$__rate_interval])))`;

export const rows: readonly RowSpec[] = [
  {
    title: 'Is something wrong?',
    panels: [
      {
        title: 'Processes that do not answer',
        description: 'Anything but 0: runbook service-down.',
        unit: 'none',
        kind: 'stat',
        width: 4,
        warn: { orange: 1, red: 1 },
        queries: [{ expr: 'sum(1 - up{job="detent"})', legend: 'down' }],
      },
      {
        title: 'Services without a task',
        description: 'Their processes run and read nothing: runbook task-closed.',
        unit: 'none',
        kind: 'stat',
        width: 4,
        warn: { orange: 1, red: 1 },
        queries: [{ expr: 'count(sum by (service) (detent_task_owned) == 0) or vector(0)', legend: 'idle' }],
      },
      {
        title: 'Tasks closed, 1 h',
        description: 'A few at a deployment are a rebalance. More: runbook task-closed.',
        unit: 'none',
        kind: 'stat',
        width: 4,
        warn: { orange: 5, red: 20 },
        queries: [{ expr: 'sum(increase(detent_task_closed_total[1h])) or vector(0)', legend: 'closed' }],
      },
      {
        title: 'Dead letters, 1 h',
        description: 'Records that could not be read or made no sense: runbook dead-letters.',
        unit: 'none',
        kind: 'stat',
        width: 4,
        warn: { orange: 1, red: 100 },
        queries: [{ expr: 'sum(increase(detent_pipeline_dead_letters_total[1h])) or vector(0)', legend: 'refused' }],
      },
      {
        title: 'Records waiting',
        description: 'Not yet processed, of the service that is furthest behind: runbook consumer-lag.',
        unit: 'short',
        kind: 'stat',
        width: 4,
        warn: { orange: 2000, red: 10000 },
        queries: [{ expr: 'max(service:detent_consumer_lag_records:sum)', legend: 'lag' }],
      },
      {
        title: 'Busy feed that has been silent longest',
        description: 'Sensors and warehouse bring records all the time: runbook feed-silent.',
        unit: 's',
        kind: 'stat',
        width: 4,
        warn: { orange: 300, red: 600 },
        queries: [
          { expr: 'max(topic:detent_feed_age_seconds:min{topic=~".*(sensors|warehouse)\\\\.v1"})', legend: 'age' },
        ],
      },
    ],
  },
  {
    title: 'Feeds: what comes in',
    panels: [
      {
        title: 'Source records by topic',
        description: 'A line that falls to zero is a feed that went silent.',
        unit: 'reqps',
        width: 8,
        queries: [
          { expr: 'sum by (topic) (rate(detent_ingest_records_total[$__rate_interval]))', legend: '{{topic}}' },
        ],
      },
      {
        title: 'Source records by result',
        description: 'Duplicates are normal where producers send again; refused ones are dead letters.',
        unit: 'reqps',
        width: 8,
        queries: [
          { expr: 'sum by (result) (rate(detent_ingest_records_total[$__rate_interval]))', legend: '{{result}}' },
        ],
      },
      {
        title: 'Time since each feed brought a record',
        description: 'By the wall clock. Master data (sites, customers, carriers) may be quiet for days.',
        unit: 's',
        width: 8,
        queries: [{ expr: 'topic:detent_feed_age_seconds:min', legend: '{{topic}}' }],
      },
      {
        title: 'Dead letters by service and reason',
        description: 'The code says what was wrong: detent dlq list shows the records.',
        unit: 'short',
        width: 12,
        queries: [
          {
            expr: 'sum by (service, code) (increase(detent_pipeline_dead_letters_total[5m]))',
            legend: '{{service}} {{code}}',
          },
        ],
      },
      {
        title: 'Latest-arriving records (99th percentile of batches)',
        description: 'How far records come behind stream time. Growing: a producer buffers, or its clock is off.',
        unit: 's',
        width: 12,
        queries: [{ expr: p(0.99, 'detent_record_lateness_seconds', 'service'), legend: '{{service}}' }],
      },
    ],
  },
  {
    title: 'Pipeline: does it keep up?',
    panels: [
      {
        title: 'Records processed',
        description: 'By service.',
        unit: 'reqps',
        width: 8,
        queries: [
          {
            expr: 'sum by (service) (rate(detent_pipeline_batch_records_sum[$__rate_interval]))',
            legend: '{{service}}',
          },
        ],
      },
      {
        title: 'Records waiting',
        description: 'Growing for minutes: runbook consumer-lag.',
        unit: 'short',
        width: 8,
        queries: [{ expr: 'service:detent_consumer_lag_records:sum', legend: '{{service}}' }],
      },
      {
        title: 'Age of the oldest record not processed',
        description: 'How late segments and actions are; 0 when nothing waits. Large for old data that is replayed.',
        unit: 's',
        width: 8,
        queries: [{ expr: 'max by (service) (detent_consumer_behind_seconds)', legend: '{{service}}' }],
      },
      {
        title: 'Batch, first record to commit',
        description: 'Must stay well below the transaction timeout of 15 s.',
        unit: 's',
        width: 8,
        queries: [
          { expr: p(0.5, 'detent_pipeline_batch_duration_seconds', 'service'), legend: '{{service}} median' },
          { expr: p(0.99, 'detent_pipeline_batch_duration_seconds', 'service'), legend: '{{service}} 99 %' },
        ],
      },
      {
        title: 'Commit of a batch (99th percentile)',
        description: 'The transaction with the broker. Slow here and fast elsewhere: look at the broker.',
        unit: 's',
        width: 8,
        queries: [{ expr: p(0.99, 'detent_pipeline_commit_duration_seconds', 'service'), legend: '{{service}}' }],
      },
      {
        title: 'Went on without an empty input',
        description:
          'An input was quiet for so long that the others went on: records of it that come now may be out of order.',
        unit: 'short',
        width: 8,
        queries: [
          { expr: 'sum by (service) (increase(detent_pipeline_order_timeouts_total[5m]))', legend: '{{service}}' },
        ],
      },
    ],
  },
  {
    title: 'Segments and actions: what comes out',
    panels: [
      {
        title: 'Segment changes by dimension',
        description: 'A jump without an event in the world is a model or a feed that changed.',
        unit: 'reqps',
        width: 8,
        queries: [
          {
            expr: 'sum by (dimension) (rate(detent_segment_transitions_total[$__rate_interval]))',
            legend: '{{dimension}}',
          },
        ],
      },
      {
        title: 'Flips that hysteresis held, by dimension',
        description:
          'What would have moved without it. Near zero beside many changes: the dimension is not held at all.',
        unit: 'reqps',
        width: 8,
        queries: [
          {
            expr: 'sum by (dimension) (rate(detent_hysteresis_held_total[$__rate_interval]))',
            legend: '{{dimension}}',
          },
        ],
      },
      {
        title: 'Time since each dimension changed for anyone',
        description: 'A dimension that never changes has lost its feed, or needs nobody.',
        unit: 's',
        width: 8,
        queries: [{ expr: 'min by (dimension) (detent_dimension_age_seconds)', legend: '{{dimension}}' }],
      },
      {
        title: 'Actions',
        description: 'By service, type and mode: dry-run commands nobody.',
        unit: 'reqps',
        width: 12,
        queries: [
          {
            expr: 'sum by (service, type, mode) (rate(detent_actions_total[$__rate_interval]))',
            legend: '{{service}} {{type}} ({{mode}})',
          },
        ],
      },
      {
        title: 'Decisions by outcome',
        description: 'What decision services made of the changes that they saw.',
        unit: 'reqps',
        width: 12,
        queries: [
          {
            expr: 'sum by (service, outcome) (rate(detent_decisions_total[$__rate_interval]))',
            legend: '{{service}} {{outcome}}',
          },
        ],
      },
    ],
  },
  actionsRow,
  {
    title: 'State and process: why?',
    panels: [
      {
        title: 'States found in memory',
        description: 'Share of reads that needed no store. Low: more entities than DETENT_CACHE_STATES.',
        unit: 'percentunit',
        width: 8,
        queries: [
          {
            expr: 'sum by (service) (rate(detent_state_reads_total{source="cache"}[$__rate_interval])) / sum by (service) (rate(detent_state_reads_total[$__rate_interval]))',
            legend: '{{service}}',
          },
        ],
      },
      {
        title: 'Calls to the state store (99th percentile)',
        description: 'By operation and outcome.',
        unit: 's',
        width: 8,
        queries: [{ expr: p(0.99, 'detent_state_op_duration_seconds', 'op, outcome'), legend: '{{op}} {{outcome}}' }],
      },
      {
        title: 'State rebuilt from the changelog',
        description: 'After a crash or an emptied Redis. Again and again: two writers, or a Redis that loses data.',
        unit: 'short',
        width: 8,
        queries: [
          {
            expr: 'sum by (service, reason) (increase(detent_state_rebuilds_total[5m]))',
            legend: '{{service}} {{reason}}',
          },
        ],
      },
      {
        title: 'CPU',
        description: 'Of one core. A service works in one thread: near 1 it needs more processes.',
        unit: 'percentunit',
        width: 8,
        queries: [{ expr: 'rate(process_cpu_seconds_total{job="detent"}[$__rate_interval])', legend: '{{instance}}' }],
      },
      {
        title: 'Memory',
        description: 'Resident. Growing without end: lower DETENT_CACHE_STATES and report it.',
        unit: 'bytes',
        width: 8,
        queries: [{ expr: 'process_resident_memory_bytes{job="detent"}', legend: '{{instance}}' }],
      },
      {
        title: 'Event loop delay (99th percentile)',
        description: 'Above a second, heartbeats are late and the group throws the process out.',
        unit: 's',
        width: 8,
        queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job="detent"}', legend: '{{instance}}' }],
      },
    ],
  },
];

/** The dashboard as Grafana reads it. */
export function dashboard(): object {
  return {
    uid: 'detent',
    title: 'Detent',
    tags: ['detent'],
    editable: false,
    schemaVersion: 39,
    version: 1,
    time: { from: 'now-3h', to: 'now' },
    refresh: '15s',
    timezone: 'browser',
    graphTooltip: 1,
    annotations: { list: [] },
    templating: { list: [] },
    panels: layOut(rows),
  };
}

/** Where it is written, and its text. */
export const file = join(import.meta.dirname, 'dashboards', 'detent.json');
export const text = (): string => `${JSON.stringify(dashboard(), null, 2)}\n`;

if (import.meta.main) writeFileSync(file, text());
