import type { Customer } from './customers.ts';
import type { Floor } from './floor.ts';
import type { OpenLine, OpenOrder } from './orders.ts';
import { parcelsOf } from './parcels.ts';
import type { Random } from './random.ts';
import type { Replenishment } from './replenish.ts';
import { MINUTE_MS } from './rhythm.ts';
import type { Run } from './run.ts';
import { stockMove } from './stock-records.ts';
import type { Transport } from './transport.ts';

/** What takes an order from the shelf into cartons: picks, checks, packing, one shipment for each climate and size. */
export class Fulfilment {
  readonly #run: Run;
  readonly #random: Random;
  readonly #floor: Floor;
  readonly #transport: Transport;
  readonly #replenishment: Replenishment;

  constructor(run: Run, parts: { floor: Floor; transport: Transport; replenishment: Replenishment }) {
    this.#run = run;
    this.#random = run.random.fork('fulfilment');
    this.#floor = parts.floor;
    this.#transport = parts.transport;
    this.#replenishment = parts.replenishment;
  }

  /** Hours that the fastest service needs to a customer. */
  courierHours(customer: Customer): number {
    const hours = this.#run.world.services
      .filter((service) => service.siteId === customer.site.siteId && service.mode === 'courier')
      .map((service) => service.transitHours.get(customer.lane.laneId) ?? Number.POSITIVE_INFINITY);
    return Math.min(...hours);
  }

  /** Hands an order to the floor: its lines are picked one by one, then it is packed and shipped. */
  release(order: OpenOrder, at: number): void {
    const picks = order.lines.map((line) => {
      this.#status(order, line, 'released', line.quantity, at);
      const task = this.#floor.work(line.place.location.zone.zoneId, at + this.#random.between(1, 12) * MINUTE_MS);
      return { line, ...task };
    });
    for (const pick of picks) this.#run.agenda.at(pick.completedAt, (done) => this.#picked(order, pick, done));
    const last = Math.max(...picks.map((pick) => pick.completedAt));
    this.#run.agenda.at(last + this.#random.between(2, 15) * MINUTE_MS, (ready) =>
      this.#pack(order, Math.round(ready)),
    );
  }

  #picked(order: OpenOrder, pick: { line: OpenLine; startedAt: number; workerId: string }, at: number): void {
    const { line, startedAt, workerId } = pick;
    const { place, quantity } = line;
    const { emitter, world } = this.#run;
    for (const part of world.stock.take(place, quantity)) {
      emitter.emit('detent.inventory.StockChanged', at, stockMove(world.stock, place, part, -part.quantity, 'pick'));
      this.#status(order, line, 'picked', part.quantity, at, part.lot?.lotId);
    }
    const isWrong = this.#random.chance(this.#errorRate(place.location.zone.zoneId, at));
    emitter.emit('detent.warehouse.TaskCompleted', at, {
      zoneId: place.location.zone.zoneId,
      siteId: place.site.siteId,
      taskId: `pick-${order.orderId}-${line.lineId}`,
      taskType: 'pick',
      orderId: order.orderId,
      skuId: place.sku.skuId,
      locationId: place.location.locationId,
      workerId,
      startedAt,
      completedAt: at,
      quantity,
      errors: isWrong ? 1 : 0,
    });
    this.#replenishment.check(place, at);
    if (!isWrong && !this.#random.chance(0.6)) return;
    const error = isWrong ? { error: this.#random.pick(['wrong-item', 'short', 'over', 'damaged']) } : {};
    this.#run.agenda.at(at + this.#random.between(1, 8) * MINUTE_MS, (checkedAt) => {
      emitter.emit('detent.outcomes.PickChecked', checkedAt, {
        orderId: order.orderId,
        lineId: line.lineId,
        ok: !isWrong,
        ...error,
      });
    });
  }

  #pack(order: OpenOrder, at: number): void {
    const { site } = order.customer;
    const fragileUnits = sum(
      order.lines.filter(({ place }) => place.sku.fragility >= 0.6).map((line) => line.quantity),
    );
    const zoneId = `${site.siteId}-${fragileUnits >= 2 ? 'cushion' : 'pack'}`;
    const task = this.#floor.work(zoneId, at);
    this.#run.agenda.at(task.completedAt, (done) => {
      this.#run.emitter.emit('detent.warehouse.TaskCompleted', done, {
        zoneId,
        siteId: site.siteId,
        taskId: `pack-${order.orderId}`,
        taskType: 'pack',
        orderId: order.orderId,
        workerId: task.workerId,
        startedAt: task.startedAt,
        completedAt: done,
        quantity: sum(order.lines.map((line) => line.quantity)),
        errors: 0,
      });
      const parcels = parcelsOf(order, this.#run.world.services);
      this.#breakInPacking(order, zoneId, fragileUnits >= 2 ? 0.002 : 0.006, done);
      parcels.forEach((parcel, index) => {
        this.#transport.ship(order, parcel, { at: done, index, of: parcels.length });
      });
    });
  }

  /** Fragile goods break in packing now and then, less where the lane is cushioned; the line is replaced from stock. */
  #breakInPacking(order: OpenOrder, zoneId: string, rate: number, at: number): void {
    for (const { lineId, place } of order.lines) {
      if (!this.#random.chance(rate * place.sku.fragility * 2)) continue;
      this.#run.emitter.emit('detent.outcomes.DamageReported', at, {
        orderId: order.orderId,
        lineId,
        skuId: place.sku.skuId,
        quantity: 1,
        stage: 'packing',
        severity: Math.round(this.#random.between(0.2, 0.9) * 100) / 100,
        zoneId,
      });
    }
  }

  /** People in a hurry err more. */
  #errorRate(zoneId: string, at: number): number {
    return 0.008 + 0.012 * Math.min(2, this.#floor.queueHours(zoneId, at));
  }

  #status(
    order: OpenOrder,
    line: OpenLine,
    status: 'released' | 'picked',
    quantity: number,
    at: number,
    lotId?: string,
  ): void {
    this.#run.emitter.emit('detent.orders.OrderLineStatusChanged', at, {
      orderId: order.orderId,
      siteId: order.customer.site.siteId,
      lineId: line.lineId,
      status,
      quantity,
      ...(lotId === undefined ? {} : { lotId }),
    });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
