import type { Carrier } from './carriers.ts';
import type { OpenLine, OpenOrder } from './orders.ts';
import type { Random } from './random.ts';
import type { Replenishment } from './replenish.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import type { Trip } from './transport.ts';

const RETURN_REASONS = ['not-wanted', 'wrong-size', 'not-as-described', 'damaged'] as const;

/** What comes of a shipment: delivery, damage found, ratings, returns. */
export class Aftermath {
  readonly #run: Run;
  readonly #random: Random;
  readonly #replenishment: Replenishment;
  /** Shipments still out, of orders that travel in parts. */
  readonly #parts = new Map<string, number>();

  constructor(run: Run, replenishment: Replenishment) {
    this.#run = run;
    this.#random = run.random.fork('aftermath');
    this.#replenishment = replenishment;
  }

  /** The order travels in so many shipments. */
  expect(orderId: string, shipments: number): void {
    this.#parts.set(orderId, shipments);
  }

  /** A shipment has arrived. Damage is found before the order is closed, as the driver hands it over. */
  delivered(order: OpenOrder, trip: Trip, at: number): void {
    const isLate = at > order.promisedAt;
    const damaged = this.#findDamage(order, trip, at);
    this.#run.agenda.at(at + 2 * MINUTE_MS, (when) => this.#close(order, trip, { at: when, isLate, damaged }));
  }

  #findDamage(order: OpenOrder, trip: Trip, at: number): OpenLine[] {
    const carrier = this.#run.world.carriers.find(({ carrierId }) => carrierId === trip.service.carrierId) as Carrier;
    const isRough = this.#run.world.incidents.isInTrouble(carrier.carrierId, trip.plannedAt);
    return trip.parcel.lines.filter((line) => {
      const { sku } = line.place;
      const rate = carrier.damageRate * (isRough ? 12 : 1) * (0.15 + 1.4 * sku.fragility);
      if (!this.#random.chance(Math.min(0.6, rate))) return false;
      this.#run.emitter.emit('detent.outcomes.DamageReported', at, {
        orderId: order.orderId,
        lineId: line.lineId,
        skuId: sku.skuId,
        quantity: this.#random.whole(1, line.quantity),
        stage: 'transport',
        severity: Math.round(this.#random.between(0.15, 1) * 100) / 100,
        carrierId: carrier.carrierId,
        laneId: trip.laneId,
      });
      return true;
    });
  }

  #close(
    order: OpenOrder,
    trip: Trip,
    { at, isLate, damaged }: { at: number; isLate: boolean; damaged: OpenLine[] },
  ): void {
    const { orderId } = order;
    const left = (this.#parts.get(orderId) ?? 1) - 1;
    if (left > 0) this.#parts.set(orderId, left);
    else this.#parts.delete(orderId);
    for (const { lineId, quantity } of trip.parcel.lines) {
      this.#run.emitter.emit('detent.orders.OrderLineStatusChanged', at, {
        orderId,
        siteId: order.customer.site.siteId,
        lineId,
        status: 'delivered',
        quantity,
        shipmentId: trip.shipmentId,
      });
    }
    this.#run.emitter.emit('detent.outcomes.DeliveryCompleted', at, {
      orderId,
      shipmentId: trip.shipmentId,
      carrierId: trip.service.carrierId,
      serviceId: trip.service.serviceId,
      laneId: trip.laneId,
      deliveredAt: Math.round(at),
      promisedAt: order.promisedAt,
      cost: trip.costEur,
      currency: 'EUR',
      lines: trip.parcel.lines.map(({ lineId, place, quantity }) => ({ lineId, skuId: place.sku.skuId, quantity })),
      complete: left === 0,
    });
    if (left === 0) {
      order.customer.openOrders--;
      if (this.#random.chance(0.25)) this.#rate(order, isLate, damaged.length > 0, at);
    }
    for (const line of trip.parcel.lines) this.#maybeReturn(order, line, damaged.includes(line), at);
  }

  #rate(order: OpenOrder, isLate: boolean, isDamaged: boolean, at: number): void {
    const mean = 4.6 - (isLate ? 1.3 : 0) - (isDamaged ? 1.9 : 0);
    const score = Math.min(5, Math.max(1, Math.round(mean + 0.6 * this.#random.normal())));
    this.#run.agenda.at(at + this.#random.between(0.2, 20) * HOUR_MS, (when) => {
      this.#run.emitter.emit('detent.outcomes.CustomerRated', when, { orderId: order.orderId, score });
    });
  }

  #maybeReturn(order: OpenOrder, line: OpenLine, isDamaged: boolean, at: number): void {
    const { sku } = line.place;
    const isRefused = this.#random.chance(isDamaged ? 0.4 : 0.008);
    if (!isRefused && !this.#random.chance(isDamaged ? 0.5 : sku.returnRate)) return;
    const clock = clockOf(this.#run, line.place.site.siteId);
    const after = isRefused ? at + 20 * MINUTE_MS : clock.nextInShift(at + this.#random.between(2, 13) * DAY_MS);
    const reason = isRefused ? 'refused' : isDamaged ? 'damaged' : this.#random.pick(RETURN_REASONS);
    const condition = reason === 'damaged' || isDamaged ? 'broken' : this.#random.pick(['as-new', 'as-new', 'opened']);
    const quantity = this.#random.whole(1, line.quantity);
    this.#run.agenda.at(after, (when) => {
      const { orderId } = order;
      const { lineId, place } = line;
      this.#run.emitter.emit('detent.outcomes.ItemReturned', when, {
        orderId,
        lineId,
        skuId: sku.skuId,
        quantity,
        reason,
        condition,
      });
      if (condition !== 'as-new' || sku.climate !== 'ambient' || isRefused) return;
      this.#run.agenda.at(clock.nextInShift(when + 3 * HOUR_MS), (stocked) => {
        this.#replenishment.restock(place, quantity, stocked);
      });
    });
  }
}
