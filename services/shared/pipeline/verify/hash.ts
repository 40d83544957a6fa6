import { hash } from 'node:crypto';

/** A fingerprint of bytes: 96 bits, enough to tell any two states or records of an installation apart. */
export function hashOf(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'base64url').slice(0, 16);
}
