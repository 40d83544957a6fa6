import type { Logger } from '@detent/pipeline';
import { fastify } from 'fastify';
import type { MetricsRegistry } from '../metrics/prometheus.ts';

/** A request that brings something, its body byte for byte. Of a header given twice the first counts. */
export interface PostRequest {
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** Its answer, as JSON. */
export interface PostResponse {
  code: number;
  body: object;
}

/** What the endpoints tell of. */
export interface HttpSubject {
  /** Undefined when ready, else why not. */
  problem(): string | undefined;
  metrics: MetricsRegistry;
  /** Further read-only documents by path, as JSON. */
  documents?: Readonly<Record<string, () => Promise<object>>>;
  /** What may be posted, by path. */
  posts?: Readonly<Record<string, (request: PostRequest) => Promise<PostResponse>>>;
}

/** Thrown when the port cannot be had. */
export class PortError extends Error {
  readonly code = 'DETENT_HTTP_PORT';
  readonly retriable = false;
}

/** Bytes that a body may have. */
const MAX_BODY = 64 * 1024;

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves `/healthz` (the process lives), `/readyz` (503 with the reason while it cannot work) and `/metrics`.
 * `port` 0 takes a free one. Throws `PortError` when the port is taken.
 */
export async function startHttp(subject: HttpSubject, port: number, host: string, logger: Logger): Promise<HttpServer> {
  const app = fastify();
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const problem = subject.problem();
    return problem === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', problem });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(subject.metrics.contentType).send(await subject.metrics.text()),
  );
  for (const [path, document] of Object.entries(subject.documents ?? {})) app.get(path, document);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) => done(null, body));
  for (const [path, take] of Object.entries(subject.posts ?? {})) {
    app.post(path, async (request, reply) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
      );
      const { code, body } = await take({ headers, body: (request.body as Buffer | undefined) ?? Buffer.alloc(0) });
      return reply.code(code).send(body);
    });
  }
  try {
    await app.listen({ port, host });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const cause = code === 'EADDRINUSE' ? 'another process has it' : message;
    throw new PortError(
      `cannot listen on ${host}:${port}: ${cause}. Stop that process, or set DETENT_HTTP_PORT (0 takes a free port)`,
    );
  }
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  logger.info({ host, port: actual }, 'serving /healthz, /readyz and /metrics');
  return { port: actual, close: () => app.close() };
}
