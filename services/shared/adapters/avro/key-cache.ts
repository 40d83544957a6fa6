const SLOTS = 1024;
const MAX_BYTES = 64;
const NO_BYTES = Buffer.alloc(0);

/**
 * Text of bytes that come again and again, such as names of attributes: the same string each time, made once. A text
 * that falls on another's place takes it over, so that what producers send cannot make this grow.
 */
export class KeyCache {
  readonly #bytes: Buffer[] = new Array(SLOTS).fill(NO_BYTES);
  readonly #texts: string[] = new Array(SLOTS).fill('');

  /** The UTF-8 text of `buffer` from `start` to `end`. */
  text(buffer: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > MAX_BYTES) return buffer.toString('utf8', start, end);
    let hash = length;
    for (let at = start; at < end; at += 1) hash = (hash * 31 + buffer[at]!) | 0;
    const slot = hash & (SLOTS - 1);
    if (!isSame(this.#bytes[slot]!, buffer, start, length)) {
      this.#bytes[slot] = Buffer.from(buffer.subarray(start, end));
      this.#texts[slot] = buffer.toString('utf8', start, end);
    }
    return this.#texts[slot]!;
  }
}

function isSame(known: Buffer, buffer: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i += 1) if (known[i] !== buffer[start + i]) return false;
  return true;
}
