import type { Alternative } from '@detent/pipeline';
import type { StorageConfig } from './config.ts';

/** A place for goods. */
export interface Location {
  locationId: string;
  siteId: string;
  zoneId: string;
  capacityL: number;
  maxWeightG: number;
  /** Way to the packing area and back, metres; null where it was not measured. */
  travelM: number | null;
  minTempC: number | null;
  maxTempC: number | null;
}

/** What slotting knows of an article. */
export interface Sku {
  skuId: string;
  volumeL: number | null;
  weightG: number | null;
  minTempC: number | null;
  maxTempC: number | null;
  /** UN hazard class; absent or null for what is not dangerous. */
  hazmatClass?: string | null;
  /** From manufacture to expiry, hours; absent or null where it does not expire. */
  shelfLifeHours?: number | null;
}

/** What is at a location and on its way there. `isKnown` false: something there was never described. */
export interface Occupancy {
  usedL: number;
  usedG: number;
  skuIds: readonly string[];
  isKnown: boolean;
}

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

/**
 * Looks for the move that gains most: travel saved on the picks of the horizon that the moved units serve, less the
 * way of moving them. Room, weight, temperature, separation of dangerous goods and one article a place are kept in any
 * case.
 */
export function findMove(
  sku: Sku,
  picksPerDay: number,
  sources: readonly Source[],
  places: readonly Location[],
  occupancyOf: (locationId: string) => Occupancy,
  config: StorageConfig,
  hazardsIn: (place: Location) => ReadonlySet<string> = () => new Set(),
): Slotting {
  const moves: Move[] = [];
  const rejected: { location: Location; alternative: Alternative }[] = [];
  const hazards = new Map<string, ReadonlySet<string>>();
  let lacksRoom = false;
  const farthestM = Math.max(...sources.map(({ location }) => location.travelM ?? 0));
  for (const to of places) {
    if (to.travelM === null || to.travelM >= farthestM || sources.some(({ location }) => location === to)) continue;
    const hazard = hazardFault(to);
    const fault = hazard ?? faultOf(to, sku, occupancyOf(to.locationId), config);
    if (fault.units < 1) {
      lacksRoom ||= fault.isRoom;
      rejected.push({ location: to, alternative: { what: to.locationId, ...fault.reason! } });
      continue;
    }
    for (const { location: from, units: there } of sources) {
      if (from.travelM === null || from.travelM <= to.travelM) continue;
      const wanted = Math.max(1, Math.ceil(picksPerDay * config.coverDays));
      const units = Math.floor(Math.min(there, fault.units, wanted));
      if (units >= 1) moves.push(valued(from, to, units, sku, picksPerDay, config));
    }
  }
  /** Goods of a class that may not lie beside those of the zone. Looked up once for each zone. */
  function hazardFault(to: Location): { units: number; isRoom: boolean; reason: Reason } | undefined {
    const own = sku.hazmatClass;
    if (own == null) return undefined;
    const there = hazards.get(to.zoneId) ?? hazardsIn(to);
    hazards.set(to.zoneId, there);
    const other = [...there].find((hazard) => hazard !== own && !areCompatible(hazard, own, config));
    if (other === undefined) return undefined;
    const rejectedBecause = `is in a zone with goods of class ${other}, which class ${own} must be kept from`;
    return { units: 0, isRoom: false, reason: { rejectedBecause } };
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
  config: StorageConfig,
): Move {
  // A pick takes a unit at least, so the moved units serve no more picks than there are of them.
  const picks = Math.min(picksPerDay * config.horizonDays, units);
  const trips = Math.ceil((units * sku.volumeL!) / config.tripL);
  const savingM = picks * (from.travelM! - to.travelM!);
  const costM = trips * (config.handlingM + (from.travelM! + to.travelM!) / 2);
  return { from, to, units, savingM, costM };
}

type Reason = Omit<Alternative, 'what'>;

/** Units that a place can take, and if none, why. */
function faultOf(
  to: Location,
  sku: Sku,
  occupancy: Occupancy,
  config: StorageConfig,
): { units: number; isRoom: boolean; reason?: Reason } {
  const cold = temperatureFault(to, sku, config);
  if (cold) return { units: 0, isRoom: false, reason: cold };
  const other = occupancy.skuIds.find((skuId) => skuId !== sku.skuId);
  if (other !== undefined || !occupancy.isKnown) {
    return {
      units: 0,
      isRoom: true,
      reason: { rejectedBecause: `holds, or is to hold, ${other ?? 'goods never described'}` },
    };
  }
  const freeL = to.capacityL - occupancy.usedL;
  if (freeL < sku.volumeL!) {
    const rejectedBecause = `has less room than the ${round(sku.volumeL!)} l of a unit`;
    return { units: 0, isRoom: true, reason: { rejectedBecause, value: round(freeL), unit: 'l' } };
  }
  const freeG = to.maxWeightG - occupancy.usedG;
  if (freeG < sku.weightG!) {
    const rejectedBecause = `bears less than the ${sku.weightG} g of a unit more`;
    return { units: 0, isRoom: true, reason: { rejectedBecause, value: freeG, unit: 'g' } };
  }
  return { units: Math.floor(Math.min(freeL / sku.volumeL!, freeG / sku.weightG!)), isRoom: false };
}

/** Why an article may not be kept at a place's temperature; undefined: it may. */
export function temperatureFault(to: Location, sku: Sku, config: StorageConfig): Reason | undefined {
  if (sku.minTempC === null && sku.maxTempC === null) {
    if (to.maxTempC === null || to.maxTempC >= config.ambientAboveC) return undefined;
    return { rejectedBecause: 'is kept cold for goods that need it', value: to.maxTempC, unit: 'Cel' };
  }
  if (sku.minTempC !== null && (to.minTempC === null || to.minTempC < sku.minTempC)) {
    const value = to.minTempC === null ? {} : { value: to.minTempC, unit: 'Cel' };
    return { rejectedBecause: `may get colder than the ${sku.minTempC} °C that it must keep`, ...value };
  }
  if (sku.maxTempC !== null && (to.maxTempC === null || to.maxTempC > sku.maxTempC)) {
    const value = to.maxTempC === null ? {} : { value: to.maxTempC, unit: 'Cel' };
    return { rejectedBecause: `may get warmer than the ${sku.maxTempC} °C that it must keep`, ...value };
  }
  return undefined;
}

function areCompatible(a: string, b: string, { compatibleHazards }: StorageConfig): boolean {
  return compatibleHazards.some(([one, other]) => (one === a && other === b) || (one === b && other === a));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
