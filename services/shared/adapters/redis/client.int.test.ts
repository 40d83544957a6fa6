import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { testRedis } from '../../testing/cluster.ts';
import { silentLogger } from '../../testing/index.ts';
import { connectRedis } from './client.ts';

/** Skips without DETENT_TEST_REDIS_URL. */
(testRedis ? describe : describe.skip)('the connection to Redis', () => {
  let between: Server | undefined;
  const sockets = new Set<Socket>();

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    between?.close();
  });

  /** Stands between client and Redis; `muffle` swallows what connections that stand now say, and leaves them open. */
  async function relay(): Promise<{ url: string; muffle(): void }> {
    const { hostname, port } = new URL(testRedis ?? '');
    const muffled = new Set<Socket>();
    const server = createServer((client) => {
      const there = connect(Number(port), hostname);
      for (const socket of [client, there]) sockets.add(socket.on('error', () => {}));
      client.on('data', (bytes) => muffled.has(client) || there.write(bytes));
      there.on('data', (bytes) => client.write(bytes));
    });
    between = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: own } = server.address() as { port: number };
    return {
      url: `redis://127.0.0.1:${own}`,
      muffle() {
        for (const socket of sockets) muffled.add(socket);
      },
    };
  }

  it('is made anew when it falls silent without ending, and what was asked is asked again', async () => {
    const { url, muffle } = await relay();
    const client = await connectRedis({ url, silenceMs: 300 }, silentLogger);
    try {
      expect(await client.connection.ping()).toBe('PONG');
      muffle();
      expect(await client.connection.echo('still there')).toBe('still there');
    } finally {
      client.close();
    }
  });
});
