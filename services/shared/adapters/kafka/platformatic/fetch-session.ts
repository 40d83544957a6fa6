import { type Connection, ProtocolError } from '@platformatic/kafka';
import { type Fetched, fetchIn, NO_SESSION, type Wanted } from './fetch.ts';

const FIRST_EPOCH = 0;
const MAX_EPOCH = 0x7fffffff;
/** The broker has forgotten the session, or counts its fetches otherwise than we do. */
const LOST = new Set([70, 71]);

/**
 * What one broker remembers of our reading (KIP-227): a fetch names the partitions that changed since the one before, and
 * the answer holds those with news. Asking for all of them each time costs both sides more than the records do.
 */
export class FetchSession {
  #id = NO_SESSION;
  #epoch = FIRST_EPOCH;
  /** Offsets as last asked for, by topic and partition. */
  #asked: ReadonlyMap<string, Wanted> = new Map();
  readonly #ask: typeof fetchIn;

  constructor(ask: typeof fetchIn = fetchIn) {
    this.#ask = ask;
  }

  /** Committed records of what is wanted; partitions without news are left out. Waits up to `maxWaitMs` for the first. */
  async fetch(connection: Connection, wanted: readonly Wanted[], maxWaitMs: number): Promise<Fetched[]> {
    const now = new Map(wanted.map((one) => [`${one.topic}-${one.partition}`, one]));
    const before = this.#asked;
    const changed = [...now].flatMap(([key, one]) => (before.get(key)?.offset === one.offset ? [] : [one]));
    const forgotten = [...before].flatMap(([key, one]) => (now.has(key) ? [] : [one]));
    const session = { id: this.#id, epoch: this.#epoch, forgotten };
    // Whatever goes wrong, the next fetch begins anew.
    this.#forget();
    const { error, sessionId, fetched } = await this.#ask(session, connection, changed, now, maxWaitMs);
    if (LOST.has(error)) return this.fetch(connection, wanted, maxWaitMs);
    if (error !== 0) throw new ProtocolError(error);
    // Without an id the broker has no room for a session.
    if (sessionId === NO_SESSION) return fetched;
    this.#id = sessionId;
    this.#epoch = session.epoch === MAX_EPOCH ? FIRST_EPOCH + 1 : session.epoch + 1;
    this.#asked = now;
    return fetched;
  }

  #forget(): void {
    this.#id = NO_SESSION;
    this.#epoch = FIRST_EPOCH;
    this.#asked = new Map();
  }
}
