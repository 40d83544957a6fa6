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
  aisle?: string | null;
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
  /** Base units in what it is received by: its base unit, and its packagings by level. */
  unitsPer?: Record<string, number>;
}

/**
 * What is at a location and on its way there. `isKnown` false: something there was never described. `closedBy`: the playbook
 * by which nothing is put there now; null: none.
 */
export interface Occupancy {
  usedL: number;
  usedG: number;
  skuIds: readonly string[];
  isKnown: boolean;
  closedBy: string | null;
}
