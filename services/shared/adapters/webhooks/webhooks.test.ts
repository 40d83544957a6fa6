import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionSwitchesTopic } from '@detent/pipeline';
import { actionsTopic } from '@detent/schemas';
import { eventually } from '@detent/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../config/config.ts';
import { startHttp } from '../http/server.ts';
import { createLogger } from '../logs/logger.ts';
import { openRuntime, type Runtime } from '../runtime/runtime.ts';
import { type Endpoint, readEndpoints } from './endpoints.ts';
import { signatureFault, signatureOf, TOLERANCE_MS } from './sign.ts';
import { startWebhooks } from './start.ts';

const SECRET = 'a secret of some length';
const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Got {
  id: string;
  headers: IncomingHttpHeaders;
  genuine: boolean;
}

/** A receiver that answers as told; 204 where nothing is. */
async function receiver(answer: (id: string, times: number) => number | Promise<number> = () => 204) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const { actionId: id } = JSON.parse(body.toString()) as { actionId: string };
    const of = (name: string) => request.headers[name] as string | undefined;
    const signed = { timestamp: of('detent-timestamp'), signature: of('detent-signature') };
    got.push({ id, headers: request.headers, genuine: signatureFault(SECRET, signed, body, Date.now()) === undefined });
    response.writeHead(await answer(id, got.filter((each) => each.id === id).length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as { port: number };
  return { got, ids: () => got.map(({ id }) => id), url: `http://127.0.0.1:${port}/` };
}

const endpoint = (url: string, of: Partial<Endpoint> = {}): Endpoint => ({
  ...{ name: 'wms', url, secret: SECRET, services: undefined, types: undefined, dryRun: false },
  ...{ timeoutMs: 2000, giveUpAfterMs: 60_000, ...of },
});

/** Keeps states as the service would: what it knows of its actions. */
async function ledger(runtime: Runtime, values: Record<string, object>): Promise<void> {
  const states = Object.entries(values).map(([key, value]) => {
    return { key, value: Buffer.from(JSON.stringify({ dueAt: null, value })), dueAt: null };
  });
  let kept = false;
  const running = await runtime.host.start(
    { service: 'picking', sources: [`detent.${actionSwitchesTopic}`], partitioning: 'single' },
    async (session) => {
      await session.commit({ outputs: [], states, positions: [] });
      kept = true;
    },
  );
  await eventually(() => kept);
  await running.stop();
}

async function world(of: Record<string, string> = {}): Promise<Runtime> {
  const directory = mkdtempSync(join(tmpdir(), 'detent-webhooks-'));
  const environment = { DETENT_DATA_DIR: directory, DETENT_PARTITIONS: '2', ...of };
  const runtime = await openRuntime(readConfig({ environment }), { logger: createLogger('silent'), write: true });
  closing.push(() => runtime.close());
  const topic = `detent.${actionsTopic('picking')}`;
  await runtime.ensureTopics([actionsTopic('picking'), actionSwitchesTopic]);
  await runtime.codec.prepare([topic]);
  return runtime;
}

async function publish(runtime: Runtime, entityId: string, n: number, of: object = {}): Promise<string> {
  const actionId = `picking:order:${entityId}:change:${n}`;
  const topic = `detent.${actionsTopic('picking')}`;
  const value = {
    ...{ actionId, service: 'picking', type: 'enqueue', target: { entityType: 'order', entityId }, siteId: null },
    ...{ changeId: 'change', segment: { dimension: 'd', segment: 's' }, because: 'why', details: { mode: 'live' } },
    ...{ tasks: null, alternatives: [], playbook: null, sop: null, createdAt: 1e12, validUntil: 4e12 },
    ...{ supersedes: null, undo: null, ...of },
  };
  const bytes = runtime.codec.encode(topic, 'detent.actions.Action', value);
  const record = { topic, partition: null, key: Buffer.from(entityId), value: bytes, timestamp: Date.now() };
  await runtime.log.append([record]);
  return actionId;
}

const start = async (runtime: Runtime, endpoints: Endpoint[], firstRetryMs = 1) => {
  const webhooks = await startWebhooks(runtime, endpoints, { firstRetryMs });
  closing.push(() => webhooks.stop());
  return webhooks;
};
const letters = async (runtime: Runtime) => {
  const found: string[] = [];
  for await (const page of runtime.log.read('detent.dlq.v1'))
    for (const { headers } of page) found.push(`${headers['detent.error.code']} ${headers['detent.error.message']}`);
  return found;
};
const committed = async (runtime: Runtime) => {
  const positions = (await runtime.log.committed('webhooks')).get(`detent.${actionsTopic('picking')}`);
  return [...(positions?.values() ?? [])].reduce((sum, next) => sum + next, 0);
};

describe('webhooks', () => {
  it('deliver each action signed, with its id as key, and commit what is delivered', async () => {
    const runtime = await world();
    const { got, ids, url } = await receiver();
    const id = await publish(runtime, 'ä1', 1);
    await publish(runtime, 'o2', 1, { details: { mode: 'dry-run' } });
    await start(runtime, [endpoint(url)]);
    await eventually(async () => (await committed(runtime)) === 2);
    expect(ids()).toEqual([id]);
    expect(got[0]).toMatchObject({ genuine: true, headers: { 'detent-attempt': '1' } });
    expect(decodeURIComponent(got[0]!.headers['idempotency-key'] as string)).toBe(id);
  });

  it('try again what fails, in order for an entity, while others go on', async () => {
    const runtime = await world();
    const { got, ids, url } = await receiver((id, times) => (id.includes(':o1:') && times < 4 ? 503 : 204));
    const [first, second] = [await publish(runtime, 'o1', 1), await publish(runtime, 'o1', 2)];
    const other = await publish(runtime, 'o2', 1);
    await start(runtime, [endpoint(url)]);
    await eventually(async () => (await committed(runtime)) === 3);
    const ofFirst = ids().filter((id) => id !== other);
    expect(ofFirst).toEqual([...Array<string>(4).fill(first), ...Array<string>(4).fill(second)]);
    expect(ids().indexOf(other)).toBeLessThan(ids().indexOf(second));
    expect(got.filter(({ id }) => id === first).map(({ headers }) => headers['detent-attempt'])).toEqual([
      ...['1', '2', '3', '4'],
    ]);
    expect(await letters(runtime)).toEqual([]);
  });

  it.each([
    [422, {}, /in 1 tries: wms answered 422/],
    [302, {}, /in 1 tries: wms answered 302/],
    [503, { giveUpAfterMs: 0 }, /in 1 tries: wms answered 503/],
  ])('that are answered %d put the action to the dead letters and go on', async (code, of, message) => {
    const runtime = await world();
    const { ids, url } = await receiver((_id, times) => (times === 1 && ids().length === 1 ? code : 204));
    const [first, second] = [await publish(runtime, 'o1', 1), await publish(runtime, 'o1', 2)];
    await start(runtime, [endpoint(url, of)]);
    await eventually(async () => (await committed(runtime)) === 2);
    expect(ids()).toEqual([first, second]);
    expect(await letters(runtime)).toEqual([expect.stringMatching(message)]);
  });

  it('give up no later than told, with a last try then', async () => {
    const runtime = await world();
    const { got, url } = await receiver(() => 503);
    await publish(runtime, 'o1', 1);
    await start(runtime, [endpoint(url, { giveUpAfterMs: 300 })], 60_000);
    await eventually(async () => (await committed(runtime)) === 1);
    // The next try would come after a minute: the last one comes at the end.
    expect(got).toHaveLength(2);
    expect(await letters(runtime)).toEqual([expect.stringMatching(/in 2 tries: wms answered 503/)]);
  });

  it('tell nobody what is over when it is its turn, and count it', async () => {
    const runtime = await world();
    const { ids, url } = await receiver();
    const old = await publish(runtime, 'o1', 1, { validUntil: Date.now() - 1 });
    const replaced = await publish(runtime, 'o1', 2);
    const stands = await publish(runtime, 'o1', 3, { supersedes: replaced });
    // As after a redrive: the record lies behind what replaced it.
    await publish(runtime, 'o1', 2);
    await ledger(runtime, { [`~action:${replaced}`]: { state: 'superseded' }, [`~action:${stands}`]: { action: {} } });
    await start(runtime, [endpoint(url)]);
    await eventually(async () => (await committed(runtime)) === 4);
    expect(ids()).toEqual([stands]);
    expect(old).not.toBe(stands);
    const skipped = await runtime.metrics.series('detent_webhook_skipped_total');
    expect(skipped.map(({ labels, value }) => [labels['reason'], value]).sort()).toEqual([
      ['ended', 2],
      ['expired', 1],
    ]);
    expect(await letters(runtime)).toEqual([]);
  });

  it('where records alone move time, are over by the time of their service', async () => {
    const runtime = await world({ DETENT_TIME: 'stream' });
    const { ids, url } = await receiver();
    await publish(runtime, 'o1', 1, { validUntil: 1e12 });
    const later = await publish(runtime, 'o1', 2, { validUntil: 1e12 + 2 });
    await ledger(runtime, { '~time': { known: 1e12 + 1 } });
    await start(runtime, [endpoint(url)]);
    await eventually(async () => (await committed(runtime)) === 2);
    expect(ids()).toEqual([later]);
  });

  it('wait while their service is paused', async () => {
    const runtime = await world();
    const { ids, url } = await receiver();
    const id = await publish(runtime, 'o1', 1);
    await ledger(runtime, { '~paused': { paused: true } });
    await start(runtime, [endpoint(url, { giveUpAfterMs: 0 })]);
    await eventually(async () => (await runtime.metrics.series('detent_webhook_pending'))[0]?.value === 1);
    expect(ids()).toEqual([]);
    await ledger(runtime, { '~paused': { paused: false } });
    await eventually(async () => (await committed(runtime)) === 1);
    expect(ids()).toEqual([id]);
  });

  it('that are stopped before an answer deliver again: at least once, never not', async () => {
    const runtime = await world();
    let hang = true;
    const { ids, url } = await receiver(() => (hang ? new Promise<number>(() => {}) : 204));
    const id = await publish(runtime, 'o1', 1);
    const webhooks = await start(runtime, [endpoint(url, { timeoutMs: 60_000 })]);
    const pending = async () => (await runtime.metrics.series('detent_webhook_pending'))[0];
    const oldest = async () => (await runtime.metrics.series('detent_webhook_oldest_seconds'))[0];
    await eventually(async () => ids().length === 1 && (await pending())?.value === 1);
    expect((await pending())!.labels).toEqual({ endpoint: 'wms' });
    await eventually(async () => ((await oldest())?.value ?? 0) > 0);
    await webhooks.stop();
    // Whoever takes the task tells of what is left.
    expect([(await pending())!.value, (await oldest())!.value]).toEqual([0, 0]);
    hang = false;
    await start(runtime, [endpoint(url)]);
    await eventually(async () => (await committed(runtime)) === 1);
    expect(ids()).toEqual([id, id]);
  });

  it('tell each endpoint only what it wants', async () => {
    const runtime = await world();
    const [all, moves] = [await receiver(), await receiver()];
    const [enqueue, move] = [await publish(runtime, 'o1', 1), await publish(runtime, 'o1', 2, { type: 'move' })];
    await start(runtime, [endpoint(all.url), endpoint(moves.url, { name: 'robots', types: ['move'] })]);
    await eventually(async () => (await committed(runtime)) === 2);
    expect([all.ids(), moves.ids()]).toEqual([[enqueue, move], [move]]);
  });
});

describe('a status by HTTP', () => {
  async function server(of: Partial<Endpoint> = {}) {
    const runtime = await world();
    const webhooks = await start(runtime, [endpoint('http://127.0.0.1:9/', of)]);
    const subject = { problem: () => undefined, metrics: runtime.metrics, posts: webhooks.posts };
    const http = await startHttp(subject, 0, '127.0.0.1', runtime.logger);
    closing.push(() => http.close());
    const post = (body: string, of: { secret?: string; name?: string; at?: number } = {}) => {
      const { secret = SECRET, name = 'wms', at = Date.now() } = of;
      const timestamp = String(Math.floor(at / 1000));
      const headers = {
        'detent-endpoint': name,
        'detent-timestamp': timestamp,
        'detent-signature': signatureOf(secret, timestamp, body),
      };
      return fetch(`http://127.0.0.1:${http.port}/api/v1/action-status`, { method: 'POST', headers, body });
    };
    const statuses = async () => {
      const found: unknown[] = [];
      for await (const page of runtime.log.read('detent.action-status.v1'))
        for (const { value } of page)
          found.push((runtime.codec.decode(value!) as { record: { value: unknown } }).record.value);
      return found;
    };
    return { post, statuses };
  }
  const target = { entityType: 'order', entityId: 'o1' };
  const status = (of: object = {}) =>
    JSON.stringify({ actionId: 'picking:order:o1:c:1', target, status: 'done', ...of });

  it('lies in the log as any other; the same body has the same event id', async () => {
    const { post, statuses } = await server();
    expect([(await post(status())).status, (await post(status())).status]).toEqual([202, 202]);
    const [one, two] = (await statuses()) as { eventId: string; by: string; status: string }[];
    expect(one).toMatchObject({ status: 'done', by: 'wms', target });
    expect(two!.eventId).toBe(one!.eventId);
  });

  it.each([
    ['a wrong secret', { secret: 'another secret of length' }],
    ['an endpoint that there is not', { name: 'other' }],
    ['an old signature', { at: Date.now() - TOLERANCE_MS - 2000 }],
  ])('is refused with 401 for %s', async (_what, of) => {
    const { post, statuses } = await server();
    expect((await post(status(), of)).status).toBe(401);
    expect(await statuses()).toEqual([]);
  });

  it('is refused with 403 for an action of a service that the endpoint gets nothing of', async () => {
    const { post, statuses } = await server({ services: ['picking', 'storage'] });
    const response = await post(status({ actionId: 'routing:order:o1:c:1' }));
    expect([response.status, await response.json()]).toEqual([
      403,
      { problem: 'wms gets no actions of routing, so it answers none: its services are picking, storage' },
    ]);
    expect(await statuses()).toEqual([]);
    expect((await post(status())).status).toBe(202);
  });

  it.each([
    ['{', /not JSON/],
    [status({ actionId: 'nope' }), /"nope", which no service gives/],
    [status({ status: 'finished' }), /status must be one of accepted/],
    [status({ state: 'done' }), /no field state/],
    [status({ target: { entityType: 'order' } }), /target must be there/],
    [status({ status: 'partial' }), /no quantityDone/],
    [status({ quantityDone: 'many' }), /quantityDone/],
    [status({ occurredAt: 5 }), /occurredAt/],
  ])('%s is refused with 400 and the reason', async (body, problem) => {
    const { post, statuses } = await server();
    const response = await post(body);
    expect([response.status, await response.json()]).toEqual([400, { problem: expect.stringMatching(problem) }]);
    expect(await statuses()).toEqual([]);
  });
});

it('a file of endpoints is refused with every fault, and never tells a secret', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'detent-endpoints-')), 'endpoints.json');
  const write = (endpoints: object[]) => writeFileSync(file, JSON.stringify({ endpoints }));
  write([{ name: 'W', url: 'ftp://x', secretEnv: 'S', types: ['move', 'mvoe'], extra: 1 }]);
  const ofBadForm = /name[\s\S]*url[\s\S]*variable S must hold[\s\S]*type "mvoe"[\s\S]*move[\s\S]*extra/;
  expect(() => readEndpoints(file, {})).toThrow(ofBadForm);
  write([
    { name: 'a', url: 'http://x', secretEnv: 'SHORT' },
    { name: 'a', url: 'http://x', secretEnv: 'NONE' },
  ]);
  const read = () => readEndpoints(file, { SHORT: 'hunter2' });
  expect(read).toThrow(/SHORT must hold[\s\S]*NONE must hold/);
  expect(read).not.toThrow(/hunter2/);
  const twice = { name: 'a', url: 'http://x', secretEnv: 'LONG' };
  write([twice, twice]);
  expect(() => readEndpoints(file, { LONG: SECRET })).toThrow(/there are two endpoints a/);
});
