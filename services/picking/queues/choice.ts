import { batchOrders } from '../batching/index.ts';
import type { LaneRules } from '../config.ts';
import type { Layout } from '../floor/places.ts';
import { type Queued, takeCount } from './queued.ts';

/** Orders that go together, and what was not chosen. */
export interface Choice {
  places: Queued[];
  alternatives: { what: string; rejectedBecause: string; value: number; unit: string }[];
}

/** Bounds of the lane that an order waits in. */
type RulesOf = (place: Queued) => LaneRules;

/** The next batch in the order of picking: the head of the queue, while it fits. */
export function chooseInOrder(list: readonly Queued[], rulesOf: RulesOf): Choice {
  const taken = takeCount(list, rulesOf);
  return { places: list.slice(0, taken), alternatives: leftBehind(list, taken, rulesOf) };
}

/**
 * The batches that hold the orders that must go, when the candidates are put together by saved travel.
 * `stopsOf` tells where an order's goods lie.
 */
export function chooseByTravel(
  candidates: readonly Queued[],
  must: ReadonlySet<string>,
  rulesOf: RulesOf,
  layout: Layout,
  stopsOf: (orderId: string) => { aisle: number; y: number }[],
  steps: number,
): Choice[] {
  const stops = candidates.map(({ orderId }) => stopsOf(orderId));
  const { batches } = batchOrders(
    {
      block: layout.block,
      // Sizes are shares of a batch of the order's own lane.
      orders: candidates.map((place, i) => {
        const { maxUnits, maxOrders } = rulesOf(place);
        return { stops: stops[i]!, size: place.units / maxUnits, weight: 1 / maxOrders };
      }),
      maxSize: 1,
      maxOrders: 1,
    },
    { steps },
  );
  const length = (of: readonly number[]) => layout.router.length(of.flatMap((i) => stops[i]!));
  const inOrder = candidates.map((_, i) => i).slice(0, takeCount(candidates, rulesOf));
  const inOrderM = length(inOrder) / inOrder.length;
  return batches
    .filter((batch) => batch.some((i) => must.has(candidates[i]!.orderId)))
    .map((batch) => {
      const walkM = length(batch) / batch.length;
      const what = `${inOrder.length} order(s) in the order of picking`;
      const rejectedBecause = `the walk for an order would be ${inOrderM.toFixed(1)} m instead of ${walkM.toFixed(1)} m`;
      const isLonger = inOrderM > walkM;
      return {
        places: batch.map((i) => candidates[i]!),
        alternatives: isLonger ? [{ what, rejectedBecause, value: inOrderM, unit: 'm' }] : [],
      };
    });
}

/** The first order that stays, with what it would have made of the batch. */
function leftBehind(list: readonly Queued[], taken: number, rulesOf: RulesOf): Choice['alternatives'] {
  const next = list[taken];
  if (next === undefined) return [];
  const { maxUnits, maxOrders } = rulesOf(next);
  const units = list.slice(0, taken + 1).reduce((sum, place) => sum + place.units, 0);
  const rejectedBecause =
    units > maxUnits
      ? `the batch would hold more than ${maxUnits} units`
      : `the batch would hold more than ${maxOrders} orders`;
  return [{ what: `with order ${next.orderId}`, rejectedBecause, value: units, unit: 'units' }];
}
