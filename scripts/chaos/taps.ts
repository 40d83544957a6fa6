import { ANSWER_HEAD_BYTES, END_TXN, FrameReader, REQUEST_HEAD_BYTES, requestOf } from './kafka-frames.ts';
import type { Listener } from './proxy.ts';

/** Which half of a commit is lost: the request before the broker hears it, or the answer after it has committed. */
export type Half = 'request' | 'answer';

/** Finds the commits that pass, and cuts the connection of the next one on demand. */
export class CommitTap {
  #armed: { half: Half; done(): void } | undefined;

  /** Resolves once a half of a commit was lost. */
  loseNext(half: Half): Promise<void> {
    return new Promise((resolve) => {
      this.#armed = { half, done: resolve };
    });
  }

  /** Who listens in to one connection. */
  listener(): Listener {
    const requests = new FrameReader(REQUEST_HEAD_BYTES);
    const answers = new FrameReader(ANSWER_HEAD_BYTES);
    const commits = new Set<number>();
    return {
      toServer: (bytes) => {
        let verdict: 'pass' | 'cut' = 'pass';
        for (const head of requests.read(bytes)) {
          const { apiKey, correlationId } = requestOf(head);
          if (apiKey !== END_TXN) continue;
          if (this.#fires('request')) verdict = 'cut';
          else commits.add(correlationId);
        }
        return verdict;
      },
      toClient: (bytes) => {
        let verdict: 'pass' | 'cut' = 'pass';
        for (const head of answers.read(bytes)) {
          if (commits.delete(head.readInt32BE(0)) && this.#fires('answer')) verdict = 'cut';
        }
        return verdict;
      },
    };
  }

  #fires(half: Half): boolean {
    if (this.#armed?.half !== half) return false;
    this.#armed.done();
    this.#armed = undefined;
    return true;
  }
}

/** Tells when a batch has read its states from Redis: its commit is still to come. */
export class ReadTap {
  #waiting: (() => void)[] = [];

  /** Resolves as the next answer to a read of states passes. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  listener(): Listener {
    let asked = false;
    return {
      toServer: (bytes) => {
        if (bytes.includes('mget')) asked = true;
        return 'pass';
      },
      toClient: () => {
        if (asked) for (const resolve of this.#waiting.splice(0)) resolve();
        asked = false;
        return 'pass';
      },
    };
  }
}
