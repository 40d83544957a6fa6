import type { Cause } from '@detent/pipeline';
import { StockBook } from './stock.ts';

/** What made a batch go. */
export type Trigger = 'urgency' | 'cutoff' | 'age' | 'fill' | 'found-empty' | 'check-failed';

/** One step of a batch. */
export interface BatchTask {
  orderId: string;
  lineId: string;
  skuId: string;
  quantity: number;
  locationId: string | null;
  /** The lot to be taken, where the stock there is told by lot. */
  lotId?: string;
  tote: string;
  /** Its place in the list as it was last published, from 1: the end of its task id. */
  number: number;
  done: boolean;
  /** Units that have left stock for it. */
  taken: number;
}

/** A released batch: people or robots have it, or will. */
export interface BatchState {
  batchId: string;
  /** The queue that released it. */
  queue: string;
  /** Queues of those of its orders that waited in another, by order. */
  queues?: Record<string, string>;
  siteId: string;
  trigger: Trigger;
  cause: Cause;
  /** Actions that it was released by, the newest last; each supersedes the one before. */
  actionIds: string[];
  /** How often it was changed for urgent orders. */
  joins: number;
  /** Other actions about it. */
  told: number;
  releasedAt: number;
  /** True once anybody has begun: then its list is not replaced any more. */
  begun: boolean;
  closed: boolean;
  /** True once it should have been done and is under way still: what is left of it goes back when `batchValidMs` is over. */
  overdue?: boolean;
  /** In walking order. */
  tasks: BatchTask[];
}

/** Released batches, and which of them an order, an action or a location concerns. Keeps what they claim of stock. */
export class Floor {
  readonly batches = new Map<string, BatchState>();
  readonly #stock: StockBook;
  readonly #byOrder = new Map<string, Set<string>>();
  readonly #byAction = new Map<string, string>();
  readonly #byPlace = new Map<string, Set<string>>();
  readonly #byQueue = new Map<string, Set<string>>();

  constructor(stock: StockBook) {
    this.#stock = stock;
  }

  add(batch: BatchState): void {
    this.batches.set(batch.batchId, batch);
    for (const actionId of batch.actionIds) this.#byAction.set(actionId, batch.batchId);
    put(this.#byQueue, batch.queue, batch.batchId);
    for (const task of batch.tasks) this.#index(batch, task);
  }

  addTasks(batch: BatchState, tasks: readonly BatchTask[]): void {
    batch.tasks.push(...tasks);
    for (const task of tasks) this.#index(batch, task);
  }

  addAction(batch: BatchState, actionId: string): void {
    batch.actionIds.push(actionId);
    this.#byAction.set(actionId, batch.batchId);
  }

  /** Takes units back from a task; the task goes when nothing is left of it. */
  cut(batch: BatchState, task: BatchTask, units: number): void {
    const open = Math.min(units, task.quantity - task.taken);
    task.quantity -= units;
    task.taken = Math.min(task.taken, task.quantity);
    this.#claim(batch, task, -Math.max(0, open));
    if (task.quantity > 0) return;
    batch.tasks.splice(batch.tasks.indexOf(task), 1);
    if (!batch.tasks.some(({ orderId }) => orderId === task.orderId)) drop(this.#byOrder, task.orderId, batch.batchId);
    const place = placeOf(batch, task);
    if (place !== null && !batch.tasks.some((other) => placeOf(batch, other) === place))
      drop(this.#byPlace, place, batch.batchId);
  }

  /**
   * Units left stock at a location: what was promised to tasks there is fulfilled; those of that lot first, of them the done
   * ones, then those of batches that are begun, and the old before the new. `lotId`: empty where no lot is told.
   */
  taken(id: string, locationId: string, lotId: string, units: number): BatchState[] {
    const changed = new Set<BatchState>();
    let left = units;
    const isOfLot = (task: BatchTask) => lotId === '' || lotOf(task) === lotId;
    const stages = [isDone, isBegun, isAny];
    const ofLot = stages.map((is) => (task: BatchTask, batch: BatchState) => isOfLot(task) && is(task, batch));
    for (const isNext of lotId === '' ? stages : [...ofLot, ...stages]) {
      for (const batch of this.at(id, locationId)) {
        for (const task of batch.tasks) {
          if (left <= 0) return [...changed];
          if (!isNext(task, batch) || placeOf(batch, task) !== `${id}@${locationId}`) continue;
          const more = Math.min(left, task.quantity - task.taken);
          if (more <= 0) continue;
          task.taken += more;
          left -= more;
          this.#claim(batch, task, -more);
          changed.add(batch);
        }
      }
    }
    return [...changed];
  }

  /** Notes that a task is done. What left its location before, and was put down to tasks still to be done, was for it. */
  done(batch: BatchState, task: BatchTask, units: number): BatchState[] {
    task.done = true;
    if (task.locationId === null) return [];
    const changed: BatchState[] = [];
    for (const other of this.at(StockBook.idOf(batch.siteId, task.skuId), task.locationId).reverse()) {
      for (const each of other.tasks) {
        const more = Math.min(units - task.taken, each.taken);
        if (each.done || more <= 0 || placeOf(other, each) !== placeOf(batch, task)) continue;
        each.taken -= more;
        task.taken += more;
        // The one is promised again what the other has had, be it of another lot.
        this.#claim(other, each, more);
        this.#claim(batch, task, -more);
        if (other !== batch && !changed.includes(other)) changed.push(other);
      }
    }
    return changed;
  }

  remove(batch: BatchState): void {
    for (const task of [...batch.tasks]) this.cut(batch, task, task.quantity);
    for (const actionId of batch.actionIds) this.#byAction.delete(actionId);
    drop(this.#byQueue, batch.queue, batch.batchId);
    this.batches.delete(batch.batchId);
  }

  /** Batches that hold something of an order, the oldest first. */
  of(orderId: string): BatchState[] {
    return this.#sorted(this.#byOrder.get(orderId));
  }

  ofQueue(queue: string): BatchState[] {
    return this.#sorted(this.#byQueue.get(queue));
  }

  /** Batches with tasks for one SKU at a location, the oldest first. */
  at(id: string, locationId: string): BatchState[] {
    return this.#sorted(this.#byPlace.get(`${id}@${locationId}`));
  }

  byAction(actionId: string): BatchState | undefined {
    const batchId = this.#byAction.get(actionId);
    return batchId === undefined ? undefined : this.batches.get(batchId);
  }

  #index(batch: BatchState, task: BatchTask): void {
    put(this.#byOrder, task.orderId, batch.batchId);
    const place = placeOf(batch, task);
    if (place !== null) put(this.#byPlace, place, batch.batchId);
    this.#claim(batch, task, task.quantity - task.taken);
  }

  #claim(batch: BatchState, task: BatchTask, units: number): void {
    const { skuId, locationId } = task;
    if (locationId !== null) this.#stock.claim(StockBook.idOf(batch.siteId, skuId), locationId, lotOf(task), units);
  }

  #sorted(ids: ReadonlySet<string> | undefined): BatchState[] {
    return [...(ids ?? [])]
      .map((batchId) => this.batches.get(batchId)!)
      .sort((a, b) => a.releasedAt - b.releasedAt || (a.batchId < b.batchId ? -1 : 1));
  }
}

/** The queue that an order of a batch waited in: it says where its totes go. */
export function queueKeyOf({ queue, queues }: BatchState, orderId: string): string {
  return queues?.[orderId] ?? queue;
}

/** The lot that a task takes; empty where the stock is not told by lot. */
export function lotOf({ lotId = '' }: BatchTask): string {
  return lotId;
}

/** SKU and location of a task; null where it has none. */
export function placeOf({ siteId }: BatchState, { skuId, locationId }: BatchTask): string | null {
  return locationId === null ? null : `${StockBook.idOf(siteId, skuId)}@${locationId}`;
}

const isDone = ({ done }: BatchTask) => done;
const isBegun = (_task: BatchTask, { begun }: BatchState) => begun;
const isAny = () => true;

function put(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

function drop(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
