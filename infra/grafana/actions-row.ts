import type { RowSpec } from './panels.ts';

/** What became of actions: at the services, with people, at endpoints. */
export const actionsRow: RowSpec = {
  title: 'Actions: are they carried out?',
  panels: [
    {
      title: 'Unanswered actions',
      description: 'People were called for each of them, by service: runbook actions.',
      unit: 'none',
      kind: 'stat',
      width: 4,
      warn: { orange: 1, red: 10 },
      queries: [{ expr: 'sum by (service) (detent_actions_overdue)', legend: '{{service}}' }],
    },
    {
      title: 'Paused services',
      description: 'Their actions wait until somebody resumes: runbook actions.',
      unit: 'none',
      kind: 'stat',
      width: 4,
      warn: { orange: 1, red: 3 },
      queries: [{ expr: 'sum(detent_actions_paused) or vector(0)', legend: 'paused' }],
    },
    {
      title: 'Calls for people, 1 h',
      description: 'What services could not decide, or nobody answered: runbook actions.',
      unit: 'none',
      kind: 'stat',
      width: 4,
      warn: { orange: 5, red: 20 },
      queries: [
        {
          expr: 'sum(increase(detent_actions_total{type="escalate", mode="live"}[1h])) or vector(0)',
          legend: 'calls',
        },
      ],
    },
    {
      title: 'Oldest action on its way to an endpoint',
      description: 'Growing: the endpoint does not answer, or cannot now. Runbook actions.',
      unit: 's',
      kind: 'stat',
      width: 4,
      warn: { orange: 60, red: 300 },
      queries: [{ expr: 'max(detent_webhook_oldest_seconds) or vector(0)', legend: 'oldest' }],
    },
    {
      title: 'Not delivered, 1 h',
      description: 'Refused or given up: they lie in the dead letters (WEBHOOK_UNDELIVERED).',
      unit: 'none',
      kind: 'stat',
      width: 4,
      warn: { orange: 1, red: 10 },
      queries: [
        {
          expr: 'sum(increase(detent_webhook_deliveries_total{result!="delivered"}[1h])) or vector(0)',
          legend: 'lost',
        },
      ],
    },
    {
      title: 'Open actions by state',
      description: 'Waiting: paused. Open and growing: nobody accepts. Accepted and growing: nobody finishes.',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'sum by (service, state) (detent_actions_open)', legend: '{{service}} {{state}}' }],
    },
    {
      title: 'Actions by their end',
      description: 'Failed and rejected ones have reasons in action-status.v1. Expired: nobody answered.',
      unit: 'short',
      width: 8,
      queries: [
        {
          expr: 'sum by (service, end) (increase(detent_actions_ended_total[5m]))',
          legend: '{{service}} {{end}}',
        },
      ],
    },
    {
      title: 'Statuses by what became of them',
      description: 'Taken moves the ledger. Many after-end or unknown-action: the floor and the ledger go apart.',
      unit: 'short',
      width: 8,
      queries: [
        {
          expr: 'sum by (service, result) (increase(detent_action_statuses_total[5m]))',
          legend: '{{service}} {{result}}',
        },
      ],
    },
    {
      title: 'Deliveries to endpoints',
      description: 'By result; refused and given-up are lost to the endpoint until they are put back.',
      unit: 'short',
      width: 8,
      queries: [
        {
          expr: 'sum by (endpoint, result) (increase(detent_webhook_deliveries_total[5m]))',
          legend: '{{endpoint}} {{result}}',
        },
      ],
    },
    {
      title: 'Tries that failed',
      description: 'Each is made again, later and later. A steady line is an endpoint that is down.',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'sum by (endpoint) (increase(detent_webhook_retries_total[5m]))', legend: '{{endpoint}}' }],
    },
    {
      title: 'On their way to endpoints',
      description: 'At most 500 for each task: at the bound nothing more is taken until some are settled.',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'sum by (endpoint) (detent_webhook_pending)', legend: '{{endpoint}}' }],
    },
  ],
};
