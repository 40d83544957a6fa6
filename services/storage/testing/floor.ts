import type { Action, LocationDescribed, StockChanged } from '@detent/schemas';

/** Units on their way, as the floor heard of them. */
export interface Errand {
  actionId: string;
  skuId: string;
  lotId: string | null;
  from: string | null;
  to: string;
  units: number;
  until: number;
  after: string[];
}

/** Measures of articles, by id. */
export type Measures = (skuId: string) => { volumeL: number; weightG: number };

/**
 * A warehouse beside the service, in plain books: what lies where and what it was told to bring. It says what is wrong with
 * a command, or with what a place holds.
 */
export class Floor {
  readonly held = new Map<string, number>();
  readonly faults: string[] = [];
  errands: Errand[] = [];
  readonly done = new Set<string>();
  readonly #places: ReadonlyMap<string, LocationDescribed>;
  readonly #measures: Measures;

  constructor(places: ReadonlyMap<string, LocationDescribed>, measures: Measures) {
    this.#places = places;
    this.#measures = measures;
  }

  units(place: string, skuId: string, lotId: string | null): number {
    return this.held.get(`${place} ${skuId} ${lotId ?? ''}`) ?? 0;
  }

  /** Adds units to a place and returns what is told of it. */
  add(place: string, skuId: string, lotId: string | null, units: number, at: number, reason: string): StockChanged {
    this.held.set(`${place} ${skuId} ${lotId ?? ''}`, this.units(place, skuId, lotId) + units);
    this.#checkPlace(place, 0);
    return {
      ...{ eventId: 's', occurredAt: at, skuId, siteId: 'site-1', locationId: place, lotId },
      ...{ delta: units, onHand: null, status: 'available', reason },
    };
  }

  /** What lies at a place: SKU, lot, units. */
  at(place: string): { skuId: string; lotId: string | null; units: number }[] {
    return [...this.held].flatMap(([key, units]) => {
      const [where, skuId, lotId] = key.split(' ') as [string, string, string];
      return where === place && units > 0 ? [{ skuId, lotId: lotId === '' ? null : lotId, units }] : [];
    });
  }

  expire(at: number): void {
    this.errands = this.errands.filter(({ until }) => until > at);
  }

  drop(actionId: string): void {
    this.errands = this.errands.filter((errand) => errand.actionId !== actionId);
  }

  /** Takes a command, after checking that it can be carried out. */
  take(action: Action): void {
    if (action.supersedes != null) this.drop(action.supersedes);
    if (action.type === 'withdraw') this.drop(String(action.details['actionId']));
    if (action.type !== 'move' && action.type !== 'putaway') return;
    const after = String(action.details['after'] ?? '')
      .split(' ')
      .filter((id) => id !== '');
    const isPlanned = action.details['step'] !== undefined;
    for (const { skuId, lotId = null, quantity, fromLocationId = null, toLocationId } of action.tasks!) {
      const errand: Errand = {
        ...{ actionId: action.actionId, skuId: skuId!, lotId, from: fromLocationId, to: toLocationId! },
        ...{ units: quantity!, until: action.validUntil, after },
      };
      if (!isPlanned && fromLocationId !== null) this.#checkUnits(errand);
      this.errands.push(errand);
      // Steps of a night name what must be done before: they are checked when they are done.
      if (!isPlanned) this.#checkPlace(errand.to, 1);
    }
  }

  /** Carries out what is left of an errand, and returns what is told of it. */
  carry(errand: Errand, at: number): StockChanged[] {
    const { actionId, skuId, lotId, from, to } = errand;
    const lots = from === null ? [] : this.at(from).filter((held) => held.skuId === skuId);
    let left = errand.units;
    const told: StockChanged[] = [];
    for (const held of lots) {
      if (lotId !== null && held.lotId !== null && held.lotId !== lotId) continue;
      const units = Math.min(left, held.units);
      if (units <= 0) continue;
      left -= units;
      told.push(
        this.add(from!, skuId, held.lotId, -units, at, 'move'),
        this.add(to, skuId, held.lotId, units, at, 'move'),
      );
    }
    errand.units = left;
    if (left <= 0) this.errands = this.errands.filter((other) => other !== errand);
    if (this.errands.every((other) => other.actionId !== actionId)) this.done.add(actionId);
    return told;
  }

  /** The units were not given to somebody else already. */
  #checkUnits({ actionId, skuId, lotId, from, units }: Errand): void {
    const isSame = (errand: Errand) => errand.from === from && errand.skuId === skuId;
    const there = this.at(from!).filter((held) => held.skuId === skuId);
    const all = there.reduce((sum, held) => sum + held.units, 0);
    const leaving = this.errands.filter(isSame).reduce((sum, errand) => sum + errand.units, 0);
    if (units > all - leaving) this.faults.push(`${actionId} takes ${units} of ${all - leaving} at ${from}`);
    // Of some articles stock is not told by lot.
    if (lotId === null || there.some((held) => held.lotId === null)) return;
    const ofLot = there.filter((held) => held.lotId === lotId).reduce((sum, held) => sum + held.units, 0);
    const given = this.errands.filter((errand) => isSame(errand) && errand.lotId === lotId);
    const free = ofLot - given.reduce((sum, errand) => sum + errand.units, 0);
    if (units > free) this.faults.push(`${actionId} takes ${units} of ${free} of lot ${lotId} at ${from}`);
  }

  /** One article a place, within volume and weight. `coming` 1: with what is on its way. */
  #checkPlace(place: string, coming: 0 | 1): void {
    const { capacityL, maxWeightG, zoneId } = this.#places.get(place)!;
    if (zoneId === 'dock') return;
    const there = this.at(place);
    const all = coming ? [...there, ...this.errands.filter(({ to }) => to === place)] : there;
    let [litres, grams] = [0, 0];
    for (const { skuId, units } of all) {
      litres += units * this.#measures(skuId).volumeL;
      grams += units * this.#measures(skuId).weightG;
    }
    const skus = new Set(all.map(({ skuId }) => skuId));
    if (litres > capacityL + 1e-6 || grams > maxWeightG + 1e-6 || skus.size > 1) {
      this.faults.push(
        `${place} is to hold ${[...skus].join(', ')}: ${litres} of ${capacityL} l, ${grams} of ${maxWeightG} g`,
      );
    }
  }
}
