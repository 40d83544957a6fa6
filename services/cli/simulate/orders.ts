import type { OrderLine, OrderPlaced } from '@detent/schemas';
import type { Customer } from './customers.ts';
import { profileCustomer } from './describe.ts';
import type { Fulfilment } from './fulfilment.ts';
import { type Random, Weighted } from './random.ts';
import type { Replenishment } from './replenish.ts';
import { HOUR_MS, highestOrderRate, MINUTE_MS, orderRate } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import type { StockPlace } from './stock-book.ts';

export interface OpenLine {
  lineId: string;
  place: StockPlace;
  quantity: number;
}

/** An order from its placing to its delivery. */
export interface OpenOrder {
  orderId: string;
  customer: Customer;
  lines: OpenLine[];
  placedAt: number;
  promisedAt: number;
  shipBy: number;
  serviceLevel: 'standard' | 'express' | 'same-day';
  version: number;
  isReleased: boolean;
  isCancelled: boolean;
}

/** Share of a mean day's orders that came in over the weekend and are handed over in the first hour. */
const BACKLOG_SHARE = 0.32;

/** Customers order through the day, change their minds now and then, and the waves take the orders to the floor. */
export class Orders {
  readonly #run: Run;
  readonly #random: Random;
  readonly #replenishment: Replenishment;
  readonly #fulfilment: Fulfilment;
  readonly #customers: Weighted<Customer>;
  readonly #waiting = new Map<string, OpenOrder[]>();
  #count = 0;

  constructor(run: Run, parts: { replenishment: Replenishment; fulfilment: Fulfilment }) {
    this.#run = run;
    this.#random = run.random.fork('orders');
    this.#replenishment = parts.replenishment;
    this.#fulfilment = parts.fulfilment;
    this.#customers = new Weighted(run.world.customers, (customer) => customer.activity);
  }

  start(): void {
    const { agenda, start, ordersPerDay, world } = this.#run;
    for (let i = 0; i < Math.round(ordersPerDay * BACKLOG_SHARE); i++) {
      agenda.at(start + this.#random.between(5, 60) * MINUTE_MS, (at) => this.#place(at));
    }
    this.#nextArrival(start);
    for (const site of world.sites) {
      this.#waiting.set(site.siteId, []);
      const clock = clockOf(this.#run, site.siteId);
      agenda.every(clock.atHour(start, Math.ceil(clock.hour(start))), HOUR_MS, (at) => {
        if (clock.nextInShift(at) === at) this.#releaseWave(site.siteId, at);
      });
    }
    agenda.every(start + 3 * HOUR_MS, 24 * HOUR_MS, (at) => this.#reviewCustomers(at));
  }

  /** Thinning: arrivals at the highest rate, of which as many count as the hour's rate asks for. */
  #nextArrival(after: number): void {
    const { agenda, ordersPerDay, world } = this.#run;
    const highest = highestOrderRate(ordersPerDay);
    agenda.at(after + this.#random.exponential(HOUR_MS / highest), (at) => {
      const clock = clockOf(this.#run, (world.sites[0] as { siteId: string }).siteId);
      if (this.#random.chance(orderRate(ordersPerDay, clock.hour(at), clock.weekday(at)) / highest)) this.#place(at);
      this.#nextArrival(at);
    });
  }

  #place(instant: number): void {
    const at = Math.round(instant);
    const customer = this.#drawCustomer();
    const lines = this.#fillBasket(customer, at);
    if (lines.length === 0) return;
    const orderId = `o-${String(++this.#count).padStart(7, '0')}`;
    const order: OpenOrder = {
      orderId,
      customer,
      lines,
      placedAt: at,
      ...this.#promise(customer, at),
      version: 1,
      isReleased: false,
      isCancelled: false,
    };
    customer.openOrders++;
    this.#run.emitter.emit('detent.orders.OrderPlaced', at, { ...toRecord(order), version: 1 });
    (this.#waiting.get(customer.site.siteId) as OpenOrder[]).push(order);
    if (this.#random.chance(0.03)) this.#later(order, (when) => this.#change(order, when));
    else if (this.#random.chance(0.02)) this.#later(order, (when) => this.#cancel(order, when));
    for (const { place } of lines) this.#replenishment.check(place, at);
  }

  #drawCustomer(): Customer {
    for (;;) {
      const customer = this.#customers.pick(this.#random);
      if (!customer.erased) return customer;
    }
  }

  #fillBasket(customer: Customer, at: number): OpenLine[] {
    const random = this.#random;
    const { world } = this.#run;
    const wanted = 1 + Math.min(9, Math.floor(random.exponential(1.6)));
    const lines: OpenLine[] = [];
    const chosen = new Set<string>();
    const surging = world.stock.find(customer.site.siteId, world.incidents.weekOf(at).skuId);
    const surgeChance = surging ? 0.006 * world.incidents.demandFactor(surging.sku.skuId, at) : 0;
    let category: string | undefined;
    for (let tries = 0; lines.length < wanted && tries < wanted * 6; tries++) {
      const isSurge = surging !== undefined && tries === 0 && surgeChance > 0.006 && random.chance(surgeChance);
      const place = isSurge ? surging : world.stock.draw(customer, random);
      // Baskets have a theme: who buys glasses buys more glasses.
      if (category !== undefined && place.sku.category !== category && random.chance(0.35)) continue;
      if (chosen.has(place.sku.skuId)) continue;
      const quantity = world.stock.reserve(
        place,
        1 + Math.floor(random.exponential(place.sku.priceEur > 60 ? 0.25 : 0.8)),
      );
      if (quantity === 0) continue;
      chosen.add(place.sku.skuId);
      category = place.sku.category;
      lines.push({ lineId: `${lines.length + 1}`, place, quantity });
    }
    return this.#ofOneCold(lines);
  }

  /** The shop takes frozen and chilled goods apart, for nothing carries both: it asks for one of them to be left. */
  #ofOneCold(lines: readonly OpenLine[]): OpenLine[] {
    const cold = lines.find(({ place }) => place.sku.climate !== 'ambient')?.place.sku.climate;
    return lines.filter(({ place, quantity }) => {
      const isTaken = place.sku.climate === 'ambient' || place.sku.climate === cold;
      if (!isTaken) this.#run.world.stock.release(place, quantity);
      return isTaken;
    });
  }

  #promise(customer: Customer, at: number): Pick<OpenOrder, 'serviceLevel' | 'promisedAt' | 'shipBy'> {
    const clock = clockOf(this.#run, customer.site.siteId);
    const courier = this.#fulfilment.courierHours(customer);
    const hour = clock.hour(at);
    const isWorkday = clock.weekday(at) !== 6;
    const wantsFast = this.#random.chance(customer.tier === 'standard' ? 0.55 : 0.75);
    const toPromise = (serviceLevel: OpenOrder['serviceLevel'], promisedAt: number) => ({
      serviceLevel,
      promisedAt,
      shipBy: Math.round(promisedAt - (courier + 1) * HOUR_MS),
    });
    // The last hand-over that can still arrive by ten in the evening, with three hours to pick and pack.
    if (wantsFast && isWorkday && hour < 13 && Math.max(hour, 6) + 3 + courier < 20) {
      return toPromise('same-day', clock.atHour(at, 22));
    }
    if (wantsFast) return toPromise('express', this.#workdayAt(clock.atHour(at, 20, hour < 18 ? 1 : 2), customer));
    return toPromise('standard', this.#workdayAt(clock.atHour(at, 20, 3), customer));
  }

  #workdayAt(at: number, customer: Customer): number {
    const clock = clockOf(this.#run, customer.site.siteId);
    return clock.weekday(at) === 6 ? clock.atHour(at, 20, 1) : at;
  }

  #later(order: OpenOrder, act: (at: number) => void): void {
    this.#run.agenda.at(order.placedAt + this.#random.between(3, 50) * MINUTE_MS, (at) => {
      if (!order.isReleased && !order.isCancelled) act(Math.round(at));
    });
  }

  #change(order: OpenOrder, at: number): void {
    const line = this.#random.pick(order.lines);
    const more = this.#run.world.stock.reserve(line.place, 1);
    if (more === 0) return;
    line.quantity += more;
    order.version++;
    this.#run.emitter.emit('detent.orders.OrderChanged', at, { ...toRecord(order), version: order.version });
  }

  #cancel(order: OpenOrder, at: number): void {
    order.isCancelled = true;
    order.customer.openOrders--;
    for (const { place, quantity } of order.lines) this.#run.world.stock.release(place, quantity);
    const { orderId, customer } = order;
    const reason = this.#random.pick(['customer-changed-mind', 'payment-failed', 'duplicate']);
    this.#run.emitter.emit('detent.orders.OrderCancelled', at, { orderId, siteId: customer.site.siteId, reason });
  }

  #releaseWave(siteId: string, at: number): void {
    const waiting = this.#waiting.get(siteId) as OpenOrder[];
    this.#waiting.set(siteId, []);
    const rank = { 'same-day': 0, express: 1, standard: 2 };
    waiting.sort((a, b) => rank[a.serviceLevel] - rank[b.serviceLevel] || a.placedAt - b.placedAt);
    for (const order of waiting) {
      if (order.isCancelled) continue;
      order.isReleased = true;
      this.#fulfilment.release(order, at);
    }
  }

  /** Once a day some profiles move on, and now and then somebody asks to be forgotten. */
  #reviewCustomers(at: number): void {
    const { customers } = this.#run.world;
    for (let i = 0; i < customers.length / 60; i++) {
      const customer = this.#random.pick(customers);
      if (customer.erased) continue;
      customer.lifetimeValue = Math.round(customer.lifetimeValue * this.#random.between(1.01, 1.3));
      if (customer.tier === 'gold' && customer.lifetimeValue > 9000) customer.tier = 'platinum';
      else if (customer.tier === 'standard' && customer.lifetimeValue > 600) customer.tier = 'silver';
      profileCustomer(this.#run, customer, at);
    }
    const idle = customers.filter((customer) => customer.openOrders === 0 && !customer.erased);
    if (idle.length < customers.length / 2) return;
    const leaver = this.#random.pick(idle);
    leaver.erased = true;
    this.#run.emitter.emit('detent.customers.CustomerErased', at, { customerId: leaver.customerId });
  }
}

function toRecord(order: OpenOrder): Omit<OrderPlaced, 'eventId' | 'occurredAt' | 'version'> {
  const { orderId, customer, placedAt, promisedAt, shipBy, serviceLevel } = order;
  const { lane, site, customerId, postcode } = customer;
  const lines: OrderLine[] = order.lines.map(({ lineId, place, quantity }) => ({
    lineId,
    skuId: place.sku.skuId,
    quantity,
    uom: 'each',
  }));
  const destination = { country: lane.country, region: lane.regionId, postcode, lat: lane.lat, lon: lane.lon };
  return { orderId, customerId, siteId: site.siteId, lines, placedAt, promisedAt, shipBy, serviceLevel, destination };
}
