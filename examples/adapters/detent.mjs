// What an adapter needs of the contract: check what comes, sign what goes. Nothing but node:crypto.
import { createHmac, timingSafeEqual } from 'node:crypto';

const sign = (secret, timestamp, body) =>
  `v1=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`;

/** True when the request comes from whoever has the secret, and not from yesterday. `body`: the bytes as they came. */
export function isGenuine(secret, headers, body, now = Date.now()) {
  const timestamp = String(headers['detent-timestamp'] ?? '');
  if (!(Math.abs(Number(timestamp) * 1000 - now) <= 5 * 60_000)) return false;
  const expected = Buffer.from(sign(secret, timestamp, body));
  const given = Buffer.from(String(headers['detent-signature'] ?? ''));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Tells Detent what became of an action. Throws unless it is accepted; then send the same again. */
export async function tellStatus({ url, endpoint, secret }, status) {
  const body = JSON.stringify(status);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'detent-endpoint': endpoint,
      'detent-timestamp': timestamp,
      'detent-signature': sign(secret, timestamp, body),
    },
    body,
  });
  if (response.status !== 202) throw new Error(`status refused: ${response.status} ${await response.text()}`);
}
