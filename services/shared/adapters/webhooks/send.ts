import type { Action } from '@detent/schemas';
import type { Endpoint } from './endpoints.ts';
import { signatureOf, webhookHeader } from './sign.ts';

/** What became of one try. `retry`: it may do better later, not before `afterMs`. */
export type Sent = { ok: true } | { ok: false; retry: boolean; reason: string; afterMs: number };

/** Answers that may be others later. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Posts an action to an endpoint once, signed at `now` (epoch ms). Never throws. */
export async function send(
  endpoint: Endpoint,
  action: Action,
  attempt: number,
  now: number,
  signal: AbortSignal,
): Promise<Sent> {
  const body = JSON.stringify(action);
  const timestamp = String(Math.floor(now / 1000));
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        [webhookHeader.timestamp]: timestamp,
        [webhookHeader.signature]: signatureOf(endpoint.secret, timestamp, body),
        [webhookHeader.endpoint]: endpoint.name,
        [webhookHeader.attempt]: String(attempt),
        [webhookHeader.idempotencyKey]: encodeURIComponent(action.actionId),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(endpoint.timeoutMs)]),
    });
    await response.body?.cancel();
    const { status } = response;
    if (status >= 200 && status < 300) return { ok: true };
    const retryAfter = Number(response.headers.get('retry-after') ?? 0);
    return {
      ok: false,
      retry: status >= 500 || PASSING.has(status),
      reason: `${endpoint.name} answered ${status}`,
      afterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : 0,
    };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    return { ok: false, retry: true, reason: `${endpoint.name} did not answer: ${why}`, afterMs: 0 };
  }
}
