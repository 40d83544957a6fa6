import { membershipsOf } from '@detent/pipeline';
import type { StockState } from '../book/index.ts';
import { type Desk, expectedPicks } from '../desk.ts';
import { describeLots } from '../lots/index.ts';
import type { Effects } from '../metrics.ts';
import { clearingOf } from '../moving/index.ts';
import type { Location } from '../places/index.ts';

/** A move that leaves a place empty, for the worth of that. Distances in metres. */
export interface Tidying {
  /** `consolidate`: a rest joins the same article; `clear`: a slow mover leaves a place that is picked from. */
  what: 'consolidate' | 'clear';
  stock: StockState;
  from: Location;
  to: Location;
  units: number;
  costM: number;
  fartherM: number;
  /** Worth of the empty place, less labour and what picks walk more. */
  gainM: number;
  because: string;
}

/** Whether so few of these places are empty that another one is worth something. */
export function areScarce(places: readonly Location[], { book, config }: Desk): boolean {
  const empty = places.filter(({ locationId }) => book.occupancy(locationId).skuIds.length === 0);
  return empty.length < config.scarceShare * places.length;
}

/** Slow movers that go from places that are picked from to dense storage, where the empty place is worth more than that costs. */
export function clearings(siteId: string, at: number, desk: Desk): Tidying[] {
  const { book, config } = desk;
  const used = new Set<string>();
  const places = book.sites.places(siteId, config.nightZoneKinds) ?? [];
  if (!areScarce(places, desk)) return [];
  return places.flatMap((from): Tidying[] => {
    const clearing = clearingOf(from, at, desk);
    if (clearing === undefined || (clearing.stock.cause ?? clearing.stock.placed) == null) return [];
    const { stock, to, units, costM, fartherM } = clearing;
    const gainM = config.emptyPlaceM - costM - fartherM;
    // Each looks at places as they are now, so two may want the same: the other goes another night.
    if (gainM <= 0 || used.has(to.locationId)) return [];
    used.add(to.locationId);
    const velocity = stock.standings['velocity']!;
    const because = `velocity is ${velocity.segment}: ${velocity.text}. ${from.locationId} is for what is picked more`;
    return [{ what: 'clear', stock, from, to, units, costM, fartherM, gainM, because }];
  });
}

/** Commands at most `budget` of these, those that gain most first. Returns how many. */
export function commandTidying(
  tidyings: readonly Tidying[],
  budget: number,
  at: number,
  desk: Desk,
  effects: Effects,
): number {
  const { book, config, playbookFor } = desk;
  const ranked = [...tidyings].sort((a, b) => b.gainM - a.gainM || (a.from.locationId < b.from.locationId ? -1 : 1));
  const taken = ranked.slice(0, Math.max(0, budget));
  for (const { what, stock, from, to, units, costM, fartherM, gainM, because } of taken) {
    const { skuId, siteId, stockId } = stock;
    const ends = { from: from.locationId, to: to.locationId };
    const lots = book.lotsFirst(skuId, from.locationId, units, at);
    const validUntil = at + config.moveValidMs;
    const picksPerDay = expectedPicks(stock, at, desk);
    stock.acted += 1;
    const actionId = effects.act({
      type: 'move',
      target: { entityType: 'stock', entityId: stockId },
      siteId,
      cause: (stock.cause ?? stock.placed)!,
      n: `${what}-${at}-${from.locationId}`,
      because: `${because}. The empty place is worth ${Math.round(gainM)} m more than that costs`,
      details: {
        ...{ ...ends, units, picksPerDay, horizonDays: config.nightHorizonDays, night: true, what },
        ...{ savingM: Math.round(config.emptyPlaceM - fartherM), costM: Math.round(costM) },
        ...describeLots(lots, (lotId) => book.lots.get(lotId), at),
      },
      tasks: lots.map(({ lotId, units: quantity }) => ({
        ...{ skuId, quantity, fromLocationId: ends.from, toLocationId: ends.to },
        ...(lotId !== '' && { lotId }),
      })),
      alternatives: [{ what: 'stay', rejectedBecause: 'the place gains', value: Math.round(gainM), unit: 'm' }],
      playbook: playbookFor(membershipsOf('stock', stock.standings)),
      validUntil,
      undo: { type: 'move', details: { from: ends.to, to: ends.from, units } },
    });
    book.stocks.put(stock, effects);
    book.transfers.put({ id: actionId, actionId, skuId, siteId, ...ends, units, validUntil, lots }, effects);
    effects.note(what === 'clear' ? 'night-cleared' : 'night-consolidated');
  }
  return taken.length;
}
