import type { TariffDescribed } from '@detent/schemas';
import type { Consignment } from '../goods/consignment.ts';

/** A tariff as carriers describe it. */
export type Tariff = Pick<TariffDescribed, 'carrierId' | 'tariffId' | 'currency' | 'breaks' | 'surcharges'>;

/** Weight that is charged: the larger of what it weighs and its volume by the dimensional divisor (cm³ a kilogram), grams. */
export function billableWeightG(goods: Pick<Consignment, 'weightG' | 'volumeL'>, dimDivisor: number): number {
  return dimDivisor > 0 ? Math.max(goods.weightG, (goods.volumeL * 1_000_000) / dimDivisor) : goods.weightG;
}

/**
 * Price of goods sent as so many equal pieces, each charged as a shipment of its own, in the tariff's currency. Null
 * when no break starts at or below the weight.
 */
export function priceOf(
  tariff: Tariff,
  goods: Consignment,
  pieces: number,
  dimDivisor: number,
  postcode: string,
): number | null {
  const weightG = billableWeightG(goods, dimDivisor) / pieces;
  let step: Tariff['breaks'][number] | undefined;
  for (const candidate of tariff.breaks) {
    if (candidate.fromG <= weightG && (step === undefined || candidate.fromG >= step.fromG)) step = candidate;
  }
  if (step === undefined) return null;
  const net = step.base + (step.perKg * weightG) / 1000;
  let price = net;
  for (const extra of tariff.surcharges) {
    if (extra.overLengthMm != null && goods.longestMm <= extra.overLengthMm) continue;
    if (extra.overWeightG != null && weightG <= extra.overWeightG) continue;
    const { postcodePrefixes } = extra;
    if (postcodePrefixes.length > 0 && !postcodePrefixes.some((prefix) => postcode.startsWith(prefix))) continue;
    price += net * (extra.share ?? 0) + (extra.amount ?? 0);
  }
  return price * pieces;
}
