import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Action, actionDomains, actionsTopic } from '@detent/schemas';
import { eventually } from '@detent/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLedger } from '../actions/read-ledger.ts';
import { type Open, open } from '../scenarios/play.ts';
import { carrier, counted, HOUR, lane, location, MINUTE, order, site, sku, T } from '../scenarios/trade.ts';
import { type Running, startDetent } from './detent.ts';

const brokers = process.env['DETENT_TEST_KAFKA_BROKERS'] ?? '';
const registry = process.env['DETENT_TEST_REGISTRY_URL'] ?? '';
const redis = process.env['DETENT_TEST_REDIS_URL'] ?? '';
const onCluster = brokers && registry && redis ? describe : describe.skip;
const SECRET = 'a secret that both sides know';
const TIMEOUT = 240_000;

interface Got {
  action: Action;
  headers: IncomingHttpHeaders;
  /** What was answered; null: nothing, for the caller died. */
  code: number | null;
}

/** A system without Kafka: checks every signature by itself, and answers as it is told to. */
async function startReceiver() {
  const got: Got[] = [];
  const state = { forged: 0, answer: (_action: Action, _times: number): number | 'never' => 204 };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const { headers } = request;
    const mac = createHmac('sha256', SECRET).update(`${headers['detent-timestamp']}.${body}`).digest('hex');
    if (headers['detent-signature'] !== `v1=${mac}`) state.forged += 1;
    const action = JSON.parse(body) as Action;
    const entry: Got = { action, headers, code: null };
    got.push(entry);
    const answer = state.answer(action, got.filter((each) => each.action.actionId === action.actionId).length);
    if (answer === 'never') return;
    entry.code = answer;
    response.writeHead(answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { got, state, port, close };
}

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ids by entity and service, each at its first appearance. */
function firstsByEntity(actions: Iterable<Action>): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { service, target, actionId } of actions) {
    const entity = `${service} ${target.entityId}`;
    found[entity] ??= [];
    if (!found[entity].includes(actionId)) found[entity].push(actionId);
  }
  return found;
}

onCluster('webhooks as a process (needs DETENT_TEST_KAFKA_BROKERS, _REGISTRY_URL and _REDIS_URL)', () => {
  const environment = {
    DETENT_PROFILE: 'cluster',
    DETENT_PARTITIONS: '2',
    DETENT_TOPIC_PREFIX: `webhooks-${randomUUID().slice(0, 8)}.`,
    DETENT_KAFKA_BROKERS: brokers,
    DETENT_REGISTRY_URL: registry,
    DETENT_REDIS_URL: redis,
  };
  let house: Open;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let port: number;
  let running: Running | undefined;

  const start = async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'detent-webhooks-')), 'endpoints.json');
    const endpoint = { name: 'wms', url: `http://127.0.0.1:${receiver.port}/`, secretEnv: 'WMS_SECRET' };
    writeFileSync(file, JSON.stringify({ endpoints: [endpoint] }));
    const own = { DETENT_WEBHOOKS: file, WMS_SECRET: SECRET, DETENT_HTTP_PORT: String(port), DETENT_TIME: 'stream' };
    running = startDetent(['run', 'webhooks'], { ...environment, ...own });
    await running.says('webhooks running');
  };
  const stop = async (signal: NodeJS.Signals) => {
    running!.kill(signal);
    await running!.ended;
    running = undefined;
  };
  const delivered = () => receiver.got.filter(({ code }) => code === 204).map(({ action }) => action);
  const published = async () => (await house.played()).actions;
  const allDelivered = async () => {
    const ids = new Set(delivered().map(({ actionId }) => actionId));
    return (await published()).every(({ actionId }) => ids.has(actionId));
  };
  /** Actions whose delivery is not committed. */
  const uncommitted = async () => {
    const { log, config } = house.runtime;
    const committed = await log.committed('webhooks');
    let left = 0;
    for (const topic of actionDomains.map((domain) => config.topicPrefix + actionsTopic(domain)))
      for await (const page of log.read(topic))
        left += page.filter(({ partition, offset }) => offset >= (committed.get(topic)?.get(partition) ?? 0)).length;
    return left;
  };
  const orders = (from: number, to: number, at: number) =>
    Array.from({ length: to - from }, (_, n) =>
      order(`o${from + n}`, 'dc', at, [['cup', 1]], {
        ...{ serviceLevel: 'standard', shipBy: at + 50 * HOUR, promisedAt: at + 90 * HOUR },
      }),
    );

  beforeAll(async () => {
    house = await open({ environment: () => environment, settleMs: 2000 }, 'fulfilment');
    receiver = await startReceiver();
    port = await freePort();
    await house.act([
      sku('cup'),
      ...site('dc', [{ zoneId: 'tables', kind: 'packing', capabilities: [], capacityPerHour: 600 }]),
      location('dc', 'bin', 'tables', 10),
      counted('cup', 'dc', 'bin', 500),
      lane('lane-dc', 'dc'),
      ...carrier('cheap', 'lane-dc', { hours: 24, base: 4, perKg: 0.2 }),
      ...carrier('second', 'lane-dc', { hours: 24, base: 6, perKg: 0.2 }),
    ]);
  }, TIMEOUT);
  afterAll(async () => {
    if (running) await stop('SIGTERM');
    receiver?.close();
    await house?.close();
  }, TIMEOUT);

  it(
    'deliver every action signed and in order, over errors and over the death of the process, doubled only by that',
    async () => {
      // Some entities fail twice; one gets no answer, until the process dies over it.
      let hangs = true;
      receiver.state.answer = ({ target }, times) => {
        if (target.entityId === 'o3' && hangs) return 'never';
        return ['o1', 'o5'].includes(target.entityId) && times < 3 ? 500 : 204;
      };
      await house.act(orders(0, 10, T + MINUTE));
      await start();
      const others = async () => {
        const ids = new Set(delivered().map(({ actionId }) => actionId));
        const rest = (await published()).filter(({ target }) => target.entityId !== 'o3');
        return rest.length > 15 && rest.every(({ actionId }) => ids.has(actionId));
      };
      await eventually(others, 60_000);
      const before = new Set(delivered().map(({ actionId }) => actionId));
      const tries = receiver.got.filter(
        ({ action }) => action.target.entityId === 'o5' && action.service === 'routing',
      );
      expect(tries.map(({ headers, code }) => [headers['detent-attempt'], code])).toEqual([
        ['1', 500],
        ['2', 500],
        ['3', 204],
      ]);
      await stop('SIGKILL');

      // Published while nobody delivers.
      await house.act(orders(10, 14, T + 2 * MINUTE));
      hangs = false;
      const beforeRestart = receiver.got.length;
      await start();
      await eventually(allDelivered, 90_000);

      const all = delivered();
      expect(firstsByEntity(all)).toEqual(firstsByEntity(await published()));
      expect(receiver.state.forged).toBe(0);
      for (const { action, headers } of receiver.got)
        expect(decodeURIComponent(String(headers['idempotency-key']))).toBe(action.actionId);
      // Who was told twice was told once by each process.
      const again = receiver.got.slice(beforeRestart).filter(({ code }) => code === 204);
      expect(new Set(again.map(({ action }) => action.actionId)).size).toBe(again.length);
      const firstTime = again.filter(({ action }) => !before.has(action.actionId));
      expect(firstTime.map(({ action }) => action.target.entityId).sort()).toEqual(
        expect.arrayContaining(['o10', 'o11', 'o12', 'o13', 'o3']),
      );
    },
    TIMEOUT,
  );

  it(
    'take up after an orderly end what was not delivered, and nothing else',
    async () => {
      await eventually(async () => (await uncommitted()) === 0, 60_000);
      await stop('SIGTERM');
      const known = new Set(delivered().map(({ actionId }) => actionId));
      await house.act(orders(14, 16, T + 3 * MINUTE));
      const count = receiver.got.length;
      await start();
      await eventually(allDelivered, 90_000);
      expect(receiver.got.slice(count).filter(({ action }) => known.has(action.actionId))).toHaveLength(0);
    },
    TIMEOUT,
  );

  it(
    'take statuses back, which move the ledger as those of the topic do',
    async () => {
      const action = delivered().find(({ service, target }) => service === 'routing' && target.entityId === 'o15')!;
      const post = async (body: object, secret = SECRET) => {
        const text = JSON.stringify(body);
        const at = String(Math.floor(Date.now() / 1000));
        const mac = createHmac('sha256', secret).update(`${at}.${text}`).digest('hex');
        const headers = { 'detent-timestamp': at, 'detent-endpoint': 'wms', 'detent-signature': `v1=${mac}` };
        const to = `http://127.0.0.1:${port}/api/v1/action-status`;
        return (await fetch(to, { method: 'POST', headers, body: text })).status;
      };
      const status = (kind: string, at: number, of = {}) => {
        const { actionId, target } = action;
        return { actionId, target, status: kind, occurredAt: at, ...of };
      };
      const entry = async () => {
        const { open } = await readLedger(house.runtime, 'routing');
        return open.find((each) => each.action.actionId === action.actionId);
      };
      expect(await post(status('accepted', T + 4 * MINUTE), 'some other secret')).toBe(401);
      expect(await post(status('accepted', T + 4 * MINUTE))).toBe(202);
      await house.act([]);
      await eventually(async () => (await entry())?.state === 'accepted', 30_000);
      expect(await entry()).toMatchObject({ by: 'wms' });
      expect(await post(status('failed', T + 5 * MINUTE, { reason: 'no truck' }))).toBe(202);
      const second = async () =>
        (await published()).find(
          ({ details, target }) => target.entityId === 'o15' && details['carrierId'] === 'second',
        );
      await eventually(async () => (await second()) !== undefined, 30_000);
      // The answer to that is delivered in turn.
      const { actionId } = (await second())!;
      await eventually(async () => delivered().some((each) => each.actionId === actionId), 30_000);
    },
    TIMEOUT,
  );
});
