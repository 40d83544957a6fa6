import type { PlaybookFor } from '@detent/pipeline';
import { type Spot, savedBeside } from './affinity/index.ts';
import type { Book, StockState } from './book/index.ts';
import type { StorageConfig } from './config.ts';
import type { Location } from './places/index.ts';

/** What every rule of storage works with. */
export interface Desk {
  book: Book;
  config: StorageConfig;
  playbookFor: PlaybookFor;
}

/** Picks a day to be expected of a stock: learnt from its picks where these were heard of long enough, else its segment's. */
export function expectedPicks({ stockId, picksPerDay }: StockState, at: number, { book, config }: Desk): number {
  return book.learnt.rate(stockId, at, config.demandMinDays)?.picks ?? picksPerDay;
}

/** Metres that a pick of a SKU saves at a place because of what it is ordered with, by the weight of affinity. */
export function besideOf(skuId: string, siteId: string, { book, config }: Desk): (place: Location) => number {
  if (config.affinityWeight === 0) return () => 0;
  const partners = book.learnt.partners(skuId, config.affinityPartners).map(({ skuId: partnerId, share }) => ({
    skuId: partnerId,
    share,
    spots: book.sources(partnerId, siteId).flatMap(({ location }) => spotOf(location)),
  }));
  return (place) => {
    const [spot] = spotOf(place);
    return spot === undefined ? 0 : config.affinityWeight * savedBeside(spot, partners).metres;
  };
}

function spotOf({ zoneId, aisle = null, travelM }: Location): Spot[] {
  return travelM === null ? [] : [{ zoneId, aisle, travelM }];
}
