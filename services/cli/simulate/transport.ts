import type { Aftermath } from './aftermath.ts';
import { type Carrier, cartonPriceEur, type Service } from './carriers.ts';
import type { LaneConditions } from './conditions.ts';
import { localDay } from './describe.ts';
import type { OpenLine, OpenOrder } from './orders.ts';
import type { Climate } from './places.ts';
import { type Random, Weighted } from './random.ts';
import { HOUR_MS, MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import { vehicleOf } from './sensors.ts';

const BOOK_FREIGHT_MS = 15 * MINUTE_MS;

/** What leaves as one shipment of an order. */
export interface Parcel {
  climate: Climate;
  isBulky: boolean;
  lines: OpenLine[];
  weightG: number;
  volumeL: number;
  lengthMm: number;
}

/** A shipment on its way. */
export interface Trip {
  shipmentId: string;
  service: Service;
  parcel: Parcel;
  laneId: string;
  departsAt: number;
  plannedAt: number;
  arrivesAt: number;
  costEur: number;
  isLast: boolean;
}

/** Carriers and their trips: booking, loading, milestones, and how late it gets under traffic, weather and trouble. */
export class Transport {
  readonly #run: Run;
  readonly #random: Random;
  readonly #aftermath: Aftermath;
  readonly #carriers: ReadonlyMap<string, Carrier>;
  /** Cartons booked by service and local day of departure. */
  readonly booked = new Map<string, number>();
  #count = 0;

  constructor(run: Run, aftermath: Aftermath) {
    this.#run = run;
    this.#random = run.random.fork('transport');
    this.#aftermath = aftermath;
    this.#carriers = new Map(run.world.carriers.map((carrier) => [carrier.carrierId, carrier]));
  }

  /** Books, loads and sends a parcel that is packed at `at`. `of` is how many the order has in all. */
  ship(order: OpenOrder, parcel: Parcel, { at, index, of }: { at: number; index: number; of: number }): void {
    const { lane, site } = order.customer;
    const service = this.#choose(order, parcel, at);
    const departsAt = this.#departure(service, at);
    const transitMs = (service.transitHours.get(lane.laneId) as number) * HOUR_MS;
    const shipmentId = `sh-${String(++this.#count).padStart(7, '0')}`;
    const trip: Trip = {
      shipmentId,
      service,
      parcel,
      laneId: lane.laneId,
      departsAt,
      plannedAt: departsAt + transitMs,
      arrivesAt: Math.round(departsAt + transitMs * this.#tripFactor(service, lane.laneId, departsAt, transitMs)),
      costEur: cartonPriceEur(service, parcel.weightG, parcel.volumeL),
      isLast: false,
    };
    // Freight is booked when what goes together is known, shortly before it is loaded.
    const bookedAt = service.mode === 'ltl' ? Math.max(at, departsAt - BOOK_FREIGHT_MS) : at;
    this.#run.agenda.at(bookedAt, (when) => this.#book(order, trip, when));
    this.#run.agenda.at(departsAt - 10 * MINUTE_MS, (when) => this.#load(order, trip, when));
    this.#run.agenda.at(departsAt + this.#slipMs(service, departsAt), (when) => {
      this.#milestone(trip, 'departed', departsAt, when);
    });
    this.#run.agenda.at(trip.arrivesAt, (when) => {
      this.#milestone(trip, 'delivered', trip.plannedAt, when);
      this.#aftermath.delivered(order, trip, when);
    });
    if (index === 0 && of > 1) this.#aftermath.expect(order.orderId, of);
    if (transitMs > 5 * HOUR_MS) {
      const share = 0.6;
      const hub = trip.departsAt + (trip.arrivesAt - trip.departsAt) * share;
      this.#run.agenda.at(Math.round(hub), (when) => {
        this.#milestone(trip, 'arrived', Math.round(trip.departsAt + transitMs * share), when);
      });
    }
    const day = `${service.serviceId} ${localDay(this.#run, site.siteId, departsAt)}`;
    this.booked.set(day, (this.booked.get(day) ?? 0) + 1);
  }

  /** The cheapest kind of service that keeps the promise; among its carriers by their share. */
  #choose(order: OpenOrder, parcel: Parcel, at: number): Service {
    const { lane, site } = order.customer;
    const able = this.#run.world.services.filter(
      (service) => service.siteId === site.siteId && canCarry(service, parcel),
    );
    const arrival = (service: Service) =>
      this.#departure(service, at) + (service.transitHours.get(lane.laneId) as number) * HOUR_MS;
    const inTime = able.filter((service) => arrival(service) <= order.promisedAt - HOUR_MS);
    if (inTime.length === 0) return able.reduce((best, service) => (arrival(service) < arrival(best) ? service : best));
    const mode = inTime.some((service) => service.mode === 'parcel') ? 'parcel' : (inTime[0] as Service).mode;
    return new Weighted(
      inTime.filter((service) => service.mode === mode),
      (service) => service.share,
    ).pick(this.#random);
  }

  #departure(service: Service, at: number): number {
    return clockOf(this.#run, service.siteId).nextOf(at + 20 * MINUTE_MS, service.departures);
  }

  /** How long after its time a vehicle leaves; it makes good for it on the road or not. */
  #slipMs(service: Service, departsAt: number): number {
    const isInTrouble = this.#run.world.incidents.isInTrouble(service.carrierId, departsAt);
    if (!this.#random.chance(isInTrouble ? 0.9 : 0.1)) return 0;
    return Math.round(this.#random.between(5, isInTrouble ? 60 : 20) * MINUTE_MS);
  }

  #tripFactor(service: Service, laneId: string, departsAt: number, transitMs: number): number {
    const random = this.#random;
    const clock = clockOf(this.#run, service.siteId);
    const { hitchRate } = this.#carriers.get(service.carrierId) as Carrier;
    const conditions = this.#run.world.conditions.get(laneId) as LaneConditions;
    // What is on the road when the trouble begins is caught by it.
    const isInTrouble = this.#run.world.incidents.isInTrouble(service.carrierId, departsAt + transitMs * 0.7);
    const road = conditions.tripFactor(departsAt, clock.hour(departsAt), clock.weekday(departsAt));
    const hitch = random.chance(isInTrouble ? 0.85 : hitchRate) ? random.between(1.35, 2.3) : 1;
    return 0.83 * random.around(1, 0.06) * road * hitch * (isInTrouble ? 1.25 : 1);
  }

  #book(order: OpenOrder, trip: Trip, at: number): void {
    const { parcel, service, shipmentId, laneId } = trip;
    const edgeMm = Math.round(Math.cbrt(parcel.volumeL) * 100);
    const widthMm = Math.max(60, Math.min(edgeMm, parcel.lengthMm));
    const heightMm = Math.max(40, Math.round((parcel.volumeL * 1e6) / (parcel.lengthMm * widthMm)));
    this.#run.emitter.emit('detent.shipments.ShipmentBooked', at, {
      shipmentId,
      siteId: order.customer.site.siteId,
      orderIds: [order.orderId],
      carrierId: service.carrierId,
      serviceId: service.serviceId,
      laneId,
      cartons: [
        {
          handlingUnitId: `${shipmentId}-1`,
          dims: { lengthMm: parcel.lengthMm, widthMm, heightMm },
          weightG: parcel.weightG,
        },
      ],
      cost: trip.costEur,
      currency: 'EUR',
    });
  }

  #load(order: OpenOrder, trip: Trip, at: number): void {
    const { parcel, shipmentId } = trip;
    const { siteId } = order.customer.site;
    const isCold = parcel.climate !== 'ambient';
    const lots = parcel.lines.flatMap(({ place, quantity }) => {
      const lotId = place.holdings[0]?.lot?.lotId;
      return lotId === undefined ? [] : [{ lotId, skuId: place.sku.skuId, quantity }];
    });
    this.#run.emitter.emit('detent.shipments.ShipmentLoaded', at, {
      shipmentId,
      siteId,
      assetId: isCold ? vehicleOf(siteId, parcel.climate) : `truck-${trip.service.serviceId}`,
      assetType: 'vehicle',
      lots,
    });
    for (const { lineId, quantity } of parcel.lines) {
      this.#run.emitter.emit('detent.orders.OrderLineStatusChanged', at, {
        orderId: order.orderId,
        siteId,
        lineId,
        status: 'shipped',
        quantity,
        shipmentId,
        handlingUnitId: `${shipmentId}-1`,
      });
    }
  }

  #milestone(trip: Trip, milestone: string, plannedAt: number, actualAt: number): void {
    this.#run.emitter.emit('detent.shipments.ShipmentMilestone', actualAt, {
      shipmentId: trip.shipmentId,
      carrierId: trip.service.carrierId,
      laneId: trip.laneId,
      milestone,
      plannedAt,
      actualAt: Math.round(actualAt),
    });
  }
}

/** A service that can carry a parcel. */
function canCarry(service: Service, parcel: Parcel): boolean {
  if (service.climate !== parcel.climate) return false;
  if (parcel.isBulky !== (service.mode === 'ltl')) return false;
  return parcel.weightG <= service.maxWeightG && parcel.lengthMm <= service.maxLengthMm;
}
