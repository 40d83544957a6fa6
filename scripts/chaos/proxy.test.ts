import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Listener, TcpProxy } from './proxy.ts';

/** Says back what it hears. */
let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];
const port = (server: Server) => (server.address() as { port: number }).port;

beforeEach(async () => {
  echo = createServer((socket) => void socket.on('data', (bytes) => socket.write(bytes)).on('error', () => {}));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  echo.close();
});

async function dial(): Promise<{ socket: Socket; heard: () => string; ended: Promise<void> }> {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, heard: () => text, ended };
}
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('the proxy', () => {
  it('passes, delays in order, falls silent and goes on', async () => {
    proxy = await TcpProxy.open(port(echo));
    const { socket, heard } = await dial();
    socket.write('a');
    await until(() => heard() === 'a');
    proxy.mode = { kind: 'delay', ms: 60 };
    const begun = performance.now();
    socket.write('b');
    await new Promise((resolve) => setTimeout(resolve, 20));
    proxy.mode = { kind: 'pass' };
    socket.write('c');
    await until(() => heard() === 'abc');
    expect(performance.now() - begun).toBeGreaterThan(55);
    proxy.mode = { kind: 'mute' };
    socket.write('d');
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.mode = { kind: 'pass' };
    socket.write('e');
    await until(() => heard() === 'abce');
  });

  it('refuses, and cuts what stands', async () => {
    proxy = await TcpProxy.open(port(echo));
    const standing = await dial();
    proxy.mode = { kind: 'refuse' };
    proxy.cutAll();
    await standing.ended;
    await (await dial()).ended;
  });

  it('lets a listener keep the answer back by cutting the connection', async () => {
    const listener: Listener = {
      toServer: () => 'pass',
      toClient: (bytes) => (bytes.includes('secret') ? 'cut' : 'pass'),
    };
    proxy = await TcpProxy.open(port(echo), () => listener);
    const { socket, heard, ended } = await dial();
    socket.write('open');
    await until(() => heard() === 'open');
    socket.write('secret');
    await ended;
    expect(heard()).toBe('open');
  });
});
