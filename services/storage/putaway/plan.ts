import type { Alternative } from '@detent/pipeline';
import type { Location, Room, Sku } from '../places/index.ts';

/** A place that goods may be put to. */
export interface Candidate {
  place: Location;
  /** Units that it can take, counting what is on its way; if none, why. */
  room: Room;
  /** `near`: picked from at this velocity; `reserve`: for what is not picked soon. A place may be both. */
  isNear: boolean;
  isReserve: boolean;
  /** The article lies there, or is to: no other place is used up. */
  isTopUp: boolean;
  /** What using the place up is worth, metres. */
  placeM: number;
  /** Metres that a pick saves there because of what lies beside it. */
  besideM: number;
}

/** What a putaway is planned with. */
export interface PutawayQuestion {
  sku: Sku;
  units: number;
  picksPerDay: number;
  /** Units that are to be picked from soon, of these; the rest goes to reserve first. */
  nearUnits: number;
  candidates: readonly Candidate[];
  /** Way from the dock to the packing area and back, metres; null where nobody measured it. */
  fromM: number | null;
  horizonDays: number;
  handlingM: number;
  tripL: number;
}

/** Units for a place. `costM`: what it costs in all, metres. */
export interface Putting {
  place: Location;
  units: number;
  costM: number;
  isTopUp: boolean;
}

/** What goes where, what was not taken, and how many units found no room. */
export interface PutawayPlan {
  puttings: Putting[];
  alternatives: Alternative[];
  left: number;
}

const SHOWN = 3;

/**
 * Units of a lot to places: first what is to be picked soon, to places that are picked from; the rest to reserve; what has
 * no room there wherever else the article may lie. Within each, the place that costs least for each unit comes first: the
 * walking of its picks within the horizon, the labour of bringing it there, and the worth of an empty place that it uses
 * up. No place is given more than its room.
 */
export function planPutaway(question: PutawayQuestion): PutawayPlan {
  const { candidates, units, nearUnits } = question;
  const puttings = new Map<Location, Putting>();
  const passed = new Map<string, Putting>();
  let left = units;
  const fill = (among: readonly Candidate[], wanted: number): void => {
    for (let open = Math.min(wanted, left); open >= 1; ) {
      const offers = among
        .map((candidate) => offerOf(candidate, open, puttings.get(candidate.place), question))
        .filter(({ units: of }) => of >= 1)
        .sort((a, b) => a.costM / a.units - b.costM / b.units || (a.place.locationId < b.place.locationId ? -1 : 1));
      const [best, ...others] = offers;
      if (best === undefined) return;
      for (const other of others.slice(0, SHOWN)) passed.set(other.place.locationId, other);
      const before = puttings.get(best.place);
      const more = before && { units: before.units + best.units, costM: before.costM + best.costM };
      puttings.set(best.place, { ...best, ...more, isTopUp: before?.isTopUp ?? best.isTopUp });
      open -= best.units;
      left -= best.units;
    }
  };
  const near = candidates.filter(({ isNear }) => isNear);
  fill(near, nearUnits);
  fill(
    candidates.filter(({ isReserve }) => isReserve),
    left,
  );
  fill(near, left);
  const others = [...passed.values()].filter(({ place }) => !puttings.has(place));
  const without = candidates
    .filter(({ room }) => room.units < 1)
    .sort((a, b) => wayOf(a.place) - wayOf(b.place) || (a.place.locationId < b.place.locationId ? -1 : 1));
  return {
    ...{ puttings: [...puttings.values()], left },
    alternatives: [
      ...others.slice(0, SHOWN).map(({ place, units: taken, costM }) => ({
        what: `${taken} units to ${place.locationId}`,
        rejectedBecause: 'costs more for each unit',
        value: Math.round((costM / taken) * 10) / 10,
        unit: 'm',
      })),
      ...without.slice(0, SHOWN).map(({ place, room }) => ({ what: place.locationId, ...room.reason! })),
    ],
  };
}

/** Units for a place; less those that this plan has given it already, which have paid for the place. */
function offerOf(
  { place, room, isNear, isTopUp, placeM, besideM }: Candidate,
  wanted: number,
  given: Putting | undefined,
  { sku, picksPerDay, horizonDays, handlingM, tripL, fromM }: PutawayQuestion,
): Putting {
  const units = Math.floor(Math.min(room.units - (given?.units ?? 0), wanted));
  const picks = isNear ? Math.min(picksPerDay * horizonDays, units) : 0;
  const trips = Math.ceil((units * sku.volumeL!) / tripL);
  const labourM = trips * (handlingM + ((fromM ?? wayOf(place)) + wayOf(place)) / 2);
  const costM = picks * (wayOf(place) - besideM) + labourM + (isTopUp || given !== undefined ? 0 : placeM);
  return { place, units, costM, isTopUp };
}

function wayOf({ travelM }: Location): number {
  return travelM ?? 0;
}
