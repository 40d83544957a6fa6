import type { Action } from '@detent/schemas';

/** A parcel as it was packed, by what a carrier measures: coolant, void fill and the carton itself included. */
export interface Parcel {
  weightG: number;
  volumeL: number;
  longestMm: number;
}

/** How an order is packed, by the last `pack` for it. */
export interface Packed {
  actionId: string;
  parcels: Parcel[];
  /** Units by line. */
  units: Record<string, number>;
  /** True where its coolant lasts for hand-over alone. */
  isControlled: boolean;
  /** Coolant lasts until then, epoch ms. */
  keptUntil: number;
}

const HOUR = 3_600_000;

/** What a `pack` says of an order. Cartons without outer sizes (of an older build) count by their room for goods. */
export function packedOf({ actionId, createdAt, cartons, details }: Action): Packed {
  const units: Record<string, number> = {};
  const parcels = (cartons ?? []).map((carton): Parcel => {
    for (const { lineId } of carton.items) units[lineId] = (units[lineId] ?? 0) + 1;
    const l = carton.outerLengthMm ?? carton.insideLengthMm;
    const w = carton.outerWidthMm ?? carton.insideWidthMm;
    const h = carton.outerHeightMm ?? carton.insideHeightMm;
    return { weightG: carton.weightG, volumeL: (l * w * h) / 1e6, longestMm: Math.max(l, w, h) };
  });
  const hours = Number(details['hoursToDelivery'] ?? 0);
  const isControlled = details['needsControlledService'] === true;
  return { actionId, parcels, units, isControlled, keptUntil: createdAt + hours * HOUR };
}

/** True where exactly these lines were packed: an order that has changed since counts by its goods until it is packed anew. */
export function isPackedFor({ units }: Packed, lines: readonly { lineId: string; quantity: number }[]): boolean {
  return (
    Object.keys(units).length === lines.length && lines.every(({ lineId, quantity }) => units[lineId] === quantity)
  );
}
