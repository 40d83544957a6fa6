import type { Service } from './carriers.ts';
import type { OpenLine, OpenOrder } from './orders.ts';
import type { Climate } from './places.ts';
import type { Parcel } from './transport.ts';

const PARCEL_LIMIT_G = 31_500;

/**
 * What must travel apart: each climate for itself, and what no service carries at once. Where something is too heavy or too
 * long for parcels, all that bears the same climate goes with it.
 */
export function parcelsOf(order: Pick<OpenOrder, 'customer' | 'lines'>, services: readonly Service[]): Parcel[] {
  const groups = Map.groupBy(order.lines, ({ place }): Climate => place.sku.climate);
  return [...groups].flatMap(([climate, lines]) => {
    const heavy = climate === 'ambient' && (lines.some(isBulky) || grossG(lines) > PARCEL_LIMIT_G);
    const limits = services
      .filter((service) => service.siteId === order.customer.site.siteId && service.climate === climate)
      .filter(({ mode }) => (mode === 'ltl') === heavy);
    const loads = intoLoads(lines, Math.max(...limits.map(({ maxWeightG }) => maxWeightG)));
    return loads.map((load) => toParcel(climate, heavy, load));
  });
}

/** Lines in their order in loads of at most so many grams; a line that is too heavy is divided by units. */
function intoLoads(lines: readonly OpenLine[], limitG: number): OpenLine[][] {
  const loads: OpenLine[][] = [];
  let load: OpenLine[] = [];
  for (const line of lines) {
    for (let left = line.quantity; left > 0; ) {
      let quantity = left;
      while (quantity > 0 && grossG([...load, { ...line, quantity }]) > limitG) quantity--;
      // A unit that nothing carries goes by itself.
      if (quantity === 0 && load.length === 0) quantity = 1;
      if (quantity > 0) load.push({ ...line, quantity });
      left -= quantity;
      if (left === 0) break;
      loads.push(load);
      load = [];
    }
  }
  return [...loads, load].filter((each) => each.length > 0);
}

/** Weight of lines in their packaging. */
function grossG(lines: readonly OpenLine[]): number {
  return Math.round(sum(lines.map(({ place, quantity }) => place.sku.weightG * quantity)) * 1.04 + 150);
}

function toParcel(climate: Climate, heavy: boolean, lines: OpenLine[]): Parcel {
  const skus = lines.map(({ place, quantity }) => ({ sku: place.sku, quantity }));
  return {
    climate,
    isBulky: heavy,
    lines,
    weightG: grossG(lines),
    volumeL: sum(skus.map(({ sku, quantity }) => (quantity * sku.lengthMm * sku.widthMm * sku.heightMm) / 1e6)) * 1.25,
    lengthMm: Math.max(...skus.map(({ sku }) => sku.lengthMm)) + 20,
  };
}

function isBulky({ place, quantity }: OpenLine): boolean {
  const { sku } = place;
  const litres = (quantity * sku.lengthMm * sku.widthMm * sku.heightMm) / 1e6;
  return sku.lengthMm > 1150 || litres > 150 || sku.weightG * quantity > 28_000;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
