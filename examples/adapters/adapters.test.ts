import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig, readEndpoints, startHttp, startWebhooks } from '@detent/adapters';
import { actionsTopic } from '@detent/schemas';
import { eventually } from '@detent/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const SECRET = 'the secret of an example';
type Example = { url: string; close(): void };
type Wms = Example & {
  work: Map<string, unknown>;
  finish(actionId: string): Promise<void>;
  reject(actionId: string, reason: string, by: string): Promise<void>;
};
type Tms = Example & { bookings: Map<string, { carrierId: string }> };

const examples = import.meta.dirname;
const load = async (name: string) =>
  (await import(join(examples, name))) as Record<string, (of: object) => Promise<never>>;

it('starts in the shell that the README shows: Detent takes its variables too, and the adapters read them', () => {
  const [, block = ''] = /```\n([^`]*)```/.exec(readFileSync(join(examples, 'README.md'), 'utf8')) ?? [];
  const environment: Record<string, string> = {};
  for (const line of block.split('\n').filter((each) => each.startsWith('export ')))
    for (const [, name = ''] of line.matchAll(/([A-Z_]+)=/g)) environment[name] = SECRET;
  const sources = ['wms.mjs', 'tms.mjs'].map((name) => readFileSync(join(examples, name), 'utf8')).join('');
  expect(Object.keys(environment).sort()).toEqual(['STATUS_URL', 'TMS_SECRET', 'WMS_SECRET']);
  for (const name of Object.keys(environment)) expect(sources).toContain(`${name}:`);
  expect(readConfig({ environment }).profile).toBe('embedded');
  const named = readEndpoints(join(examples, 'endpoints.json'), environment).map(({ name }) => name);
  expect(named).toEqual(['wms', 'tms']);
});

describe('the example adapters, at the real sender and over HTTP', () => {
  const closing: (() => unknown)[] = [];
  let world: Awaited<ReturnType<typeof open>>;

  async function open() {
    const environment = { DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-examples-')) };
    const runtime = await openRuntime(readConfig({ environment }), { logger: createLogger('silent'), write: true });
    const posts = {} as Awaited<ReturnType<typeof startWebhooks>>['posts'];
    // The adapters want to know where to answer before the sender knows where they are.
    let take: (request: Parameters<(typeof posts)[string]>[0]) => ReturnType<(typeof posts)[string]>;
    const http = await startHttp(
      {
        ...{ problem: () => undefined, metrics: runtime.metrics },
        posts: { '/api/v1/action-status': (request) => take(request) },
      },
      ...([0, '127.0.0.1', runtime.logger] as const),
    );
    const url = `http://127.0.0.1:${http.port}/api/v1/action-status`;
    const at = (endpoint: string) => ({ secret: SECRET, detent: { url, endpoint, secret: SECRET } });
    const wms = (await (await load('wms.mjs'))['startWms']!(at('wms'))) as Wms;
    const book = ({ details }: { details: { carrierId: string } }) => details.carrierId !== 'full';
    const tms = (await (await load('tms.mjs'))['startTms']!({ ...at('tms'), book })) as Tms;
    const common = { secret: SECRET, types: undefined, dryRun: false, timeoutMs: 2000, giveUpAfterMs: 60_000 };
    const webhooks = await startWebhooks(runtime, [
      { ...common, name: 'wms', url: wms.url, services: ['picking', 'storage'] },
      { ...common, name: 'tms', url: tms.url, services: ['routing'] },
    ]);
    take = webhooks.posts['/api/v1/action-status']!;
    await runtime.codec.prepare((['picking', 'routing'] as const).map((domain) => `detent.${actionsTopic(domain)}`));
    closing.push(
      () => runtime.close(),
      () => http.close(),
      () => wms.close(),
      () => tms.close(),
      () => webhooks.stop(),
    );

    const publish = async (service: 'picking' | 'routing', type: string, n: number, of: object = {}) => {
      const topic = `detent.${actionsTopic(service)}`;
      const actionId = `${service}:order:o1:change:${n}`;
      const value = {
        ...{ actionId, service, type, target: { entityType: 'order', entityId: 'o1' }, siteId: null },
        ...{ changeId: 'change', segment: { dimension: 'd', segment: 's' }, because: 'why', details: { mode: 'live' } },
        ...{ tasks: null, alternatives: [], playbook: null, sop: null, createdAt: Date.now() },
        ...{ validUntil: Date.now() + 3_600_000, supersedes: null, undo: null, ...of },
      };
      const bytes = runtime.codec.encode(topic, 'detent.actions.Action', value);
      const record = { topic, partition: null, key: Buffer.from('o1'), value: bytes, timestamp: Date.now() };
      await runtime.log.append([record]);
      return actionId;
    };
    const statuses = async (actionId: string) => {
      const found: string[] = [];
      for await (const page of runtime.log.read('detent.action-status.v1')) {
        for (const { value } of page) {
          const decoded = runtime.codec.decode(value!) as { record: { value: Record<string, string> } };
          const { status, by, reason } = decoded.record.value;
          if (decoded.record.value['actionId'] === actionId) found.push([status, by, reason].filter(Boolean).join(' '));
        }
      }
      return found;
    };
    return { wms, tms, publish, statuses };
  }

  beforeAll(async () => {
    world = await open();
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('WMS: takes a batch up, finishes one, and a lead rejects another', async () => {
    const { wms, publish, statuses } = world;
    const [one, two] = [await publish('picking', 'release-batch', 1), await publish('picking', 'release-batch', 2)];
    await eventually(() => wms.work.has(one) && wms.work.has(two));
    await wms.finish(one);
    await wms.reject(two, 'aisle closed', 'lead-7');
    expect(await statuses(one)).toEqual(['accepted wms', 'done wms']);
    expect(await statuses(two)).toEqual(['accepted wms', 'rejected lead-7 aisle closed']);
  });

  it('WMS: drops what is taken back, and does not hear of what is over', async () => {
    const { wms, publish, statuses } = world;
    const one = await publish('picking', 'release-batch', 3);
    const back = await publish('picking', 'withdraw', 4, { details: { mode: 'live', actionId: one } });
    const late = await publish('picking', 'release-batch', 5, { validUntil: Date.now() - 1 });
    await eventually(async () => (await statuses(back)).length === 1);
    expect([wms.work.has(one), await statuses(one), await statuses(back)]).toEqual([
      false,
      ['accepted wms'],
      ['done wms'],
    ]);
    expect([wms.work.has(late), await statuses(late)]).toEqual([false, []]);
  });

  it('TMS: books, books anew what replaces it, and rejects where there is no room', async () => {
    const { tms, publish, statuses } = world;
    const details = (carrierId: string) => ({ details: { mode: 'live', carrierId, serviceId: 's' } });
    const one = await publish('routing', 'assign-carrier', 1, details('swift'));
    const two = await publish('routing', 'assign-carrier', 2, { ...details('other'), supersedes: one });
    const full = await publish('routing', 'assign-carrier', 3, details('full'));
    await eventually(async () => (await statuses(full)).length === 1);
    expect([...tms.bookings].map(([actionId, { carrierId }]) => [actionId, carrierId])).toEqual([[two, 'other']]);
    expect(await statuses(full)).toEqual(['rejected tms full/s has no room']);
  });
});
