import { membershipsOf } from '@detent/pipeline';
import type { ArrivalState, StockState, TransferState } from '../book/index.ts';
import { type Desk, expectedPicks } from '../desk.ts';
import type { Effects } from '../metrics.ts';
import type { PutawayPlan } from './plan.ts';

/** Commands what a plan gives places to; a task for each place. `supersedes`: the command that was not done. */
export function commandPutaway(
  arrival: ArrivalState,
  { puttings, alternatives, left }: PutawayPlan,
  stock: StockState,
  at: number,
  desk: Desk,
  effects: Effects,
  supersedes?: string,
): void {
  const { book, config, playbookFor } = desk;
  const { arrivalId, lotId, skuId, siteId, locationId } = arrival;
  const cause = stock.placed!;
  const units = puttings.reduce((sum, putting) => sum + putting.units, 0);
  const costM = puttings.reduce((sum, putting) => sum + putting.costM, 0);
  const first = puttings[0]!;
  const why = first.isTopUp ? 'where it lies already' : 'the place that costs least for each unit';
  const more = puttings.length > 1 ? `; ${puttings.length - 1} more take the rest` : '';
  const validUntil = at + config.putawayValidMs;
  arrival.tries += 1;
  const actionId = effects.act({
    type: 'putaway',
    target: { entityType: 'lot', entityId: lotId },
    siteId,
    cause,
    n: `${arrivalId}-${arrival.tries}`,
    because: `lot ${lotId} came in, and of ${skuId} velocity is ${cause.segment}: ${cause.text}. ${first.units} units go to ${first.place.locationId}, ${why}${more}`,
    details: {
      ...{ skuId, units, unitsWithoutRoom: left, picksPerDay: expectedPicks(stock, at, desk) },
      ...{ horizonDays: config.horizonDays, costM: Math.round(costM), tries: arrival.tries },
      ...(locationId !== null && { from: locationId }),
    },
    tasks: puttings.map((putting) => ({
      ...{ skuId, lotId, quantity: putting.units, toLocationId: putting.place.locationId },
      ...(locationId !== null && { fromLocationId: locationId }),
    })),
    alternatives,
    playbook: playbookFor(membershipsOf('stock', stock.standings)),
    validUntil,
    ...(supersedes !== undefined && { supersedes }),
    undo: { type: 'putaway', details: { lotId, units, ...(locationId !== null && { to: locationId }) } },
  });
  puttings.forEach(({ place, units: of }, n) => {
    const transfer: TransferState = {
      ...{ id: n === 0 ? actionId : `${actionId}#${n + 1}`, actionId, skuId, siteId, from: locationId },
      ...{ to: place.locationId, units: of, validUntil, lots: [{ lotId, units: of }], arrivalId },
    };
    book.transfers.put(transfer, effects);
  });
  effects.note('putaway-commanded');
}
