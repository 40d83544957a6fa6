import { type ColdUnit, keepCold, needsLiner } from '@detent/core';
import type { RoutingConfig, TemperatureRange } from '../config.ts';
import type { Parcel } from './packed.ts';

/** What routing knows of an article. */
export interface Sku {
  skuId: string;
  /** Of one base unit; null where it was not described. */
  weightG: number | null;
  volumeL: number | null;
  longestMm: number | null;
  minTempC: number | null;
  maxTempC: number | null;
  /** UN class of danger, such as `3` or `6.1`; null: not dangerous. */
  hazmatClass: string | null;
  /** From manufacture to expiry; null where it was not described. */
  shelfLifeHours: number | null;
  /** One unit as it is packed; null where not all of it was described, absent in states of an older build. */
  unit?: ColdUnit | null;
}

/** What pieces, weight and cost are reckoned from, in an action's words. */
export type CostBasis = 'goods before packing' | 'cartons as packed' | 'cartons where packed, else goods';

/** Goods to be carried together. */
export interface Consignment {
  basis: CostBasis;
  /** Of the goods as described; once they are packed with cartons, coolant and void fill. */
  weightG: number;
  volumeL: number;
  /** Of the goods alone, packed or not: what freight is expected by. */
  netG: number;
  /** Null where not all of it is packed. */
  parcels: readonly Parcel[] | null;
  /** The heaviest unit, or parcel once it is packed: no split makes pieces lighter. */
  heaviestG: number;
  longestMm: number;
  temperature: TemperatureRange;
  /** True where cartons cannot keep its temperature until the promise, so that whoever carries it must. */
  isControlled: boolean;
  /** UN classes of danger in it, each once, sorted. */
  hazmat: readonly string[];
  /** True where a weight had to be assumed. */
  assumed: boolean;
}

/**
 * The consignment of an order's lines; `climate` is its segment, if it has one, `hours` how long coolant must last. Cold goods
 * need a service of their temperature; goods between cold and warm where cartons do not keep them so long (`keepCold`), for
 * want of room or because they would take too much coolant: then whoever packs gives all of them coolant for hand-over alone.
 * `packed`: what they were packed in, and whether that keeps them until the promise; it takes the place of both.
 */
export function consignmentOf(
  lines: readonly { skuId: string; quantity: number }[],
  skus: ReadonlyMap<string, Sku>,
  climate: string | undefined,
  hours: number,
  config: RoutingConfig,
  packed?: { parcels: readonly Parcel[]; isControlled: boolean },
): Consignment {
  const measured = lines.flatMap(({ skuId, quantity }) => {
    const unit = skus.get(skuId)!.unit ?? null;
    return unit === null ? [] : [{ unit, quantity }];
  });
  const isControlled = packed?.isControlled ?? !keepCold(measured, hours, config.cartons).isKept;
  const goods: Consignment = {
    basis: 'goods before packing',
    weightG: 0,
    volumeL: 0,
    netG: 0,
    parcels: null,
    heaviestG: 0,
    longestMm: 0,
    temperature: {},
    isControlled,
    hazmat: [],
    assumed: false,
  };
  const ofClimate = climate === undefined ? undefined : config.climates[climate];
  for (const { skuId, quantity } of lines) {
    const sku = skus.get(skuId)!;
    const weightG = sku.weightG ?? config.assumedWeightG;
    goods.assumed ||= sku.weightG === null;
    goods.weightG += weightG * quantity;
    goods.volumeL += (sku.volumeL ?? 0) * quantity;
    goods.heaviestG = Math.max(goods.heaviestG, weightG * Math.min(1, quantity));
    goods.longestMm = Math.max(goods.longestMm, sku.longestMm ?? 0);
    if (sku.hazmatClass) goods.hazmat = union(goods.hazmat, [sku.hazmatClass]);
    const isCold = sku.maxTempC !== null && sku.maxTempC <= config.controlledBelowC;
    const isHanded = isControlled && needsLiner(sku, config.cartons);
    if (ofClimate === undefined && !isCold && !isHanded) continue;
    const own: TemperatureRange = {
      ...(sku.minTempC === null ? {} : { minC: sku.minTempC }),
      ...(sku.maxTempC === null ? {} : { maxC: sku.maxTempC }),
    };
    const isSaid = sku.minTempC !== null || sku.maxTempC !== null;
    goods.temperature = both(goods.temperature, isSaid ? own : (ofClimate ?? {}));
  }
  goods.netG = goods.weightG;
  return packed === undefined ? goods : { ...goods, ...measuresOf(packed.parcels) };
}

function measuresOf(parcels: readonly Parcel[]) {
  return {
    basis: 'cartons as packed',
    parcels,
    weightG: parcels.reduce((sum, { weightG }) => sum + weightG, 0),
    volumeL: parcels.reduce((sum, { volumeL }) => sum + volumeL, 0),
    heaviestG: Math.max(...parcels.map(({ weightG }) => weightG)),
    longestMm: Math.max(...parcels.map(({ longestMm }) => longestMm)),
  } satisfies Partial<Consignment>;
}

/** Several consignments as one. */
export function together(consignments: readonly Consignment[]): Consignment {
  return consignments.reduce((sum, more) => ({
    basis: sum.basis === more.basis ? sum.basis : 'cartons where packed, else goods',
    netG: sum.netG + more.netG,
    parcels: sum.parcels && more.parcels && [...sum.parcels, ...more.parcels],
    weightG: sum.weightG + more.weightG,
    volumeL: sum.volumeL + more.volumeL,
    heaviestG: Math.max(sum.heaviestG, more.heaviestG),
    longestMm: Math.max(sum.longestMm, more.longestMm),
    temperature: both(sum.temperature, more.temperature),
    isControlled: sum.isControlled || more.isControlled,
    hazmat: union(sum.hazmat, more.hazmat),
    assumed: sum.assumed || more.assumed,
  }));
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort();
}

function both(a: TemperatureRange, b: TemperatureRange): TemperatureRange {
  const minC = Math.max(a.minC ?? Number.NEGATIVE_INFINITY, b.minC ?? Number.NEGATIVE_INFINITY);
  const maxC = Math.min(a.maxC ?? Number.POSITIVE_INFINITY, b.maxC ?? Number.POSITIVE_INFINITY);
  return {
    ...(minC === Number.NEGATIVE_INFINITY ? {} : { minC }),
    ...(maxC === Number.POSITIVE_INFINITY ? {} : { maxC }),
  };
}
