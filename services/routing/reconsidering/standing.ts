import { type Cause, type Effects, takeChange } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import type { Book } from '../book/book.ts';
import type { StandingState } from '../book/states.ts';
import type { Sweeping } from './sweeping.ts';

/** Follows where carriers and lanes stand. When one gets worse, the orders that it has are looked at again. */
export class Standing {
  readonly #book: Book;
  readonly #sweeping: Sweeping;

  constructor(book: Book, sweeping: Sweeping) {
    this.#book = book;
    this.#sweeping = sweeping;
  }

  change(change: SegmentChanged, at: number, effects: Effects): void {
    const { entityType, dimension } = change;
    const { carriers, congestion } = this.#book;
    if (entityType === 'carrier' && dimension === 'reliability') {
      const cause = this.#take(change, carriers, 'carrier', effects);
      if (cause && cause.segment !== 'reliable') this.#sweeping.begin(cause, false, at, effects);
    } else if (entityType === 'lane' && dimension === 'congestion') {
      const cause = this.#take(change, congestion, 'congestion', effects);
      if (cause && cause.segment === 'congested') this.#sweeping.begin(cause, false, at, effects);
    }
  }

  /** Takes a change; returns it as a cause where it is new and may command. */
  #take(change: SegmentChanged, all: Map<string, StandingState>, prefix: string, effects: Effects): Cause | undefined {
    const { entityType, entityId, dimension } = change;
    const state = all.get(entityId) ?? { standings: {} };
    const taken = takeChange(state.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return undefined;
    }
    // It stands otherwise now: what it was before does not count any more.
    this.#sweeping.end(change, effects);
    if (taken === 'ended') {
      all.delete(entityId);
      effects.drop(`${prefix}:${entityId}`);
      return undefined;
    }
    all.set(entityId, state);
    effects.save(`${prefix}:${entityId}`, state);
    const standing = state.standings[dimension];
    return standing?.commands ? { ...standing, entityType, entityId, dimension } : undefined;
  }
}
