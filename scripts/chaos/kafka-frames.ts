/** Api key of the request that ends a transaction. */
export const END_TXN = 26;
const SIZE_BYTES = 4;

/**
 * Finds the frames in one direction of a connection of the Kafka protocol, however they are cut into pieces. `headBytes`
 * after the size are kept of each, the rest is only counted.
 */
export class FrameReader {
  readonly #headBytes: number;
  #head = Buffer.alloc(0);
  /** Bytes of the frame at hand that are not kept and still to come; −1 while its head is not complete. */
  #left = -1;

  constructor(headBytes: number) {
    this.#headBytes = headBytes;
  }

  /** Heads of the frames that end with these bytes. */
  *read(bytes: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left < 0) {
        const wanted = SIZE_BYTES + this.#headBytes - this.#head.length;
        const piece = bytes.subarray(at, at + wanted);
        this.#head = Buffer.concat([this.#head, piece]);
        at += piece.length;
        if (piece.length < wanted) return;
        this.#left = this.#head.readInt32BE(0) - this.#headBytes;
      }
      const taken = Math.min(this.#left, bytes.length - at);
      this.#left -= taken;
      at += taken;
      if (this.#left > 0) return;
      const head = this.#head.subarray(SIZE_BYTES);
      this.#head = Buffer.alloc(0);
      this.#left = -1;
      yield head;
    }
  }
}

/** A request's head: api key, version, correlation id. */
export const REQUEST_HEAD_BYTES = 8;
/** An answer's head: correlation id. */
export const ANSWER_HEAD_BYTES = 4;

export function requestOf(head: Buffer): { apiKey: number; correlationId: number } {
  return { apiKey: head.readInt16BE(0), correlationId: head.readInt32BE(4) };
}
