import { userInfo } from 'node:os';
import { type OpenAction, openStates } from '@detent/pipeline';
import { decisionServicesOf } from '../actions/decision-services.ts';
import { findAction } from '../actions/find-action.ts';
import { type LedgerView, readLedger } from '../actions/read-ledger.ts';
import { renderFound } from '../actions/render-found.ts';
import { renderLedger } from '../actions/render-ledger.ts';
import { switchActions } from '../actions/switch-actions.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { exitCode, UsageError } from '../errors.ts';

export interface SwitchOptions extends CommonOptions {
  by?: string;
  reason: string;
  /** Event time, ISO 8601; default: now. For worlds whose time is not today's. */
  at?: string;
}

export interface ListOptions extends CommonOptions {
  state?: string;
  type?: string;
  /** How many of each service; default: 20, and all as JSON. */
  show?: number;
}

const SHOWN = 20;

/** `detent actions pause <service>`: what it decides waits, until it is let go on or is of no use any more. */
export async function actionsPause(service: string, options: SwitchOptions): Promise<void> {
  await turn(service, true, options);
}

/** `detent actions resume <service>`: what waits and is still valid goes out, in the order in which it was decided. */
export async function actionsResume(service: string, options: SwitchOptions): Promise<void> {
  await turn(service, false, options);
}

async function turn(name: string, paused: boolean, options: SwitchOptions): Promise<void> {
  const services = decisionServicesOf(name);
  const { at, by = userInfo().username, reason } = options;
  const occurredAt = at === undefined ? Date.now() : Date.parse(at);
  if (Number.isNaN(occurredAt)) throw new UsageError(`--at ${at} is no instant: write it as 2026-03-02T08:00:00Z`);
  await withRuntime(configOf(options, { DETENT_LOG_LEVEL: 'warn' }), 'alone', async (runtime) => {
    const told = await switchActions(runtime, services, { paused, by, reason, occurredAt });
    print(options, { told }, () => `${services.join(', ')}: actions ${paused ? 'are paused' : 'go on'}`);
  });
}

/** `detent actions list [service]`: what was commanded and has not ended, by state. */
export async function actionsList(name: string | undefined, options: ListOptions): Promise<void> {
  const services = decisionServicesOf(name);
  const { state, type } = options;
  if (state !== undefined && !(openStates as readonly string[]).includes(state))
    throw new UsageError(`there is no state ${state}: give one of ${openStates.join(', ')}`);
  await withRuntime(configOf(options, { DETENT_LOG_LEVEL: 'warn' }), 'beside', async (runtime) => {
    const views: LedgerView[] = [];
    for (const service of services) {
      const view = await readLedger(runtime, service);
      const isWanted = (entry: OpenAction) =>
        (state === undefined || entry.state === state) && (type === undefined || entry.action.type === type);
      views.push({ ...view, open: view.open.filter(isWanted) });
    }
    const listed = views.map(({ open, ...view }) => ({
      ...view,
      matching: open.length,
      open: open.slice(0, options.show).map(withoutAlternatives),
    }));
    print(options, { services: listed }, () =>
      views.map((view) => renderLedger(view, options.show ?? SHOWN)).join('\n'),
    );
    if (views.some(({ unread }) => unread !== null)) process.exitCode = exitCode.partial;
  });
}

/** A service keeps none once they are published: an empty list would say that there were none. */
function withoutAlternatives({ action, ...entry }: OpenAction) {
  const { alternatives, ...rest } = action;
  return { ...entry, action: entry.state === 'waiting' ? action : rest };
}

/** `detent actions show <id>`: one action, ended or not: what and why, how far it is, what was told of it. */
export async function actionsShow(actionId: string, options: CommonOptions): Promise<void> {
  await withRuntime(configOf(options, { DETENT_LOG_LEVEL: 'warn' }), 'beside', async (runtime) => {
    const found = await findAction(runtime, actionId);
    print(options, { actionId, ...found }, () => renderFound(actionId, found));
    if (found.unread !== null) process.exitCode = exitCode.partial;
  });
}
