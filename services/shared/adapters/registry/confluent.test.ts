import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createConfluentRegistry } from './confluent.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function answering(respond: (request: IncomingMessage, body: string) => [number, unknown]): Promise<string> {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [status, answer] = respond(request, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('Confluent registry over HTTP', () => {
  it('registers under the subject, with path and credentials from the URL', async () => {
    const seen: unknown[] = [];
    const address = await answering((request, body) => {
      seen.push(request.url, request.headers.authorization, JSON.parse(body));
      return [200, { id: 7 }];
    });
    const registry = createConfluentRegistry(`http://us%40er:se:cret@${address}/apis/ccompat/v7/`);
    expect(await registry.register('detent.a.v1-b/C', { type: 'string' })).toBe(7);
    expect(seen).toEqual([
      '/apis/ccompat/v7/subjects/detent.a.v1-b%2FC/versions',
      `Basic ${Buffer.from('us@er:se:cret').toString('base64')}`,
      { schema: '{"type":"string"}' },
    ]);
  });

  it('tells an incompatible schema, an unknown id and a failing registry apart', async () => {
    let status = 409;
    const address = await answering(() => [status, { error_code: status, message: 'no good' }]);
    const registry = createConfluentRegistry(`http://${address}`);
    await expect(registry.register('s', {})).rejects.toMatchObject({ code: 'DETENT_SCHEMA_INCOMPATIBLE' });
    status = 404;
    expect(await registry.byId(9)).toBeUndefined();
    status = 401;
    await expect(registry.byId(9)).rejects.toMatchObject({ code: 'DETENT_REGISTRY_REFUSED', retriable: false });
    status = 503;
    await expect(registry.byId(9)).rejects.toMatchObject({ code: 'DETENT_REGISTRY_UNREACHABLE', retriable: true });
  });

  it('says where it tried and what to check when nobody answers', async () => {
    const registry = createConfluentRegistry('http://127.0.0.1:9');
    await expect(registry.subjects()).rejects.toMatchObject({
      code: 'DETENT_REGISTRY_UNREACHABLE',
      retriable: true,
      message: expect.stringMatching(/http:\/\/127\.0\.0\.1:9\/subjects.*DETENT_REGISTRY_URL/s),
    });
  });
});
