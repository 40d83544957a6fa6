import { VarintReader } from './varint-reader.ts';

const NO_BYTES = Buffer.alloc(0);

/** Headers of a record, whose count stands at `at`. Of one given several times the last counts; one without a value is empty. */
export function readHeaders(bytes: Buffer, at: number): Record<string, Buffer> {
  const headers: Record<string, Buffer> = {};
  const reader = new VarintReader(bytes, at);
  for (let count = reader.varint(); count > 0; count -= 1) {
    const name = reader.sized()?.toString() ?? '';
    headers[name] = reader.sized() ?? NO_BYTES;
  }
  return headers;
}
