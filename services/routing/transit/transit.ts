import { type Cause, type Effects, membershipsOf, type StatusNews } from '@detent/pipeline';
import type { Action, ShipmentBooked, ShipmentLoaded, ShipmentMilestone } from '@detent/schemas';
import type { LotState, ShipmentState } from '../book/states.ts';
import { hoursBetween } from '../costing/merit.ts';
import { type DivertJudgement, hoursLeftAt, judgeDivert } from '../lots/index.ts';
import type { Desk } from '../offers/desk.ts';
import { round } from '../offers/offer.ts';

/** The shipment has come to where nothing can be changed any more. */
const OVER: ReadonlySet<string> = new Set(['arrived', 'out-for-delivery', 'delivered']);
const HOUR = 3_600_000;

/** A lot on the road, and what is judged of it. */
interface Judged extends DivertJudgement {
  lot: LotState;
  hoursOnArrival: number;
  hoursAsked: number;
  isWanted: boolean;
}

/** Watches lots on the road, and has a shipment sent elsewhere where its playbook allows it and the change is earned. */
export class Transit {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** `arriveAt`: as planned by its assignment; null where it went otherwise. */
  booked(shipment: ShipmentBooked, arriveAt: number | null, at: number, effects: Effects): void {
    const { shipmentId, carrierId, serviceId, laneId, orderIds } = shipment;
    const known = this.#of(shipmentId);
    const siteId = shipment.siteId ?? known.siteId;
    const planned = arriveAt ?? this.#plannedArrival(shipment, at);
    this.#save({ ...known, siteId, orderIds, carrierId, serviceId, laneId, arriveAt: planned }, at, effects);
  }

  loaded({ shipmentId, siteId, lots }: ShipmentLoaded, at: number, effects: Effects): void {
    const { book } = this.#desk;
    const known = this.#of(shipmentId);
    for (const { lotId } of lots) book.shipmentsOfLot.add(lotId, shipmentId);
    const kept = known.lots.filter(({ lotId }) => !lots.some((lot) => lot.lotId === lotId));
    this.#save({ ...known, siteId: siteId ?? known.siteId, lots: [...kept, ...lots] }, at, effects);
    for (const { lotId } of lots) {
      const standing = Object.entries(book.lots.get(lotId)?.standings ?? {}).findLast(([, { commands }]) => commands);
      if (standing === undefined) continue;
      const cause = { ...standing[1], entityType: 'lot', entityId: lotId, dimension: standing[0] };
      this.#consider(shipmentId, lotId, cause, at, effects);
    }
  }

  milestone({ shipmentId, milestone }: ShipmentMilestone, effects: Effects): void {
    if (!OVER.has(milestone)) return;
    const shipment = this.#desk.book.shipments.get(shipmentId);
    if (shipment === undefined) return;
    if (shipment.diverted !== null) effects.withdraw(shipment.diverted, 'the shipment has arrived');
    this.forget(shipmentId, effects);
  }

  forget(shipmentId: string, effects: Effects): void {
    this.#desk.book.dropShipment(shipmentId);
    effects.drop(`shipment:${shipmentId}`);
  }

  /** A lot has changed: whatever carries it is looked at. */
  lotChanged(lotId: string, cause: Cause, at: number, effects: Effects): void {
    for (const shipmentId of this.#desk.book.shipmentsOfLot.of(lotId)) {
      this.#consider(shipmentId, lotId, cause, at, effects);
    }
  }

  /** What nobody took up in time may be asked for again; what was refused may not. */
  status({ status, at }: StatusNews, action: Action, effects: Effects): void {
    const shipment = this.#desk.book.shipments.get(action.target.entityId);
    if (shipment?.diverted !== action.actionId || status !== 'expired') return;
    this.#save({ ...shipment, diverted: null }, at, effects);
  }

  #consider(shipmentId: string, lotId: string, cause: Cause, at: number, effects: Effects): void {
    const shipment = this.#of(shipmentId);
    if (shipment.arriveAt === null) {
      effects.note('divert-arrival-unknown');
      return;
    }
    const judged = this.#judge(shipment, lotId, shipment.arriveAt, at);
    if (judged === undefined) return;
    if (shipment.diverted !== null) {
      if (judged.isWanted || judged.hoursOnArrival < judged.hoursAsked) return;
      if (shipment.divertedFor !== lotId) return;
      effects.withdraw(shipment.diverted, 'the lot is kept cold again and arrives with the life that is asked for');
      this.#save({ ...shipment, diverted: null, divertedFor: null }, at, effects);
      effects.note('divert-withdrawn');
    } else if (judged.isWanted && judged.isEarned) {
      this.#divert(shipment, judged, shipment.arriveAt, cause, at, effects);
    } else if (judged.isWanted) {
      effects.note('divert-not-earned');
    }
  }

  #judge(shipment: ShipmentState, lotId: string, arriveAt: number, at: number): Judged | undefined {
    const { book, config, playbookOf } = this.#desk;
    const lot = book.lots.get(lotId);
    if (lot === undefined) return undefined;
    const commands = playbookOf(membershipsOf('lot', lot.standings))?.do ?? {};
    const hoursOnArrival = hoursLeftAt(lot, at, arriveAt);
    const orders = shipment.orderIds.map((orderId) => book.orders.get(orderId)).filter((order) => order !== undefined);
    const asked = orders.map(({ customerId }) => book.customers.get(customerId)?.minRemainingLifeHours ?? 0);
    const hoursAsked = Math.max(0, ...asked);
    const cost = typeof commands['cost'] === 'number' ? commands['cost'] : undefined;
    const { weightKg } = this.#loadOf(shipment, lotId);
    const hoursToArrival = hoursBetween(at, arriveAt);
    const judgement = judgeDivert({ weightKg, hoursOnArrival, hoursAsked, hoursToArrival, cost }, config.divert);
    return { ...judgement, lot, hoursOnArrival, hoursAsked, isWanted: commands['divert'] === true };
  }

  #loadOf({ lots }: ShipmentState, lotId: string): { weightKg: number; quantity: number; skuId: string } {
    const loaded = lots.find((lot) => lot.lotId === lotId)!;
    const weightG = this.#desk.book.skus.get(loaded.skuId)?.weightG ?? this.#desk.config.assumedWeightG;
    return { ...loaded, weightKg: (weightG * loaded.quantity) / 1000 };
  }

  #divert(
    shipment: ShipmentState,
    { lot, hoursOnArrival, hoursAsked, saving, cost }: Judged,
    arriveAt: number,
    cause: Cause,
    at: number,
    effects: Effects,
  ): void {
    const { config, playbookOf } = this.#desk;
    const { shipmentId, carrierId, serviceId, laneId } = shipment;
    const { skuId, quantity, weightKg } = this.#loadOf(shipment, lot.lotId);
    const acted = shipment.acted + 1;
    const left = `${round(hoursOnArrival)} h of life`;
    const diverted = effects.act({
      type: 'divert',
      target: { entityType: 'shipment', entityId: shipmentId },
      siteId: shipment.siteId,
      cause,
      n: acted,
      because: `lot ${lot.lotId} would arrive with ${left} where ${hoursAsked} are asked for; sold elsewhere it saves ${round(saving)} ${config.currency} and costs ${round(cost)}; ${cause.dimension} is ${cause.segment}: ${cause.text}`,
      details: {
        lotId: lot.lotId,
        ...(carrierId === null ? {} : { carrierId, serviceId: serviceId!, laneId: laneId! }),
        weightKg: round(weightKg),
        hoursLost: round(lot.hoursLost),
        hoursLeftOnArrival: round(hoursOnArrival),
        hoursAsked,
        saving: round(saving),
        changeCost: round(cost),
        currency: config.currency,
        arriveAt,
      },
      tasks: [{ lotId: lot.lotId, skuId, quantity }],
      alternatives: [
        {
          what: 'as planned',
          rejectedBecause: `arrives with less life than the ${hoursAsked} h that are asked for`,
          value: round(hoursOnArrival),
          unit: 'h of life left',
        },
      ],
      playbook: playbookOf(membershipsOf('lot', lot.standings)),
      validUntil: arriveAt - config.divert.leastHours * HOUR,
      undo: { type: 'resume-route', details: { shipmentId } },
    });
    this.#save({ ...shipment, acted, diverted, divertedFor: lot.lotId }, at, effects);
    effects.note('diverted');
  }

  /** As its service is described, from the first departure that it makes. */
  #plannedArrival({ carrierId, serviceId, laneId }: ShipmentBooked, at: number): number | null {
    const { book } = this.#desk;
    const offers = book.offersOnLane.get(laneId) ?? [];
    const of = offers.find(({ service }) => service.carrierId === carrierId && service.serviceId === serviceId);
    return (of && book.timetable.next(of.service, of.lane, at)?.arriveAt) ?? null;
  }

  #of(shipmentId: string): ShipmentState {
    const known = this.#desk.book.shipments.get(shipmentId);
    if (known) return known;
    const nowhere = { siteId: null, carrierId: null, serviceId: null, laneId: null, arriveAt: null };
    return { shipmentId, ...nowhere, orderIds: [], lots: [], diverted: null, divertedFor: null, acted: 0 };
  }

  #save(shipment: ShipmentState, at: number, effects: Effects): void {
    this.#desk.book.shipments.set(shipment.shipmentId, shipment);
    effects.save(`shipment:${shipment.shipmentId}`, shipment, at + this.#desk.config.retentionMs);
  }
}
