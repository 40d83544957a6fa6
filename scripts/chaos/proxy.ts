import { connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '../stack/ports.ts';

/** What a link does. `pass`; `delay`: every piece comes `ms` later; `refuse`: as if nothing listened; `mute`: it takes all and says nothing. */
export type LinkMode = { kind: 'pass' } | { kind: 'delay'; ms: number } | { kind: 'refuse' } | { kind: 'mute' };

/** Hears the bytes of one connection before they pass. `cut`: they do not, and both sides are ended at once. */
export interface Listener {
  toServer(bytes: Buffer): 'pass' | 'cut';
  toClient(bytes: Buffer): 'pass' | 'cut';
}

/** A TCP proxy on loopback before a part, to make its network misbehave. */
export class TcpProxy {
  readonly port: number;
  /** Holds for connections that stand too, except that only new ones are `refuse`d: end those by `cutAll`. */
  mode: LinkMode = { kind: 'pass' };
  readonly #server: Server;
  readonly #target: number;
  readonly #listen: (() => Listener) | undefined;
  readonly #links = new Set<() => void>();

  private constructor(server: Server, target: number, listen: (() => Listener) | undefined) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
    this.#target = target;
    this.#listen = listen;
    server.on('connection', (client) => this.#connect(client));
  }

  /** Listens on a free port for connections to `target`; `listen` makes who listens in to each. */
  static async open(target: number, listen?: () => Listener): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, loopback, resolve);
    });
    return new TcpProxy(server, target, listen);
  }

  /** Ends every connection that stands. */
  cutAll(): void {
    for (const cut of [...this.#links]) cut();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cutAll();
    await closed;
  }

  #connect(client: Socket): void {
    if (this.mode.kind === 'refuse') {
      client.destroy();
      return;
    }
    const server = connect({ host: loopback, port: this.#target, noDelay: true });
    const cut = () => {
      this.#links.delete(cut);
      client.destroy();
      server.destroy();
    };
    this.#links.add(cut);
    const listener = this.#listen?.();
    const [toServer, toClient] = [new Lane(server), new Lane(client)];
    client.on('data', (bytes) => {
      if (listener?.toServer(bytes) === 'cut') cut();
      else toServer.pass(bytes, this.mode);
    });
    server.on('data', (bytes) => {
      if (listener?.toClient(bytes) === 'cut') cut();
      else toClient.pass(bytes, this.mode);
    });
    for (const socket of [client, server]) {
      socket.on('error', cut);
      socket.on('close', cut);
    }
  }
}

/** One direction of a connection. */
class Lane {
  readonly #to: Socket;
  /** The last piece that is still on its way; what follows waits for it, so that the order stays. */
  #onItsWay: Promise<void> | undefined;

  constructor(to: Socket) {
    this.#to = to;
  }

  pass(bytes: Buffer, mode: LinkMode): void {
    if (mode.kind === 'mute') return;
    if (mode.kind !== 'delay' && this.#onItsWay === undefined) {
      this.#write(bytes);
      return;
    }
    const arrived = new Promise<void>((resolve) => setTimeout(resolve, mode.kind === 'delay' ? mode.ms : 0));
    const written: Promise<void> = Promise.all([this.#onItsWay, arrived]).then(() => {
      this.#write(bytes);
      if (this.#onItsWay === written) this.#onItsWay = undefined;
    });
    this.#onItsWay = written;
  }

  #write(bytes: Buffer): void {
    if (!this.#to.destroyed) this.#to.write(bytes);
  }
}
