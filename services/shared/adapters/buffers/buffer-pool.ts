const LEAST_BYTES = 16 * 1024;
const MAX_BYTES = 16 * 1024 * 1024;
/** Buffers of a size that wait to be used again: a batch of each of a few tasks. */
const MAX_OF_SIZE = 8;
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Large buffers that are used again. V8 collects its whole heap for every 64 MiB that are allocated beside it, so what a
 * batch copies on its way out would cost the more, the more states are in memory. Sizes are powers of two; below 16 KiB
 * and above 16 MiB buffers are made as ever.
 */
export class BufferPool {
  readonly #free = new Map<number, ArrayBufferLike[]>();
  /** What is out. Small buffers share memory with others, so it is not told by its size. */
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #kept = 0;

  /** A buffer of just `bytes`; what stands in it is arbitrary. */
  take(bytes: number): Buffer {
    if (bytes < LEAST_BYTES || bytes > MAX_BYTES) return Buffer.allocUnsafe(bytes);
    const size = 2 ** Math.ceil(Math.log2(bytes));
    const kept = this.#free.get(size)?.pop();
    if (kept !== undefined) this.#kept -= size;
    const memory = kept ?? Buffer.allocUnsafeSlow(size).buffer;
    this.#lent.add(memory);
    return Buffer.from(memory, 0, bytes);
  }

  /**
   * Takes back what `take` returned when nobody will look at it again: it will be written over. What may still be under
   * way after an error is better not given back.
   */
  give({ buffer: memory }: Buffer): void {
    if (!this.#lent.delete(memory)) return;
    const size = memory.byteLength;
    const free = this.#free.get(size) ?? [];
    this.#free.set(size, free);
    if (free.length === MAX_OF_SIZE || this.#kept + size > MAX_KEPT_BYTES) return;
    free.push(memory);
    this.#kept += size;
  }
}

/** Of this process. */
export const buffers = new BufferPool();
