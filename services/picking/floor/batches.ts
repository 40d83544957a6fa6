import { type Alternative, membershipsOf, type PlaybookFor } from '@detent/pipeline';
import type { Book, Queue } from '../book.ts';
import type { LaneRules, PickingConfig } from '../config.ts';
import type { Effects } from '../metrics.ts';
import { give, type OrderLine, type OrderState, restOf } from '../order-state.ts';
import type { Packing } from '../packing/packing.ts';
import { capacityOf } from '../queues/capacity.ts';
import { Room, splitTasks } from '../queues/queued.ts';
import { type BatchState, type BatchTask, queueKeyOf, type Trigger } from './floor.ts';
import type { Located } from './stock.ts';

/** What is said about a new batch, besides its tasks. */
export interface Release {
  trigger: Trigger;
  /** For people: what made it go. */
  why: string;
  alternatives: Alternative[];
  /** The batch that it completes, when goods of that one were not found. */
  completes?: string;
}

/** Lots of an earlier date that were left, by lot that was taken. */
type Alternatives = Map<string, Alternative>;

/** Makes batches, changes them before anybody begins, and takes back what is not to be picked. */
export class Batches {
  readonly #book: Book;
  readonly #config: PickingConfig;
  readonly #playbookFor: PlaybookFor;
  readonly #packing: Packing;

  constructor(book: Book, config: PickingConfig, playbookFor: PlaybookFor, packing: Packing) {
    this.#book = book;
    this.#config = config;
    this.#playbookFor = playbookFor;
    this.#packing = packing;
  }

  /** Releases what stock there is for these orders, as batches within bounds. False when there is none at all. */
  release(queue: Queue, orders: readonly OrderState[], of: Release, at: number, effects: Effects): boolean {
    const cause = orders[0]!.laneCause!;
    const queueOf = (order: OrderState) => (order.queue === null ? queue : this.#book.queueAt(order.queue)!);
    const held = new Map<string, number>();
    const others: Alternatives = new Map();
    const tasks = orders.flatMap((order) => this.#claim(order, queueOf(order), at, held, others));
    const alternatives = [...of.alternatives, ...others.values()];
    if (tasks.length === 0) return false;
    const walked = this.#walk(queue.siteId, tasks);
    // Only an order that is too large by itself, and so comes alone, is split.
    const most = orders.length === 1 ? this.#rules(queueOf(orders[0]!)).maxUnits : Number.POSITIVE_INFINITY;
    const parts = splitTasks(walked, most);
    const queues = Object.fromEntries(
      orders.flatMap((order) => (queueOf(order) === queue ? [] : [[order.orderId, queueOf(order).key] as const])),
    );
    for (const [index, part] of parts.entries()) {
      queue.batches += 1;
      const batch: BatchState = {
        ...{ batchId: `${queue.key}#${queue.batches}`, queue: queue.key, siteId: queue.siteId, cause },
        ...{ trigger: of.trigger, actionIds: [], joins: 0, told: 0, releasedAt: at, begun: false, closed: false },
        tasks: part,
        ...(Object.keys(queues).length === 0 ? {} : { queues }),
      };
      this.#book.floor.add(batch);
      const place: Record<string, number> = parts.length > 1 ? { part: index + 1, parts: parts.length } : {};
      const because = `queue ${queue.key} releases ${countOf(part)} order(s), ${unitsIn(part)} units, because ${of.why}; first is ${orders[0]!.orderId}, whose ${cause.dimension} is ${cause.segment}: ${cause.text}`;
      this.#command(queue, batch, { ...of, alternatives, because, extra: place }, at, effects);
      effects.note('batch-released');
    }
    const picked = new Set(tasks.map(({ orderId }) => orderId));
    for (const [each, of] of Map.groupBy(orders, queueOf))
      this.#load(each, of.filter(({ orderId }) => picked.has(orderId)).length, at, effects);
    for (const order of orders) this.#pack(order, queue.siteId, at, effects);
    return true;
  }

  /** True when what is left of an order fits into a batch beside what is in it. */
  fits(batch: BatchState, order: OrderState, queue: Queue, without: ReadonlySet<string> = new Set()): boolean {
    const room = new Room();
    for (const [orderId, tasks] of Map.groupBy(batch.tasks, (task) => task.orderId)) {
      const isAgain = orderId === order.orderId;
      if (!without.has(orderId)) room.add(unitsIn(tasks), isAgain ? 0 : 1, this.#rulesIn(batch, orderId));
    }
    return !room.add(unitsIn(restOf(order)), 1, this.#rules(queue)).exceeds();
  }

  #rules({ lane }: Queue): LaneRules {
    return this.#config.lanes[lane];
  }

  #rulesIn(batch: BatchState, orderId: string): LaneRules {
    return this.#rules(this.#book.queueAt(queueKeyOf(batch, orderId))!);
  }

  /** Adds what stock there is for an order to a batch that nobody has begun. Tell it by `replace`. */
  add(batch: BatchState, order: OrderState, queue: Queue, at: number, effects: Effects): void {
    const tasks = this.#claim(order, queue, at, new Map(), new Map());
    if (queueKeyOf(batch, order.orderId) !== queue.key) batch.queues = { ...batch.queues, [order.orderId]: queue.key };
    this.#book.floor.addTasks(batch, tasks);
    this.#pack(order, queue.siteId, at, effects);
  }

  /** Asks for the cartons of an order once all of it is in batches. */
  #pack(order: OrderState, siteId: string, at: number, effects: Effects): void {
    if (restOf(order).length === 0) this.#packing.queue(order, siteId, at, effects);
  }

  /** Publishes a batch that was changed, in place of what was published; one that has become empty is withdrawn. */
  replace(batch: BatchState, because: string, at: number, effects: Effects): void {
    if (batch.tasks.length === 0) {
      effects.withdraw(batch.actionIds.at(-1)!, because);
      effects.note('batch-withdrawn');
      this.#drop(batch, effects);
      return;
    }
    const queue = this.#book.queueAt(batch.queue)!;
    batch.tasks = this.#walk(batch.siteId, batch.tasks);
    const of = { trigger: batch.trigger, why: '', alternatives: [], because, extra: {} };
    this.#command(queue, batch, of, at, effects);
    effects.note('batch-changed');
  }

  /**
   * Takes units of an order out of its batches: `units` of each line named, of tasks not done where possible. Batches
   * that nobody has begun are replaced; of others people are told what to leave, and what to put back.
   */
  takeBack(order: OrderState, lines: ReadonlyMap<string, number>, because: string, at: number, effects: Effects): void {
    const left = new Map(lines);
    for (const batch of this.#book.floor.of(order.orderId).reverse()) {
      const cut: BatchTask[] = [];
      for (const isDone of [false, true]) {
        for (const task of batch.tasks.filter((each) => each.orderId === order.orderId && each.done === isDone)) {
          const units = Math.min(task.quantity, left.get(task.lineId) ?? 0);
          if (units <= 0) continue;
          left.set(task.lineId, left.get(task.lineId)! - units);
          cut.push({ ...task, quantity: units });
          this.cut(batch, order, task, units);
        }
      }
      if (cut.length > 0) this.tellCut(batch, order, cut, because, at, effects);
    }
  }

  /** Takes units of one task back to the order, where there still is one, without telling anybody. */
  cut(batch: BatchState, order: OrderState | undefined, task: BatchTask, units: number): void {
    if (order) give(order, task.lineId, -units);
    this.#book.floor.cut(batch, task, units);
  }

  /** Tells what was cut: by a new list, or, once people have begun, by what they are to leave and put back. */
  tellCut(
    batch: BatchState,
    order: OrderState,
    cut: readonly BatchTask[],
    because: string,
    at: number,
    effects: Effects,
  ): void {
    if (!batch.begun) {
      this.replace(batch, because, at, effects);
      return;
    }
    batch.told += 1;
    effects.act({
      type: 'drop-from-batch',
      // Not the order: what is said of it must outlive it.
      target: targetOf(this.#book.queueAt(batch.queue)!),
      siteId: batch.siteId,
      cause: order.laneCause!,
      n: `${batch.batchId}/drop-${batch.told}`,
      because,
      details: {
        batchId: batch.batchId,
        putBack: unitsIn(cut.filter(({ done }) => done)),
        leave: unitsIn(cut.filter(({ done }) => !done)),
      },
      // What is not picked yet is left where it lies; what is, goes from its tote back to where it came from.
      tasks: cut.map(({ done, tote, locationId, lotId, orderId, lineId, skuId, quantity }) => ({
        ...{ orderId, lineId, skuId, quantity, ...(lotId === undefined ? {} : { lotId }) },
        ...(done ? { fromLocationId: tote } : {}),
        ...(locationId === null ? {} : { [done ? 'toLocationId' : 'fromLocationId']: locationId }),
      })),
      alternatives: [],
      playbook: undefined,
      validUntil: at + this.#config.batchValidMs,
    });
    effects.note('dropped-from-batch');
    this.save(batch, at, effects);
  }

  /** A batch ends when all that is in it is done; what it claimed of stock is kept until its picks had time to be told. */
  finish(batch: BatchState, at: number, effects: Effects): void {
    if (!batch.closed && batch.tasks.every(({ done }) => done)) {
      batch.closed = true;
      effects.done(batch.actionIds.at(-1)!);
      effects.note('batch-done');
    }
    this.save(batch, at, effects);
  }

  /** True while a batch that was begun may still be worked on, epoch ms. */
  mayGoOn({ releasedAt }: BatchState, at: number): boolean {
    return at < releasedAt + this.#config.batchValidMs + this.#config.claimMs;
  }

  save(batch: BatchState, at: number, effects: Effects): void {
    const { batchValidMs, claimMs } = this.#config;
    if (batch.tasks.length === 0) this.#drop(batch, effects);
    else
      effects.save(
        `batch:${batch.batchId}`,
        batch,
        (batch.closed ? at : Math.max(at, batch.releasedAt + batchValidMs)) + claimMs,
      );
  }

  /** Nothing is heard of a batch any more. */
  forget(batchId: string, effects: Effects): void {
    const batch = this.#book.floor.batches.get(batchId);
    if (batch) this.#drop(batch, effects);
  }

  #drop(batch: BatchState, effects: Effects): void {
    this.#book.floor.remove(batch);
    effects.drop(`batch:${batch.batchId}`);
  }

  /**
   * Tasks for what stock there is for the rest of an order, which are given to it; `held` is what others hold already,
   * `others` takes what lots were left.
   */
  #claim(order: OrderState, queue: Queue, at: number, held: Map<string, number>, others: Alternatives): BatchTask[] {
    const { siteId } = queue;
    const { toteUnits } = this.#rules(queue);
    const tasks: BatchTask[] = [];
    let filled = 0;
    const put = ({ lineId, skuId }: OrderLine, { locationId, lotId, quantity }: Located) => {
      for (let left = quantity; left > 0; ) {
        if (filled % toteUnits === 0) order.totes += 1;
        const units = Math.min(left, toteUnits - (filled % toteUnits));
        const tote = `${order.orderId}/tote-${order.totes}`;
        tasks.push({
          orderId: order.orderId,
          lineId,
          skuId,
          quantity: units,
          locationId,
          ...(lotId === '' ? {} : { lotId }),
          tote,
          number: 0,
          done: false,
          taken: 0,
        });
        filled += units;
        left -= units;
      }
    };
    for (const line of restOf(order)) {
      const { from } = this.#book.stock.locate(
        siteId,
        line.skuId,
        line.quantity,
        this.#book.goodUntil(order, at),
        held,
      );
      for (const located of from) {
        put(line, located);
        const { lotId, instead } = located;
        if (instead !== undefined) others.set(lotId, this.#book.lots.whyNot(instead, lotId));
      }
    }
    for (const { lineId, quantity } of tasks) give(order, lineId, quantity);
    return tasks;
  }

  #walk(siteId: string, tasks: readonly BatchTask[]): BatchTask[] {
    const { order } = this.#book.places.walk(
      siteId,
      tasks.map(({ locationId }) => locationId),
    );
    return order.map((i) => tasks[i]!);
  }

  #command(
    queue: Queue,
    batch: BatchState,
    of: Release & { because: string; extra: Record<string, number> },
    at: number,
    effects: Effects,
  ): void {
    const { batchId, tasks, cause, actionIds, trigger } = batch;
    const { lengthM } = this.#book.places.walk(
      batch.siteId,
      tasks.map(({ locationId }) => locationId),
    );
    const lead = this.#book.orders.get(cause.entityId);
    const supersedes = actionIds.at(-1);
    const actionId = effects.act({
      type: 'release-batch',
      target: targetOf(queue),
      siteId: queue.siteId,
      cause,
      n: actionIds.length === 0 ? batchId : `${batchId}.${actionIds.length + 1}`,
      because: of.because,
      details: {
        ...{ batchId, queue: queue.key, lane: queue.lane, trigger, orders: countOf(tasks), units: unitsIn(tasks) },
        ...{ totes: new Set(tasks.map(({ tote }) => tote)).size, doneBy: this.#doneBy(tasks), ...of.extra },
        ...this.#lanesIn(batch),
        ...(lengthM === null ? {} : { walkM: Math.round(lengthM) }),
        ...(of.completes === undefined ? {} : { completes: of.completes }),
      },
      tasks: tasks.map(({ orderId, lineId, skuId, lotId, quantity, locationId, tote }) => {
        const { lane, zoneId } = this.#book.queueAt(queueKeyOf(batch, orderId))!;
        const why = lotId === undefined ? undefined : this.#book.lots.reasonOf(lotId);
        return {
          ...{ orderId, lineId, skuId, quantity, toLocationId: tote, lane },
          ...(lotId === undefined ? {} : { lotId }),
          ...(locationId === null ? {} : { fromLocationId: locationId }),
          ...(zoneId === null ? {} : { zoneId }),
          ...(why === undefined ? {} : { because: why }),
        };
      }),
      alternatives: of.alternatives,
      playbook: lead ? this.#playbookFor(membershipsOf('order', lead.standings)) : undefined,
      validUntil: this.#validUntil(batch, at),
      ...(supersedes === undefined ? {} : { supersedes }),
      undo: { type: 'cancel-batch', details: { batchId } },
    });
    for (const [index, task] of tasks.entries()) task.number = index + 1;
    this.#book.floor.addAction(batch, actionId);
    this.save(batch, at, effects);
  }

  /** Until when a batch may be begun, epoch ms: not after the first of its orders is to be handed over, where that is to come. */
  #validUntil({ tasks, releasedAt }: BatchState, at: number): number {
    const handOvers = tasks
      .map(({ orderId }) => this.#book.orders.get(orderId))
      .map((order) => order?.shipBy ?? order?.promisedAt ?? Number.POSITIVE_INFINITY)
      .filter((by) => by > at);
    return Math.min(releasedAt + this.#config.batchValidMs, ...handOvers);
  }

  /** The lanes of a batch that several share. */
  #lanesIn(batch: BatchState): { lanes?: string } {
    const lanes = new Set(batch.tasks.map(({ orderId }) => this.#book.queueAt(queueKeyOf(batch, orderId))!.lane));
    return lanes.size > 1 ? { lanes: [...lanes].sort().join(' ') } : {};
  }

  /** Robots fetch what lies in zones that have them, and nowhere else. */
  #doneBy(tasks: readonly BatchTask[]): 'robot' | 'person' {
    const isRobots = (locationId: string | null) => {
      const zoneId = locationId === null ? undefined : this.#book.places.zoneOf(locationId);
      return zoneId !== undefined && this.#book.zone(zoneId)?.capabilities.includes('robot') === true;
    };
    return tasks.every(({ locationId }) => isRobots(locationId)) ? 'robot' : 'person';
  }

  #load(queue: Queue, orders: number, at: number, effects: Effects): void {
    const capacity = capacityOf(queue, this.#book.zonesOf(queue.siteId));
    if (capacity === null) return;
    const from = Math.max(at, this.#book.busyUntil(capacity.sharedBy));
    this.#book.setBusy(capacity.sharedBy, Math.round(from + (orders / capacity.perHour) * 3_600_000), effects);
  }
}

function targetOf({ zoneId, siteId }: Queue): { entityType: string; entityId: string } {
  return zoneId === null ? { entityType: 'site', entityId: siteId } : { entityType: 'zone', entityId: zoneId };
}

export function unitsIn(tasks: readonly { quantity: number }[]): number {
  return tasks.reduce((sum, { quantity }) => sum + quantity, 0);
}

export function countOf(tasks: readonly { orderId: string }[]): number {
  return new Set(tasks.map(({ orderId }) => orderId)).size;
}
