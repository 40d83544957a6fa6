import type { Logger } from '@detent/pipeline';
import { fastify } from 'fastify';
import type { MetricsRegistry } from '../metrics/prometheus.ts';

/** What the endpoints tell of. */
export interface HttpSubject {
  /** Undefined when ready, else why not. */
  problem(): string | undefined;
  metrics: MetricsRegistry;
  /** Further read-only documents by path, as JSON. */
  documents?: Readonly<Record<string, () => Promise<object>>>;
}

/** Thrown when the port cannot be had. */
export class PortError extends Error {
  readonly code = 'DETENT_HTTP_PORT';
  readonly retriable = false;
}

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
