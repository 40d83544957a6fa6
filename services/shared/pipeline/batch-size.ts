const SLOW_MS = 4_000;
const QUICK_MS = 1_000;
const LEAST = 100;

/**
 * How many records a batch of a service may hold in this process. A transaction has a timeout (15 s on Kafka), and a
 * batch that outlasts it on a slow machine would fail for ever: a slow or failed batch halves the size, a quick full one
 * doubles it again up to `most`. What comes of the records does not depend on it.
 */
export class BatchSize {
  readonly #most: number;
  #records: number;

  constructor(most: number) {
    this.#most = most;
    this.#records = most;
  }

  get records(): number {
    return this.#records;
  }

  /** A batch of so many records was committed after so long. */
  took(records: number, ms: number): void {
    if (ms > SLOW_MS) this.#halve(records);
    else if (ms < QUICK_MS && records >= this.#records) this.#records = Math.min(this.#most, this.#records * 2);
  }

  /** A task ended by an error, perhaps for its batch was too large. */
  failed(): void {
    this.#halve(this.#records);
  }

  #halve(records: number): void {
    this.#records = Math.min(this.#records, Math.max(Math.min(LEAST, this.#most), records >> 1));
  }
}
