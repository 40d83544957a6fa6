/** Api key of the request that ends a transaction. */
export const END_TXN = 26;
const HEAD_BYTES = 8;

/** Finds the requests in the bytes that a Kafka client sends, however they are cut into pieces. */
export class RequestReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Requests whose head is complete with these bytes, each told once. */
  *read(bytes: Buffer): Generator<{ apiKey: number; correlationId: number }> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (this.#rest.length - at >= 4) {
      const length = this.#rest.readInt32BE(at);
      if (this.#rest.length - at < 4 + length) break;
      if (length >= HEAD_BYTES)
        yield { apiKey: this.#rest.readInt16BE(at + 4), correlationId: this.#rest.readInt32BE(at + 8) };
      at += 4 + length;
    }
    this.#rest = this.#rest.subarray(at);
  }
}

/** Finds the answers in the bytes that a broker sends. */
export class AnswerReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Correlation ids of the answers that are complete with these bytes. */
  *read(bytes: Buffer): Generator<number> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (this.#rest.length - at >= 8) {
      const length = this.#rest.readInt32BE(at);
      if (this.#rest.length - at < 4 + length) break;
      yield this.#rest.readInt32BE(at + 4);
      at += 4 + length;
    }
    this.#rest = this.#rest.subarray(at);
  }
}
