import { connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '../stack/ports.ts';

/** What a link does. `pass`; `delay`: every piece comes `ms` later; `refuse`: as if nothing listened; `mute`: it takes all and says nothing. */
export type LinkMode = { kind: 'pass' } | { kind: 'delay'; ms: number } | { kind: 'refuse' } | { kind: 'mute' };

/** One connection through the link, for who listens in. */
export interface Link {
  /** Ends both sides at once. */
  cut(): void;
  /** From now on the client hears nothing more. */
  deafen(): void;
}

/** Hears the bytes of a connection as they pass. */
export interface Listener {
  toServer?(bytes: Buffer): void;
  toClient?(bytes: Buffer): void;
}

/** A TCP proxy on loopback before a part, to make its network misbehave. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #target: number;
  readonly #links = new Set<() => void>();
  #mode: LinkMode = { kind: 'pass' };
  /** Makes a listener for each new connection. */
  listen: ((link: Link) => Listener) | undefined;

  private constructor(server: Server, port: number, target: number) {
    this.#server = server;
    this.port = port;
    this.#target = target;
    server.on('connection', (client) => this.#connect(client));
  }

  /** Listens on a free port (or `port`) for connections to `target`. */
  static async open(target: number, port = 0): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, loopback, resolve);
    });
    return new TcpProxy(server, (server.address() as { port: number }).port, target);
  }

  get mode(): LinkMode {
    return this.#mode;
  }

  /** Holds for connections that stand too; refusing ends them. */
  set mode(mode: LinkMode) {
    this.#mode = mode;
    if (mode.kind === 'refuse') this.cutAll();
  }

  /** Ends every connection that stands. */
  cutAll(): void {
    for (const cut of [...this.#links]) cut();
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: Socket): void {
    if (this.#mode.kind === 'refuse') {
      client.destroy();
      return;
    }
    const server = connect({ host: loopback, port: this.#target, noDelay: true });
    let deaf = false;
    const cut = () => {
      this.#links.delete(cut);
      client.destroy();
      server.destroy();
    };
    this.#links.add(cut);
    const listener = this.listen?.({
      cut,
      deafen: () => {
        deaf = true;
      },
    });
    client.on('data', (bytes) => {
      listener?.toServer?.(bytes);
      this.#pass(bytes, server);
    });
    server.on('data', (bytes) => {
      listener?.toClient?.(bytes);
      if (!deaf) this.#pass(bytes, client);
    });
    for (const socket of [client, server]) {
      socket.on('error', cut);
      socket.on('close', cut);
    }
  }

  /** Pieces of one direction keep their order: the delay is the same for all while it lasts, and lifting it waits for what is on its way. */
  #pass(bytes: Buffer, to: Socket): void {
    const mode = this.#mode;
    if (mode.kind === 'mute') return;
    if (mode.kind === 'delay' || delayed.has(to)) {
      const before = delayed.get(to) ?? Promise.resolve();
      const at = performance.now() + (mode.kind === 'delay' ? mode.ms : 0);
      const done = before
        .then(() => new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now()))))
        .then(() => {
          if (!to.destroyed) to.write(bytes);
          if (delayed.get(to) === done) delayed.delete(to);
        });
      delayed.set(to, done);
      return;
    }
    if (!to.destroyed) to.write(bytes);
  }
}

/** What is still on its way to a socket. */
const delayed = new WeakMap<Socket, Promise<void>>();
