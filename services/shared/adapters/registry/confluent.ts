import type { SchemaRegistry } from '@detent/pipeline';
import { SchemaIncompatibleError } from '../sqlite/registry.ts';

const TIMEOUT_MS = 10_000;
const CONFLICT = 409;
const NOT_FOUND = 404;
const TOO_MANY = 429;

/** Thrown when the registry gave no answer (retriable) or refused the request. */
export class RegistryError extends Error {
  readonly code: 'DETENT_REGISTRY_UNREACHABLE' | 'DETENT_REGISTRY_REFUSED';
  readonly retriable: boolean;
  constructor(code: RegistryError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
    this.code = code;
    this.retriable = code === 'DETENT_REGISTRY_UNREACHABLE';
  }
}

/**
 * `SchemaRegistry` over the HTTP interface of Confluent's (also Apicurio's `/apis/ccompat/v7`, Karapace, Redpanda).
 * `url` may hold a path and user:password.
 */
export function createConfluentRegistry(url: string): SchemaRegistry {
  const { base, headers } = target(url);

  async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const at = `${method} ${base}${path}`;
    let response: Response;
    let text: string;
    try {
      response = await fetch(base + path, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body && { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      const { cause } = error as { cause?: { code?: string; message?: string } };
      throw new RegistryError(
        'DETENT_REGISTRY_UNREACHABLE',
        `the schema registry gave no answer to ${at} (${cause?.code ?? (error as Error).message}): is it running, and is DETENT_REGISTRY_URL right?`,
        { cause: error },
      );
    }
    if (response.status >= 500 || response.status === TOO_MANY) {
      throw new RegistryError(
        'DETENT_REGISTRY_UNREACHABLE',
        `the schema registry failed at ${at}: ${response.status} ${text.slice(0, 200)}`,
      );
    }
    try {
      return { status: response.status, body: JSON.parse(text) as unknown };
    } catch {
      return { status: response.status, body: text };
    }
  }

  async function answered(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const answer = await ask(method, path, body);
    if (answer.status < 400) return answer.body;
    throw refusal(method, base + path, answer);
  }

  return {
    async register(subject, schema) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const answer = await ask('POST', path, { schema: JSON.stringify(schema) });
      if (answer.status === CONFLICT) {
        throw new SchemaIncompatibleError(
          `the registry refuses the schema for ${subject}: ${messageOf(answer.body)}. Add fields with defaults; do not rename, retype or drop required ones`,
        );
      }
      if (answer.status >= 400) throw refusal('POST', base + path, answer);
      return (answer.body as { id: number }).id;
    },
    async byId(id) {
      const answer = await ask('GET', `/schemas/ids/${id}`);
      if (answer.status === NOT_FOUND) return undefined;
      if (answer.status >= 400) throw refusal('GET', `${base}/schemas/ids/${id}`, answer);
      return JSON.parse((answer.body as { schema: string }).schema) as object;
    },
    async subjects() {
      return (await answered('GET', '/subjects')) as string[];
    },
  };
}

/** `fetch` refuses credentials in a URL: they go into a header. */
function target(url: string): { base: string; headers: Record<string, string> } {
  const parsed = new URL(url);
  const headers: Record<string, string> = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  if (parsed.username !== '') {
    const credentials = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
    parsed.username = '';
    parsed.password = '';
  }
  return { base: parsed.toString().replace(/\/+$/, ''), headers };
}

function refusal(method: string, at: string, answer: { status: number; body: unknown }): RegistryError {
  return new RegistryError(
    'DETENT_REGISTRY_REFUSED',
    `the schema registry refused ${method} ${at}: ${answer.status} ${messageOf(answer.body)}. Check the path and the credentials in DETENT_REGISTRY_URL`,
  );
}

function messageOf(body: unknown): string {
  const message = (body as { message?: string } | null)?.message;
  return (message ?? (typeof body === 'string' ? body : JSON.stringify(body))).slice(0, 500);
}
