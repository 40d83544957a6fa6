import type { Alternative } from '@detent/pipeline';
import type { StorageConfig } from '../config.ts';
import { hazardCheck, type Location, type Occupancy, roomFor, type Sku } from '../places/index.ts';

/** A place where the stock lies now, with the units that may leave it. */
export interface Source {
  location: Location;
  units: number;
}

/** A move that keeps every constraint. All distances in metres. */
export interface Move {
  from: Location;
  to: Location;
  units: number;
  savingM: number;
  costM: number;
}

/** The best move, or why there is none. */
export interface Slotting {
  best: Move | undefined;
  /** What else was looked at, with numbers: the nearest places that cannot, and the next best that could. */
  alternatives: Alternative[];
  /** True when nearer places are only lacking room. */
  lacksRoom: boolean;
}

const SHOWN = 3;

/** What a move is looked for with. */
export interface MoveQuestion {
  sku: Sku;
  picksPerDay: number;
  sources: readonly Source[];
  /** Where it may go. */
  places: readonly Location[];
  config: StorageConfig;
  occupancyOf: (locationId: string) => Occupancy;
  /** Classes of the dangerous goods of a place's zone. Default: none anywhere. */
  hazardsIn?: (place: Location) => ReadonlySet<string>;
  /** Metres that a pick saves at a place because of what lies beside it. Default: none. */
  besideM?: (place: Location) => number;
}

/**
 * Looks for the move that gains most: travel saved on the picks of the horizon that the moved units serve, less the
 * way of moving them. Room, weight, temperature, separation of dangerous goods and one article a place are kept in any
 * case.
 */
export function findMove(question: MoveQuestion): Slotting {
  const { sku, picksPerDay, sources, places, config, occupancyOf } = question;
  const { hazardsIn = () => new Set(), besideM = () => 0 } = question;
  const moves: Move[] = [];
  const rejected: { location: Location; alternative: Alternative }[] = [];
  const hazardFault = hazardCheck(sku, hazardsIn, config);
  let lacksRoom = false;
  const farthestM = Math.max(...sources.map(({ location }) => location.travelM ?? 0));
  for (const to of places) {
    if (to.travelM === null || to.travelM >= farthestM || sources.some(({ location }) => location === to)) continue;
    const room = hazardFault(to) ?? roomFor(to, sku, occupancyOf(to.locationId), config);
    if (room.units < 1) {
      lacksRoom ||= room.isRoom;
      rejected.push({ location: to, alternative: { what: to.locationId, ...room.reason! } });
      continue;
    }
    for (const { location: from, units: there } of sources) {
      if (from.travelM === null || from.travelM <= to.travelM) continue;
      const wanted = Math.max(1, Math.ceil(picksPerDay * config.coverDays));
      const units = Math.floor(Math.min(there, room.units, wanted));
      if (units >= 1) moves.push(valued(from, to, units, sku, picksPerDay, besideM(to) - besideM(from), config));
    }
  }
  moves.sort((a, b) => gain(b) - gain(a) || (a.to.locationId < b.to.locationId ? -1 : 1));
  const best = moves[0] !== undefined && gain(moves[0]) > 0 ? moves[0] : undefined;
  const others = moves.filter((move) => move !== best).slice(0, SHOWN);
  rejected.sort(
    (a, b) => a.location.travelM! - b.location.travelM! || (a.location.locationId < b.location.locationId ? -1 : 1),
  );
  return {
    best,
    lacksRoom,
    alternatives: [
      ...others.map((move) => ({
        what: `${move.units} units to ${move.to.locationId}`,
        rejectedBecause: `gains less: saves ${Math.round(move.savingM)} m and costs ${Math.round(move.costM)} m`,
        value: Math.round(gain(move)),
        unit: 'm',
      })),
      ...rejected.slice(0, SHOWN).map(({ alternative }) => alternative),
    ],
  };
}

/** Metres that a move gains in all. */
export function gain({ savingM, costM }: Move): number {
  return savingM - costM;
}

function valued(
  from: Location,
  to: Location,
  units: number,
  sku: Sku,
  picksPerDay: number,
  nearerM: number,
  config: StorageConfig,
): Move {
  // A pick takes a unit at least, so the moved units serve no more picks than there are of them.
  const picks = Math.min(picksPerDay * config.horizonDays, units);
  const trips = Math.ceil((units * sku.volumeL!) / config.tripL);
  const savingM = picks * (from.travelM! - to.travelM! + nearerM);
  const costM = trips * (config.handlingM + (from.travelM! + to.travelM!) / 2);
  return { from, to, units, savingM, costM };
}
