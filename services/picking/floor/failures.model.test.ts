import type { Action, ActionTask, StockChanged } from '@detent/schemas';
import {
  DecisionHarness,
  fact,
  type GivenRecord,
  type HarnessOptions,
  modelOf,
  orderPlaced,
  seeded,
} from '@detent/testing/decisions';
import { changesOfOrders, location, MINUTE, stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { defaultPickingConfig, type LaneKind } from '../config.ts';
import type { OrderState } from '../order-state.ts';
import { createPickingProcessor } from '../process.ts';

const SKUS = ['a', 'b', 'c', 'd'];
const make = () =>
  createPickingProcessor({ actions: 'live', model: modelOf({ order: ['handling', 'climate', 'urgency'] }) });

/** What people were told to pick, and what they did: kept apart from the service, from its actions alone. */
class Warehouse {
  /** Physical units by SKU and location. */
  readonly stock = new Map<string, number>();
  /** Tasks in force by batch; `done` once picked. */
  readonly batches = new Map<string, { task: ActionTask; done: boolean }[]>();
  readonly begun = new Set<string>();
  readonly validUntil = new Map<string, number>();
  readonly ordered = new Map<string, number>();
  readonly cancelled = new Set<string>();
  /** Batches of several lanes. */
  mixed = 0;

  take(action: Action): void {
    const batchId = String(action.details['batchId']);
    if (action.type === 'release-batch') {
      expect([batchId, this.begun.has(batchId)]).toEqual([batchId, false]);
      this.batches.set(
        batchId,
        action.tasks!.map((task) => ({ task, done: false })),
      );
      this.validUntil.set(batchId, action.validUntil);
      this.#checkBounds(action);
    } else if (action.type === 'withdraw' && action.details['type'] === 'release-batch') {
      this.batches.delete(batchId);
    } else if (action.type === 'drop-from-batch') {
      for (const { orderId, lineId, quantity } of action.tasks!) this.drop(batchId, orderId!, lineId!, quantity!);
    }
  }

  drop(batchId: string, orderId: string, lineId: string, quantity: number): void {
    let left = quantity;
    for (const isDone of [false, true]) {
      for (const held of this.batches.get(batchId) ?? []) {
        if (held.done !== isDone || held.task.orderId !== orderId || held.task.lineId !== lineId) continue;
        const units = Math.min(left, held.task.quantity!);
        held.task = { ...held.task, quantity: held.task.quantity! - units };
        left -= units;
      }
    }
    expect([batchId, orderId, left]).toEqual([batchId, orderId, 0]);
  }

  #checkBounds({ tasks }: Action): void {
    const rulesOf = ({ lane }: ActionTask) => defaultPickingConfig.lanes[lane as LaneKind];
    const one = 1 + 1e-9;
    expect(tasks!.reduce((sum, task) => sum + task.quantity! / rulesOf(task).maxUnits, 0)).toBeLessThanOrEqual(one);
    const lanes = new Map(tasks!.map((task) => [task.orderId, task]));
    expect([...lanes.values()].reduce((sum, task) => sum + 1 / rulesOf(task).maxOrders, 0)).toBeLessThanOrEqual(one);
    this.mixed += Number(new Set(tasks!.map(({ lane }) => lane)).size > 1);
    const totes = new Map<string, { orderId: string; units: number }>();
    for (const task of tasks!) {
      const { orderId, quantity, toLocationId } = task;
      const { toteUnits } = rulesOf(task);
      // What waits together for one packing goes there: an order is of one lane.
      expect([orderId, lanes.get(orderId)!.lane]).toEqual([orderId, task.lane]);
      const tote = totes.get(toLocationId!) ?? { orderId: orderId!, units: 0 };
      tote.units += quantity!;
      expect([toLocationId, tote.orderId]).toEqual([toLocationId, orderId]);
      expect(tote.units).toBeLessThanOrEqual(toteUnits);
      totes.set(toLocationId!, tote);
    }
  }

  /** No order gets more than it is of, and no location is to give more than lies there. */
  check(at: number): void {
    // What nobody began in time is not begun any more.
    for (const [batchId, until] of this.validUntil)
      if (until <= at && !this.begun.has(batchId)) this.batches.delete(batchId);
    const units = new Map<string, number>();
    const promised = new Map<string, number>();
    for (const tasks of this.batches.values()) {
      const isOver = tasks.every(({ task, done }) => done || task.quantity === 0);
      for (const { task, done } of tasks) {
        // A batch that is done may be forgotten: what is cancelled after that is for packing to put back.
        if (isOver && this.cancelled.has(task.orderId!)) continue;
        const line = `${task.orderId}/${task.lineId}`;
        units.set(line, (units.get(line) ?? 0) + task.quantity!);
        const place = `${task.skuId}@${task.fromLocationId}`;
        if (!done && task.fromLocationId != null) promised.set(place, (promised.get(place) ?? 0) + task.quantity!);
      }
    }
    for (const [line, sum] of units) {
      const orderId = line.slice(0, line.indexOf('/'));
      const most = this.cancelled.has(orderId) ? 0 : this.ordered.get(line)!;
      if (sum > most) throw new Error(`${line} is to be picked ${sum} times, but is ordered ${most} times`);
    }
    for (const [place, sum] of promised) {
      const here = this.stock.get(place) ?? 0;
      if (sum > here) throw new Error(`${sum} units are to be fetched at ${place}, where ${here} lie`);
    }
  }

  assigned(orderId: string): number {
    let units = 0;
    for (const tasks of this.batches.values())
      if (!this.cancelled.has(orderId) || tasks.some(({ task, done }) => !done && task.quantity! > 0))
        for (const { task } of tasks) if (task.orderId === orderId) units += task.quantity!;
    return units;
  }
}

/** A day in which people pick, refuse, find too little, count, and customers cancel and change their minds. */
function day(seed: number) {
  const random = seeded(seed);
  const pick = <V>(values: readonly V[]): V => values[Math.floor(random() * values.length)]!;
  const warehouse = new Warehouse();
  const harness = new DecisionHarness(make);
  const records: GivenRecord[] = [];
  const agenda: { at: number; order: number; run: (at: number) => void }[] = [];
  let numbers = 0;
  const later = (at: number, run: (at: number) => void) => {
    numbers += 1;
    agenda.push({ at: Math.round(at), order: numbers, run });
  };
  const event = (at: number) => ({ eventId: `e${++numbers}`, occurredAt: at });
  const change = changesOfOrders();
  let now = T;

  /** Feeds the records of one instant, and checks once the service has answered them all. */
  const feed = (...given: GivenRecord[]) => {
    for (const record of given) {
      records.push(record);
      for (const action of harness.feed(record)) take(action);
    }
    warehouse.check(now);
  };
  const take = (action: Action) => {
    warehouse.take(action);
    if (action.type !== 'release-batch') return;
    const fate = random();
    if (fate < 0.08) later(now + 10 * MINUTE, (at) => end(action, pick(['failed', 'rejected']), at));
    else later(now + (1 + random() * 30) * MINUTE, (at) => begin(action, at));
  };
  const isCurrent = ({ actionId, details }: Action) =>
    warehouse.batches.get(String(details['batchId']))?.[0]?.task.taskId.startsWith(`${actionId}:`) === true;
  const status = ({ actionId, target }: Action, what: string, at: number) =>
    fact('detent.actions.ActionStatus', {
      ...event(at),
      actionId,
      target,
      status: what,
      quantityDone: null,
      reason: null,
      by: null,
    });
  const end = (action: Action, what: string, at: number) => {
    if (!isCurrent(action)) return;
    const batchId = String(action.details['batchId']);
    warehouse.batches.set(
      batchId,
      warehouse.batches.get(batchId)!.filter(({ done }) => done),
    );
    feed(status(action, what, at));
  };
  const begin = (action: Action, at: number) => {
    if (!isCurrent(action) || at > action.validUntil) return;
    const batchId = String(action.details['batchId']);
    warehouse.begun.add(batchId);
    feed(status(action, 'accepted', at));
    for (const [i, held] of warehouse.batches.get(batchId)!.entries())
      later(at + (i + 1) * MINUTE, (then) => work(action, held, then));
  };
  const work = (action: Action, held: { task: ActionTask; done: boolean }, at: number) => {
    const { task } = held;
    if (!warehouse.batches.has(String(action.details['batchId'])) || task.quantity! <= 0 || held.done) return;
    const { orderId, lineId, skuId, fromLocationId } = task;
    const place = `${skuId}@${fromLocationId}`;
    const isShort = random() < 0.06;
    const quantity = isShort ? Math.floor(random() * task.quantity!) : task.quantity!;
    const told: GivenRecord[] = [];
    if (fromLocationId != null && quantity > 0) {
      warehouse.stock.set(place, warehouse.stock.get(place)! - quantity);
      told.push(moved(skuId!, fromLocationId, { delta: -quantity }, 'pick', at));
    }
    if (isShort && fromLocationId != null) warehouse.stock.set(place, 0);
    held.task = { ...task, quantity };
    held.done = quantity > 0;
    const done = {
      ...event(at),
      zoneId: 'z',
      siteId: 's',
      taskId: task.taskId,
      taskType: 'pick',
      errors: isShort ? 1 : 0,
    };
    told.push(
      fact('detent.warehouse.TaskCompleted', {
        ...{ ...done, orderId, skuId, locationId: fromLocationId, actionId: action.actionId },
        ...{ workerId: null, startedAt: at, completedAt: at, quantity },
      }),
    );
    if (random() < 0.5) told.reverse();
    feed(...told);
    if (!isShort && random() < 0.04) {
      later(at + 5 * MINUTE, (then) => {
        if (warehouse.cancelled.has(orderId!) || rechecked.has(`${orderId}/${lineId}`)) return;
        rechecked.add(`${orderId}/${lineId}`);
        for (const tasks of warehouse.batches.values())
          for (const each of tasks)
            if (each.done && each.task.orderId === orderId && each.task.lineId === lineId)
              each.task = { ...each.task, quantity: 0 };
        feed(
          fact('detent.outcomes.PickChecked', {
            ...event(then),
            orderId: orderId!,
            lineId: lineId!,
            ok: false,
            error: 'wrong-item',
          }),
        );
      });
    }
  };
  const rechecked = new Set<string>();
  const moved = (skuId: string, locationId: string, units: Partial<StockChanged>, reason: string, at: number) =>
    stock(locationId, null, at, { ...event(at), skuId, siteId: 's', reason, ...units });

  const places = Array.from({ length: 16 }, (_, i) => `l${i}`);
  feed(
    zone('dock', [], { siteId: 's', capacityPerHour: 40 }),
    zone('soft', ['cushion'], { siteId: 's', capacityPerHour: 40 }),
    zone('cold', ['chilled'], { siteId: 's', capacityPerHour: 40 }),
    ...places.map((locationId, i) =>
      location(locationId, `A${i % 4}`, 1 + (i >> 2), { siteId: 's', travelM: i % 2 ? 10 + i : null }),
    ),
  );
  const count = (skuId: string, locationId: string, onHand: number, reason: string, at: number) => {
    warehouse.stock.set(`${skuId}@${locationId}`, onHand);
    feed(moved(skuId, locationId, { onHand }, reason, at));
  };
  for (const [i, locationId] of places.entries())
    count(SKUS[i % 4]!, locationId, 20 + Math.floor(random() * 40), 'count', T);

  for (let i = 0; i < 90; i += 1) {
    const orderId = `o${i}`;
    later(T + random() * 500 * MINUTE, (at) => {
      const lines = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, line) => ({
        ...{ lineId: String(line + 1), skuId: pick(SKUS), uom: 'each' },
        quantity: random() < 0.05 ? 50 : 1 + Math.floor(random() * 9),
      }));
      for (const { lineId, quantity } of lines) warehouse.ordered.set(`${orderId}/${lineId}`, quantity);
      feed(
        orderPlaced({
          orderId,
          lines,
          siteId: 's',
          occurredAt: at,
          promisedAt: at + Math.round(random() * 1400) * MINUTE,
        }),
        change(orderId, 'handling', pick(['fragile-multi', 'standard', 'standard']), at),
        change(orderId, 'climate', random() < 0.1 ? 'chilled' : 'ambient', at),
        change(orderId, 'urgency', pick(['late', 'at-risk', 'same-day', 'normal', 'normal', 'normal']), at),
      );
      for (let more = Math.floor(random() * 4); more > 0; more -= 1) {
        later(at + random() * 120 * MINUTE, (then) => {
          if (warehouse.cancelled.has(orderId)) return;
          const isUrgency = random() < 0.7;
          feed(
            isUrgency
              ? change(orderId, 'urgency', pick(['late', 'normal']), then)
              : change(orderId, 'handling', pick(['fragile-multi', 'standard']), then),
          );
        });
      }
      if (random() < 0.2) {
        later(at + random() * 200 * MINUTE, (then) => {
          warehouse.cancelled.add(orderId);
          feed(fact('detent.orders.OrderCancelled', { ...event(then), orderId, siteId: 's', reason: null }, orderId));
        });
      }
    });
  }
  for (let i = 0; i < 60; i += 1) {
    later(T + random() * 600 * MINUTE, (at) => {
      const at16 = Math.floor(random() * 16);
      const [skuId, locationId] = [SKUS[at16 % 4]!, places[at16]!];
      const isEmpty = random() < 0.2;
      count(skuId, locationId, isEmpty ? 0 : 10 + Math.floor(random() * 40), isEmpty ? 'adjustment' : 'receipt', at);
    });
  }
  // Enough of everything at last, and time for all that waits.
  later(T + 700 * MINUTE, (at) => {
    for (const [i, locationId] of places.entries()) count(SKUS[i % 4]!, locationId, 5000, 'receipt', at);
  });
  for (let minute = 710; minute < 1500; minute += 10) later(T + minute * MINUTE, () => {});
  for (;;) {
    agenda.sort((a, b) => a.at - b.at || a.order - b.order);
    const next = agenda.shift();
    if (next === undefined) break;
    now = Math.max(now, next.at);
    for (const action of harness.advance(next.at)) take(action);
    warehouse.check(now);
    next.run(next.at);
  }
  return { warehouse, harness, records, end: now };
}

describe.each([1, 2, 3])('a day with failures, seed %i', (seed) => {
  const { warehouse, harness, records, end } = day(seed);

  it('loses no order: in the end each is assigned whole, or not at all when it was cancelled', () => {
    const wanted = new Map<string, number>();
    for (const [line, quantity] of warehouse.ordered) {
      const orderId = line.slice(0, line.indexOf('/'));
      wanted.set(orderId, (wanted.get(orderId) ?? 0) + quantity);
    }
    for (const [orderId, units] of wanted) {
      expect([orderId, warehouse.assigned(orderId)]).toEqual([orderId, warehouse.cancelled.has(orderId) ? 0 : units]);
    }
  });

  it('has met every kind of failure', () => {
    const met = [...harness.outcomes.keys()];
    expect(met).toEqual(
      expect.arrayContaining(['batch-changed', 'batch-not-picked', 'pick-short', 'location-empty', 'waits-for-stock']),
    );
    expect(met).toEqual(expect.arrayContaining(['check-failed', 'dropped-from-batch', 'joined-batch']));
    expect(warehouse.mixed).toBeGreaterThan(5);
  });

  it('traces every action to a change, by an id of its own, with the trigger of each batch', () => {
    const changes = new Set(
      records.filter(({ name }) => name.endsWith('SegmentChanged')).map(({ value }) => (value as never)['changeId']),
    );
    for (const { changeId } of harness.actions) expect(changes).toContain(changeId);
    const ids = harness.actions.map(({ actionId }) => actionId);
    expect(new Set(ids).size).toBe(ids.length);
    const triggers = new Set(
      harness.actions.filter(({ type }) => type === 'release-batch').map(({ details }) => details['trigger']),
    );
    for (const trigger of triggers)
      expect(['urgency', 'cutoff', 'age', 'fill', 'found-empty', 'check-failed']).toContain(trigger);
    expect(triggers.size).toBeGreaterThan(3);
  });

  it('keeps no claim on stock for what is over', () => {
    harness.advance(end + 48 * 60 * MINUTE);
    expect(harness.snapshot().filter(([key]) => key.startsWith('batch:'))).toEqual([]);
    const orders = harness.snapshot().filter(([key]) => key.startsWith('order:'));
    for (const [, text] of orders) expect((JSON.parse(text) as { value: OrderState }).value.queue).toBeNull();
  });

  it('decides the same in batches of any size and after restarts', () => {
    const run = (options: HarnessOptions) => {
      const other = new DecisionHarness(make, options);
      other.feed(...records);
      return other;
    };
    const one = run({});
    for (const options of [{ batch: 60, restartEachBatch: true }, { batch: 5000 }]) {
      const other = run(options);
      expect(other.actions).toEqual(one.actions);
      expect(other.snapshot()).toEqual(one.snapshot());
    }
  });
});
