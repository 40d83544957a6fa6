import type { TariffDescribed } from '@detent/schemas';
import type { Pieces } from '../goods/pieces.ts';

/** A tariff as carriers describe it. */
export type Tariff = Pick<TariffDescribed, 'carrierId' | 'tariffId' | 'currency' | 'breaks' | 'surcharges'>;

/** Weight that is charged: the larger of what it weighs and its volume by the dimensional divisor (cm³ a kilogram), grams. */
export function billableWeightG(goods: Pick<Pieces, 'weightG' | 'volumeL'>, dimDivisor: number): number {
  return dimDivisor > 0 ? Math.max(goods.weightG, (goods.volumeL * 1_000_000) / dimDivisor) : goods.weightG;
}

/**
 * Price of pieces, each charged as a shipment of its own, in the tariff's currency. Null when no break starts at or below the
 * weight of one.
 */
export function priceOf(
  tariff: Tariff,
  pieces: readonly Pieces[],
  dimDivisor: number,
  postcode: string,
): number | null {
  let sum = 0;
  for (const alike of pieces) {
    const price = priceOfOne(tariff, alike, dimDivisor, postcode);
    if (price === null) return null;
    sum += price * alike.count;
  }
  return sum;
}

function priceOfOne(tariff: Tariff, piece: Pieces, dimDivisor: number, postcode: string): number | null {
  const weightG = billableWeightG(piece, dimDivisor);
  let step: Tariff['breaks'][number] | undefined;
  for (const candidate of tariff.breaks) {
    if (candidate.fromG <= weightG && (step === undefined || candidate.fromG >= step.fromG)) step = candidate;
  }
  if (step === undefined) return null;
  const net = step.base + (step.perKg * weightG) / 1000;
  let price = net;
  for (const extra of tariff.surcharges) {
    if (extra.overLengthMm != null && piece.longestMm <= extra.overLengthMm) continue;
    if (extra.overWeightG != null && weightG <= extra.overWeightG) continue;
    const { postcodePrefixes } = extra;
    if (postcodePrefixes.length > 0 && !postcodePrefixes.some((prefix) => postcode.startsWith(prefix))) continue;
    price += net * (extra.share ?? 0) + (extra.amount ?? 0);
  }
  return price;
}
