const { imul } = Math;
const words = new Int32Array(2);
const whole = new BigInt64Array(words.buffer);

/** 64 bits of a text as two signed 32-bit words, so that comparing them allocates nothing. */
export interface Hash64 {
  hi: number;
  lo: number;
}

/**
 * Hashes a text into `out`. Two multiply-rotate lanes over its UTF-16 units that are mixed with each other at the end:
 * quick and well spread, but not safe against someone who looks for collisions. Stored in states: it must never change.
 */
export function hash64(text: string, out: Hash64): void {
  let a = 0x2545f491 ^ text.length;
  let b = 0x1b873593 ^ text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = imul(a ^ unit, 0x2c1b3c6d);
    a = (a << 15) | (a >>> 17);
    b = imul(b ^ unit, 0x297a2d39) + a;
    b = (b << 13) | (b >>> 19);
  }
  a = finish(a ^ imul(b, 0x165667b1));
  b = finish(b + imul(a, 0x27d4eb2f));
  out.hi = a;
  out.lo = b;
}

function finish(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = imul(mixed, 0x846ca68b | 0);
  return mixed ^ (mixed >>> 16);
}

/** Both words as one value, for sets. */
export function toBigInt(hi: number, lo: number): bigint {
  words[0] = lo;
  words[1] = hi;
  return whole[0]!;
}
