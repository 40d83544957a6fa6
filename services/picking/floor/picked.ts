import type { PickChecked, StockChanged, TaskCompleted } from '@detent/schemas';
import type { Book, Queue } from '../book.ts';
import type { Effects } from '../metrics.ts';
import { give, type OrderState, restOf } from '../order-state.ts';
import type { Queueing } from '../queues/queueing.ts';
import type { Sweeping } from '../queues/sweeping.ts';
import type { Batches } from './batches.ts';
import { type BatchState, type BatchTask, lotOf, placeOf, queueKeyOf, type Trigger } from './floor.ts';
import { StockBook } from './stock.ts';

/** What the floor reports of released batches: picks, goods not found, checks that fail. */
export class Picked {
  readonly #book: Book;
  readonly #queueing: Queueing;
  readonly #batches: Batches;
  readonly #sweeping: Sweeping;

  constructor(book: Book, queueing: Queueing, sweeping: Sweeping) {
    this.#book = book;
    this.#sweeping = sweeping;
    this.#queueing = queueing;
    this.#batches = queueing.batches;
  }

  /** A task was done, or done in part: what is missing is fetched elsewhere, and its location counts as empty. */
  task(done: TaskCompleted, at: number, effects: Effects): void {
    if (done.taskType !== 'pick') return;
    const found = this.#find(done);
    if (found === undefined) return;
    const { batch, task, isSure } = found;
    batch.begun = true;
    const { skuId, locationId, quantity } = task;
    const picked = isSure ? Math.min(quantity, Math.max(0, done.quantity)) : quantity;
    if (picked > 0) this.#done(batch, task, picked, at, effects);
    if (picked === quantity) {
      this.#batches.finish(batch, at, effects);
      return;
    }
    effects.note('pick-short');
    const order = this.#book.orders.get(task.orderId);
    this.#batches.cut(batch, order, task, quantity - picked);
    this.#batches.finish(batch, at, effects);
    if (locationId !== null) this.#empty(StockBook.idOf(batch.siteId, skuId), locationId, lotOf(task), at, effects);
    if (order !== undefined) this.#fetchAgain(order, batch, 'found-empty', at, effects);
  }

  /** A line of an order in a batch was picked, or is further. */
  line(order: OrderState, lineId: string, at: number, effects: Effects): void {
    for (const batch of this.#book.floor.of(order.orderId)) {
      let isChanged = false;
      for (const task of batch.tasks) {
        if (task.orderId !== order.orderId || task.lineId !== lineId || task.done) continue;
        this.#done(batch, task, task.quantity, at, effects);
        isChanged = true;
      }
      if (!isChanged) continue;
      batch.begun = true;
      this.#batches.finish(batch, at, effects);
    }
  }

  /** A check failed: the line is picked again, once. Too few means that nothing more lies where it was taken from. */
  checked(check: PickChecked, at: number, effects: Effects): void {
    const { orderId, lineId, ok, error } = check;
    const order = this.#book.orders.get(orderId);
    if (ok || error === 'over' || order?.given[lineId] === undefined || order.rechecked.includes(lineId)) return;
    const batches = this.#book.floor.of(orderId);
    const last = batches.findLast(({ tasks }) => tasks.some((task) => isDone(task, orderId, lineId)));
    let open = 0;
    const emptied: [string, string, string][] = [];
    for (const batch of batches) {
      for (const task of batch.tasks.filter((each) => each.orderId === orderId && each.lineId === lineId)) {
        if (!task.done) {
          open += task.quantity;
          continue;
        }
        if (error === 'short' && task.locationId !== null)
          emptied.push([StockBook.idOf(batch.siteId, task.skuId), task.locationId, lotOf(task)]);
        this.#batches.cut(batch, order, task, task.quantity);
      }
      this.#batches.save(batch, at, effects);
    }
    // What batches that are forgotten brought is wrong as well.
    give(order, lineId, open - (order.given[lineId] ?? 0));
    order.rechecked.push(lineId);
    effects.note('check-failed');
    for (const [id, locationId, lotId] of emptied) this.#empty(id, locationId, lotId, at, effects);
    if (last) this.#fetchAgain(order, last, 'check-failed', at, effects);
    else this.#queueing.settle(order, at, effects);
  }

  /** Stock changed: picks fulfil what was promised; where less lies than is promised, tasks go elsewhere. */
  stock(changed: StockChanged, at: number, effects: Effects): void {
    if (changed.status !== 'available') return;
    const id = StockBook.idOf(changed.siteId, changed.skuId);
    const { before, after } = this.#book.stock.take(changed);
    effects.save(`stock:${id}`, this.#book.stock.stateOf(id)!);
    if (changed.reason === 'pick' && after < before) {
      for (const batch of this.#book.floor.taken(id, changed.locationId, changed.lotId ?? '', before - after))
        this.#batches.save(batch, at, effects);
    }
    const { skuId, locationId, lotId } = changed;
    if (lotId != null)
      this.#displace(id, locationId, lotId, `lot ${lotId} of ${skuId} is not at ${locationId} any more`, at, effects);
    this.#displace(id, locationId, '', `${skuId} is not at ${locationId} any more`, at, effects);
    if (after > before) this.#sweeping.begin(`stock:${id}`, at, effects);
  }

  #done(batch: BatchState, task: BatchTask, units: number, at: number, effects: Effects): void {
    for (const other of this.#book.floor.done(batch, task, units)) this.#batches.save(other, at, effects);
  }

  #empty(id: string, locationId: string, lotId: string, at: number, effects: Effects): void {
    this.#book.stock.empty(id, locationId, lotId);
    const state = this.#book.stock.stateOf(id);
    if (state) effects.save(`stock:${id}`, state);
    const because =
      lotId === '' ? `${locationId} was found empty` : `no more of lot ${lotId} was found at ${locationId}`;
    if (lotId !== '') this.#displace(id, locationId, lotId, because, at, effects);
    this.#displace(id, locationId, '', because, at, effects);
  }

  /**
   * Takes tasks away from a location until what is promised there, of a lot where one is named, is there; the newest batches
   * give way.
   */
  #displace(id: string, locationId: string, lotId: string, because: string, at: number, effects: Effects): void {
    const { stock } = this.#book;
    let over = stock.claimed(id, locationId, lotId) - stock.unitsAt(id, locationId, lotId);
    if (over <= 0) return;
    for (const batch of this.#book.floor.at(id, locationId).reverse()) {
      const cut = new Map<OrderState, BatchTask[]>();
      const isThere = (task: BatchTask) =>
        placeOf(batch, task) === `${id}@${locationId}` && (lotId === '' || lotOf(task) === lotId);
      for (const task of batch.tasks.filter((each) => !each.done && isThere(each))) {
        const order = this.#book.orders.get(task.orderId);
        const less = Math.min(over, task.quantity - task.taken);
        if (less <= 0 || order === undefined) continue;
        over -= less;
        cut.set(order, [...(cut.get(order) ?? []), { ...task, quantity: less }]);
        this.#batches.cut(batch, order, task, less);
      }
      if (cut.size > 0) this.#sendElsewhere(batch, cut, because, at, effects);
      if (over <= 0) return;
    }
  }

  #sendElsewhere(
    batch: BatchState,
    cut: ReadonlyMap<OrderState, BatchTask[]>,
    because: string,
    at: number,
    effects: Effects,
  ): void {
    effects.note('location-empty');
    if (batch.begun) {
      for (const [order, tasks] of cut) {
        this.#batches.tellCut(batch, order, tasks, because, at, effects);
        this.#fetchAgain(order, batch, 'found-empty', at, effects);
      }
      return;
    }
    const apart: OrderState[] = [];
    for (const order of cut.keys()) {
      const queue = this.#queueIn(batch, order);
      // It may lack more than was cut here.
      if (!this.#batches.fits(batch, order, queue)) apart.push(order);
      else if (order.queue === null && !order.waitsForStock) this.#batches.add(batch, order, queue, at, effects);
    }
    this.#batches.replace(batch, because, at, effects);
    for (const order of cut.keys()) {
      if (apart.includes(order)) this.#queueing.settle(order, at, effects);
      else this.#wait(order, at, effects);
    }
  }

  /** Sends somebody at once for what is missing of an order that is being picked; what there is none of waits. */
  #fetchAgain(order: OrderState, batch: BatchState, trigger: Trigger, at: number, effects: Effects): void {
    const queue = this.#queueIn(batch, order);
    if (order.queue === null && !order.waitsForStock && restOf(order).length > 0)
      this.#queueing.releasing.now(queue, order, trigger, batch.batchId, at, effects);
    else this.#wait(order, at, effects);
  }

  /** What is left of an order waits: with its other parts where those wait, else for stock. */
  #wait(order: OrderState, at: number, effects: Effects): void {
    if (restOf(order).length === 0 || order.queue !== null || order.waitsForStock)
      this.#queueing.settle(order, at, effects);
    else {
      this.#queueing.releasing.shortages.await(order, at, at, effects);
      this.#queueing.releasing.saveOrder(order, at, effects);
    }
  }

  #queueIn(batch: BatchState, { orderId }: OrderState): Queue {
    return this.#book.queueAt(queueKeyOf(batch, orderId))!;
  }

  /** The task that a report is of: by the action that asked for it, else by order, SKU and location. */
  #find(done: TaskCompleted): { batch: BatchState; task: BatchTask; isSure: boolean } | undefined {
    const batch = done.actionId == null ? undefined : this.#book.floor.byAction(done.actionId);
    if (batch) {
      const actionId = batch.actionIds.at(-1)!;
      const number = done.taskId.startsWith(`${actionId}:`) ? Number(done.taskId.slice(actionId.length + 1)) : 0;
      const task =
        batch.tasks.find((each) => each.number === number) ??
        // A list that was replaced meanwhile, or ids of the floor's own.
        batch.tasks.find((each) => number === 0 && !each.done && isOf(each, done));
      return task === undefined || task.done ? undefined : { batch, task, isSure: true };
    }
    if (done.orderId == null || done.skuId == null) return undefined;
    for (const other of this.#book.floor.of(done.orderId)) {
      const task = other.tasks.find((each) => !each.done && isOf(each, done));
      if (task) return { batch: other, task, isSure: false };
    }
    return undefined;
  }
}

function isDone(task: BatchTask, orderId: string, lineId: string): boolean {
  return task.done && task.orderId === orderId && task.lineId === lineId;
}

function isOf(task: BatchTask, { orderId, skuId, locationId }: TaskCompleted): boolean {
  return (
    (orderId == null || task.orderId === orderId) &&
    (skuId == null || task.skuId === skuId) &&
    (locationId == null || task.locationId === null || task.locationId === locationId)
  );
}
