import { rangeFault } from '@detent/core';
import type { Alternative } from '@detent/pipeline';
import type { Location, Occupancy, Sku } from './location.ts';

/** Why a place was not taken. */
export type Reason = Omit<Alternative, 'what'>;

/** Units that a place can take; if none, why, and whether room is all that it lacks. */
export interface Room {
  units: number;
  isRoom: boolean;
  reason?: Reason;
}

/** What may lie where, beyond what articles and places say themselves. */
export interface PlaceRules {
  /** Goods without limits of temperature do not go where it is always colder than this, °C. */
  ambientAboveC: number;
  /** Pairs of UN classes that may lie in one zone; any other two may not. */
  compatibleHazards: readonly (readonly [string, string])[];
}

/** Room by volume and weight at a place of the right temperature, in a zone that takes goods now, that holds nothing else. */
export function roomFor(to: Location, sku: Sku, occupancy: Occupancy, rules: PlaceRules): Room {
  const cold = temperatureFault(to, sku, rules);
  if (cold) return { units: 0, isRoom: false, reason: cold };
  if (occupancy.closedBy !== null) {
    const rejectedBecause = `is in zone ${to.zoneId}, where nothing is put now, by playbook ${occupancy.closedBy}`;
    return { units: 0, isRoom: true, reason: { rejectedBecause } };
  }
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

/** Looks up once for each zone whether goods of a class may lie beside those of the zone. */
export function hazardCheck(
  sku: Sku,
  hazardsIn: (place: Location) => ReadonlySet<string>,
  rules: PlaceRules,
): (to: Location) => Room | undefined {
  const hazards = new Map<string, ReadonlySet<string>>();
  return (to) => {
    const own = sku.hazmatClass;
    if (own == null) return undefined;
    const there = hazards.get(to.zoneId) ?? hazardsIn(to);
    hazards.set(to.zoneId, there);
    const other = [...there].find((hazard) => hazard !== own && !areCompatible(hazard, own, rules));
    if (other === undefined) return undefined;
    const rejectedBecause = `is in a zone with goods of class ${other}, which class ${own} must be kept from`;
    return { units: 0, isRoom: false, reason: { rejectedBecause } };
  };
}

/** Why an article may not be kept at a place's temperature; undefined: it may. */
export function temperatureFault(to: Location, sku: Sku, rules: PlaceRules): Reason | undefined {
  if (sku.minTempC === null && sku.maxTempC === null) {
    if (to.maxTempC === null || to.maxTempC >= rules.ambientAboveC) return undefined;
    return { rejectedBecause: 'is kept cold for goods that need it', value: to.maxTempC, unit: 'Cel' };
  }
  const needed = { minC: sku.minTempC, maxC: sku.maxTempC };
  const fault = rangeFault(needed, { minC: to.minTempC, maxC: to.maxTempC });
  if (fault === undefined) return undefined;
  const { reason, value } = fault;
  return { rejectedBecause: reason, ...(value !== undefined && { value, unit: 'Cel' }) };
}

function areCompatible(a: string, b: string, { compatibleHazards }: PlaceRules): boolean {
  return compatibleHazards.some(([one, other]) => (one === a && other === b) || (one === b && other === a));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
