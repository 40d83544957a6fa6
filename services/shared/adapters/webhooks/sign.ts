import { createHmac, timingSafeEqual } from 'node:crypto';

/** Headers of a webhook, in both directions. */
export const webhookHeader = {
  /** Unix seconds at which it was signed. */
  timestamp: 'detent-timestamp',
  /** `v1=` and the HMAC-SHA256, in hex, of timestamp, a dot and the body, byte for byte. */
  signature: 'detent-signature',
  /** Name of the endpoint whose secret signs. */
  endpoint: 'detent-endpoint',
  /** 1 for the first try. */
  attempt: 'detent-attempt',
  /** The action's id, percent-encoded: the same at every try. */
  idempotencyKey: 'idempotency-key',
} as const;

/** A signature further from the clock than this is not accepted, ms: a recorded request is of no use later. */
export const TOLERANCE_MS = 5 * 60_000;

/** The signature of a body. `timestamp`: Unix seconds, as in its header. */
export function signatureOf(secret: string, timestamp: string, body: Buffer | string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;
}

/** What is wrong with a signature, or undefined where it holds. `now`: epoch ms. Takes the same time whatever is wrong with it. */
export function signatureFault(
  secret: string,
  { timestamp, signature }: { timestamp: string | undefined; signature: string | undefined },
  body: Buffer,
  now: number,
): string | undefined {
  if (timestamp === undefined || signature === undefined)
    return `the headers ${webhookHeader.timestamp} and ${webhookHeader.signature} must be there`;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1000 - now) > TOLERANCE_MS)
    return `${webhookHeader.timestamp} must be Unix seconds within ${TOLERANCE_MS / 60_000} minutes of now: set the clock right`;
  const expected = Buffer.from(signatureOf(secret, timestamp, body));
  const given = Buffer.from(signature);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return undefined;
  return 'the signature is not that of this body with the endpoint’s secret: sign the bytes that are sent';
}
