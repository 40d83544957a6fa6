import type { Book, Queue } from '../book.ts';
import type { PickingConfig } from '../config.ts';
import type { Batches } from '../floor/batches.ts';

/** What those who release orders work with. */
export interface Hands {
  readonly book: Book;
  readonly config: PickingConfig;
  readonly batches: Batches;
}

/** Queues of a site whose orders may share a batch with those of this one: itself first, then the others by key. */
export function companyOf(queue: Queue, { book, config }: Pick<Hands, 'book' | 'config'>): readonly Queue[] {
  const together = config.together.find((lanes) => lanes.includes(queue.lane));
  if (together === undefined) return [queue];
  const others = book
    .queuesOf(queue.siteId)
    .filter((other) => other.key !== queue.key && together.includes(other.lane) && !book.isHeld(other));
  return [queue, ...others];
}
