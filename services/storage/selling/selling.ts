import { hoursLostAs } from '@detent/core';
import { type Cause, endsEntity, membershipsOf, takeChange } from '@detent/pipeline';
import type { LotReceived, SegmentChanged } from '@detent/schemas';
import type { LotState } from '../book/index.ts';
import type { Desk } from '../desk.ts';
import { outlookOf, remainingHours } from '../lots/index.ts';
import type { Effects } from '../metrics.ts';
import { moveFirst } from './move-first.ts';

const HOUR_MS = 3_600_000;

/** Lots, what is left of their lives, and the commands to sell first those that have little left. */
export class Selling {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** A lot came in: when it expires. What does not expire is known from its segments alone. */
  received({ lotId, skuId, expiresAt }: LotReceived, effects: Effects): void {
    const { book } = this.#desk;
    if (expiresAt == null) return;
    const known = book.lots.get(lotId) ?? { standings: {}, cause: null, commanded: 0, selling: null, hoursLost: 0 };
    book.putLot({ ...known, lotId, skuId, expiresAt }, effects);
  }

  /** A segment of a lot changed. Returns false when the lot is no more. */
  changed(change: SegmentChanged, at: number, effects: Effects): boolean {
    const { book, config } = this.#desk;
    const { entityType, entityId: lotId, dimension } = change;
    let lot = book.lots.get(lotId);
    if (lot === undefined) {
      if (endsEntity(change)) return false;
      const of = { standings: {}, cause: null, commanded: 0, selling: null };
      lot = { lotId, skuId: '', expiresAt: null, hoursLost: 0, ...of };
    }
    const taken = takeChange(lot.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return true;
    }
    if (taken === 'ended') {
      book.dropLot(lotId, effects);
      return false;
    }
    this.#age(lot, change);
    const standing = lot.standings[dimension];
    if (dimension in config.sellFirst) {
      lot.cause = standing?.commands ? { ...standing, entityType, entityId: lotId, dimension } : null;
      this.#decide(lot, at, effects);
    }
    book.putLot(lot, effects);
    return true;
  }

  /**
   * Units of a lot came or went. The first that is heard of a short lot's place commands it; when nothing is left of it, it
   * is sold, or its command is moot. What is being moved comes again.
   */
  stockChanged(skuId: string, lotId: string, reason: string, at: number, effects: Effects): void {
    const { book } = this.#desk;
    const lot = book.lots.get(lotId);
    if (lot === undefined) return;
    const isGone = book.shelves.placesOfLot(lotId).length === 0;
    if (lot.skuId === '' && !isGone) lot.skuId = skuId;
    if (lot.selling !== null && isGone && reason !== 'move') {
      if (reason === 'pick') effects.done(lot.selling.actionId);
      else effects.withdraw(lot.selling.actionId, `nothing is left of lot ${lotId}: ${reason}`);
      effects.note(reason === 'pick' ? 'sell-first-done' : 'sell-first-withdrawn');
      lot.selling = null;
    } else if (lot.selling === null && lot.cause !== null && !isGone) {
      this.#decide(lot, at, effects);
    } else {
      return;
    }
    book.putLot(lot, effects);
  }

  /** The command was refused, failed or ran out: it is not given again until the lot's segment changes. */
  gaveUp(lotId: string, actionId: string, effects: Effects): void {
    const { book } = this.#desk;
    const lot = book.lots.get(lotId);
    if (lot?.selling?.actionId !== actionId) return;
    lot.selling = null;
    lot.cause = null;
    effects.note('sell-first-given-up');
    book.putLot(lot, effects);
  }

  #decide(lot: LotState, at: number, effects: Effects): void {
    const { sellFirst } = this.#desk.config;
    const short = Object.keys(sellFirst)
      .map((dimension) => lot.standings[dimension]?.segment)
      .find((segment, i) => segment !== undefined && Object.values(sellFirst)[i]!.includes(segment));
    if (short === undefined) {
      if (lot.selling === null) return;
      effects.withdraw(lot.selling.actionId, `lot ${lot.lotId} is no longer ${lot.selling.segment}`);
      effects.note('sell-first-withdrawn');
      lot.selling = null;
      return;
    }
    if (lot.selling?.segment === short || lot.cause === null) return;
    this.#command(lot, short, lot.cause, at, effects);
  }

  #command(lot: LotState, segment: string, cause: Cause, at: number, effects: Effects): void {
    const { book, config, playbookFor } = this.#desk;
    const { lotId } = lot;
    const places = book.shelves.placesOfLot(lotId).flatMap((locationId) => {
      const location = book.sites.locations.get(locationId);
      return location === undefined ? [] : [location];
    });
    const [first] = places;
    // Not here, or not yet: it is commanded when its place is known.
    if (first === undefined) return;
    const skuId = lot.skuId === '' ? skuAt(first.locationId, lotId, this.#desk) : lot.skuId;
    if (skuId === undefined) return;
    lot.skuId = skuId;
    const siteId = places.every((place) => place.siteId === first.siteId) ? first.siteId : null;
    const tasks = places.map(({ locationId }) => {
      return { skuId, lotId, quantity: book.shelves.onHand(locationId, skuId)[lotId] ?? 0, fromLocationId: locationId };
    });
    const units = tasks.reduce((sum, { quantity }) => sum + quantity, 0);
    const hours = remainingHours(lot, at);
    const endOfLife = Number.isFinite(hours) ? at + hours * HOUR_MS : null;
    const others = lotsOf(skuId, siteId, this.#desk).filter((other) => other.lotId !== lotId);
    const rate = siteId === null ? undefined : book.learnt.rate(`${skuId}@${siteId}`, at, config.demandMinDays);
    const outlook = outlookOf({ lotId, units }, others, (id) => book.lots.get(id), rate?.units, at);
    const { rank, unitsBefore, lostUnits } = outlook;
    const left = endOfLife === null ? '' : `; ${Math.max(0, Math.round(hours))} hours of its life are left`;
    const lost = lostUnits === null ? '' : `. At the usual rate ${lostUnits} of its ${units} units would be lost`;
    const supersedes = lot.selling?.actionId;
    lot.commanded += 1;
    const actionId = effects.act({
      type: 'sell-first',
      target: { entityType: 'lot', entityId: lotId },
      siteId,
      cause,
      n: `sell-first-${lot.commanded}`,
      because: `${cause.dimension} is ${cause.segment}: ${cause.text}${left}${lost}`,
      details: {
        ...{ skuId, units, places: places.map(({ locationId }) => locationId).join(' '), rank, unitsBefore },
        ...(endOfLife !== null && { lifeLeftHours: Math.round(hours * 10) / 10 }),
        ...(rate !== undefined && { unitsPerDay: Math.round(rate.units * 100) / 100 }),
        ...(lostUnits !== null && { lostUnits }),
      },
      tasks,
      alternatives: [
        {
          what: 'sell as usual, first expired first',
          rejectedBecause:
            lostUnits === null ? `it is ${segment}, and its demand is not known` : 'these units would be lost',
          ...(lostUnits !== null && { value: lostUnits, unit: 'units' }),
        },
      ],
      playbook: playbookFor(membershipsOf('lot', lot.standings)),
      validUntil: Math.max(at + HOUR_MS, endOfLife ?? at + config.sellFirstValidMs),
      ...(supersedes !== undefined && { supersedes }),
      undo: { type: 'sell-as-usual', details: { lotId } },
    });
    lot.selling = { actionId, segment };
    effects.note('sell-first-commanded');
    for (const place of places) moveFirst(lot, place, cause, at, this.#desk, effects);
  }

  /** What its temperatures have cost a lot: as the change tells it, or from the share of its life that is left. */
  #age(lot: LotState, { attributes, occurredAt }: SegmentChanged): void {
    const life = this.#desk.book.skus.get(lot.skuId)?.shelfLifeHours ?? null;
    const lost = hoursLostAs(attributes, life, lot.expiresAt, occurredAt);
    if (lost !== undefined && lost > lot.hoursLost) lot.hoursLost = lost;
  }
}

function skuAt(locationId: string, lotId: string, { book }: Desk): string | undefined {
  const skus = book.shelves.at(locationId);
  return Object.keys(skus).find((skuId) => (skus[skuId]![lotId] ?? 0) > 0);
}

/** Lots of a SKU at a site with their units, those that are told by lot. */
function lotsOf(skuId: string, siteId: string | null, { book }: Desk): { lotId: string; units: number }[] {
  const units = new Map<string, number>();
  for (const locationId of book.shelves.placesOf(skuId)) {
    if (siteId !== null && book.sites.locations.get(locationId)?.siteId !== siteId) continue;
    const onHand = book.shelves.onHand(locationId, skuId);
    for (const lotId in onHand) if (lotId !== '') units.set(lotId, (units.get(lotId) ?? 0) + onHand[lotId]!);
  }
  return [...units].map(([lotId, of]) => ({ lotId, units: of }));
}
