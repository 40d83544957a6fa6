import type { ColdUnit } from '@detent/core';
import type { Effects } from '@detent/pipeline';
import type {
  CapacityChanged,
  CarrierServiceDescribed,
  LaneDescribed,
  SkuDescribed,
  TariffDescribed,
} from '@detent/schemas';
import type { Sku } from '../goods/consignment.ts';
import { isTimezone } from '../timetable/calendar.ts';
import { type Book, capacityOver } from './book.ts';
import type { Room } from './states.ts';

/** Looks again at orders that wait. */
export interface Waker {
  /**
   * Those that wait for facts (keys of `Book.waiting`), the first before the others. `room`: nothing but room of this
   * capacity is new.
   */
  wake(facts: readonly string[], room: Room | null, at: number, effects: Effects): void;
}

/** Takes what goods, lanes and carriers are said to be, and wakes who waited to hear it. */
export class Describing {
  readonly #book: Book;
  readonly #waker: Waker;

  constructor(book: Book, waker: Waker) {
    this.#book = book;
    this.#waker = waker;
  }

  /** False for facts that describe nothing. */
  take(name: string, value: unknown, at: number, effects: Effects): boolean {
    if (name === 'detent.inventory.SkuDescribed') this.#sku(value as SkuDescribed, at, effects);
    else if (name === 'detent.sites.LaneDescribed') this.#lane(value as LaneDescribed, at, effects);
    else if (name === 'detent.carriers.CarrierServiceDescribed')
      this.#service(value as CarrierServiceDescribed, at, effects);
    else if (name === 'detent.carriers.TariffDescribed') this.#tariff(value as TariffDescribed, at, effects);
    else if (name === 'detent.carriers.CapacityChanged') this.#capacity(value as CapacityChanged, at, effects);
    else return false;
    return true;
  }

  #sku(sku: SkuDescribed, at: number, effects: Effects): void {
    const { skuId, lengthMm, widthMm, heightMm } = sku;
    const isMeasured = lengthMm != null && widthMm != null && heightMm != null;
    const unit: ColdUnit | null =
      isMeasured && sku.weightG != null
        ? {
            ...{ l: Math.ceil(lengthMm), w: Math.ceil(widthMm), h: Math.ceil(heightMm), weightG: sku.weightG },
            ...{ fragility: sku.fragility ?? null, maxTopLoadG: sku.maxTopLoadG ?? null },
            ...{ minTempC: sku.minTempC ?? null, maxTempC: sku.maxTempC ?? null },
          }
        : null;
    const known: Sku = {
      skuId,
      unit,
      weightG: sku.weightG ?? null,
      volumeL: isMeasured ? (lengthMm * widthMm * heightMm) / 1e6 : null,
      longestMm: isMeasured ? Math.max(lengthMm, widthMm, heightMm) : null,
      minTempC: sku.minTempC ?? null,
      maxTempC: sku.maxTempC ?? null,
      hazmatClass: sku.hazmatClass ?? null,
      shelfLifeHours: sku.shelfLifeHours ?? null,
    };
    this.#book.skus.set(skuId, known);
    effects.save(`sku:${skuId}`, known);
    this.#waker.wake([`sku:${skuId}`], null, at, effects);
  }

  #lane(
    { laneId, originSiteId, destinationCountry, postcodePrefixes, distanceKm }: LaneDescribed,
    at: number,
    effects: Effects,
  ): void {
    this.#book.putLane({ laneId, originSiteId, destinationCountry, postcodePrefixes, distanceKm }, effects);
    this.#waker.wake([`site:${originSiteId}`, 'site:'], null, at, effects);
  }

  #service(described: CarrierServiceDescribed, at: number, effects: Effects): void {
    if (!isTimezone(described.timezone) || !/^\d\d:\d\d$/.test(described.cutoffLocal)) {
      effects.note('service-without-usable-cutoff');
      return;
    }
    const { eventId: _eventId, occurredAt: _occurredAt, ...service } = described;
    this.#book.putService(service, effects);
    const laneIds = service.lanes.map(({ laneId }) => laneId);
    this.#waker.wake(waitingOn(laneIds), null, at, effects);
  }

  #tariff({ carrierId, tariffId, currency, breaks, surcharges }: TariffDescribed, at: number, effects: Effects): void {
    const key = `${carrierId}/${tariffId}`;
    const tariff = { carrierId, tariffId, currency, breaks, surcharges };
    this.#book.tariffs.set(key, tariff);
    effects.save(`tariff:${key}`, tariff);
    const laneIds: string[] = [];
    for (const [laneId, offers] of this.#book.offersOnLane) {
      const isUsed = offers.some(({ service, lane }) => service.carrierId === carrierId && lane.tariffId === tariffId);
      if (isUsed) laneIds.push(laneId);
    }
    this.#waker.wake(waitingOn(laneIds), null, at, effects);
  }

  #capacity(changed: CapacityChanged, at: number, effects: Effects): void {
    const { carrierId, serviceId, laneId, day, remaining, unit } = changed;
    const key = `${carrierId}/${serviceId}/${laneId ?? '*'}/${day}`;
    const overAt = capacityOver(key);
    if (!(overAt > at)) {
      effects.note('capacity-of-the-past');
      return;
    }
    const assigned = this.#book.capacities.get(key)?.assigned ?? 0;
    const capacity = { remaining, unit, assigned, booked: 0 };
    this.#book.capacities.set(key, capacity);
    effects.save(`capacity:${key}`, capacity, overAt);
    const laneIds = laneId ? [laneId] : this.#book.lanesOfService(carrierId, serviceId);
    this.#waker.wake(waitingOn(laneIds), { key, carrierId, serviceId }, at, effects);
  }
}

/** Those for room on a lane before those that a person was asked about. */
function waitingOn(laneIds: readonly string[]): string[] {
  return laneIds.flatMap((laneId) => [`room:${laneId}`, `lane:${laneId}`]);
}
