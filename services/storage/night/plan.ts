import type { Book, StockState } from '../book/index.ts';
import type { StorageConfig } from '../config.ts';
import { besideOf, type Desk, expectedPicks } from '../desk.ts';
import { type Location, type Sku, temperatureFault } from '../places/index.ts';
import { type Beside, orderMoves, reslot } from '../slotting/index.ts';

/** What lies alone at a place and may be moved as a whole. */
interface Content {
  sku: Sku;
  stock: StockState | undefined;
  units: number;
}

/** A step of a night's plan, in the order to be done. */
export interface NightStep {
  stockId: string;
  skuId: string;
  units: number;
  picksPerDay: number;
  from: Location;
  to: Location;
  /** Travel saved within the horizon, metres; below 0 for what makes room. 0 for a detour. */
  savedM: number;
  isDetour: boolean;
  /** Earlier steps, by position, that must be done before: they empty the target, or bring the goods. */
  after: number[];
}

/** The moves of a night, and for whose sake they are made. */
export interface NightPlan {
  steps: NightStep[];
  /** The stock that gains most: what moves to make room moves for its change. */
  leader: StockState;
  gainM: number;
  labourM: number;
}

/**
 * Plans the re-slotting of a site's picking places: whole contents exchange places where the travel saved over the
 * horizon exceeds the labour, at most `nightlyMoves` steps, in an order in which every target is empty when its goods
 * come. Places that a move under way begins or ends at are left alone, so nothing is turned back. Undefined: nothing pays.
 */
export function planNight(siteId: string, at: number, desk: Desk): NightPlan | undefined {
  const { book, config } = desk;
  const { nightlyMoves, nightHorizonDays, handlingM } = config;
  const places = (book.sites.places(siteId, config.nightZoneKinds) ?? [])
    .filter((place) => place.travelM !== null && book.transfers.at(place.locationId).length === 0)
    .filter((place) => book.sites.closedBy(place) === null)
    .sort((a, b) => a.travelM! - b.travelM! || (a.locationId < b.locationId ? -1 : 1));
  const slots = places
    .map((place) => ({ place, content: contentOf(book, place) }))
    .filter(({ content }) => content !== 'mixed') as { place: Location; content: Content | undefined }[];
  if (nightlyMoves < 1 || slots.length < 2) return undefined;
  const wayM = slots.map(({ place }) => place.travelM!);
  const labourM = handlingM + wayM.reduce((sum, way) => sum + way, 0) / wayM.length;
  const fits = (at: number, to: number) => mayLie(slots[at]!.content!, slots[at]!.place, slots[to]!.place, config);
  const picksPerDay = slots.map(({ content }) => (content?.stock ? expectedPicks(content.stock, at, desk) : 0));
  const beside = besideAt(slots, picksPerDay, labourM, siteId, desk);
  const input = {
    wayM,
    occupant: slots.map(({ content }, at) => (content === undefined ? -1 : at)),
    picksPerDay,
    horizonDays: nightHorizonDays,
    labourM,
    fits,
    ...(beside && { beside }),
  };
  const free = slots.flatMap(({ content }, at) => (content === undefined ? [at] : []));
  // A cycle takes a step more than it has moves, so a plan may need another with a smaller budget.
  for (let budget = nightlyMoves; budget > 0; ) {
    const { moves } = reslot({ ...input, budget });
    const { steps } = orderMoves(
      moves,
      (at) => slots[at]!.content !== undefined,
      free,
      (index, at) => fits(moves[index]!.article, at),
    );
    if (steps.length > nightlyMoves) {
      budget -= steps.length - nightlyMoves;
      continue;
    }
    const planned = steps.map(({ index, from, to, isDetour }, n): NightStep => {
      const { sku, units } = slots[moves[index]!.article]!.content!;
      const after = steps.slice(0, n).flatMap((step, i) => (step.from === to || step.to === from ? [i] : []));
      return {
        ...{ stockId: `${sku.skuId}@${siteId}`, skuId: sku.skuId, units, isDetour, after },
        picksPerDay: picksPerDay[moves[index]!.article]!,
        ...{ from: slots[from]!.place, to: slots[to]!.place, savedM: isDetour ? 0 : moves[index]!.savedM },
      };
    });
    const gainM = planned.reduce((sum, { savedM }) => sum + savedM - labourM, 0);
    const leader = leaderOf(book, planned);
    return gainM > 0 && leader !== undefined ? { steps: planned, leader, gainM, labourM } : undefined;
  }
  return undefined;
}

/** What articles save beside what they are ordered with; undefined where that counts nothing. */
function besideAt(
  slots: readonly { place: Location; content: Content | undefined }[],
  picksPerDay: readonly number[],
  labourM: number,
  siteId: string,
  desk: Desk,
): Beside | undefined {
  if (desk.config.affinityWeight === 0) return undefined;
  const saved = slots.map(({ content }, article) => {
    const metres = new Map<number, number>();
    if (content === undefined) return metres;
    const besideM = besideOf(content.sku.skuId, siteId, desk);
    slots.forEach(({ place }, at) => {
      const each = besideM(place) * picksPerDay[article]! * desk.config.nightHorizonDays;
      if (each > 0) metres.set(at, each);
    });
    return metres;
  });
  // What saves little beside a partner is not looked for there: by its way alone it finds a place as well.
  const places = saved.map((metres) => [...metres].flatMap(([at, each]) => (each > labourM / 2 ? [at] : [])));
  return { metres: (article, place) => saved[article]!.get(place) ?? 0, places: (article) => places[article]! };
}

function leaderOf(book: Book, steps: readonly NightStep[]): StockState | undefined {
  const bySaving = [...steps].sort((a, b) => b.savedM - a.savedM || (a.stockId < b.stockId ? -1 : 1));
  return bySaving.map(({ stockId }) => book.stocks.get(stockId)).find((stock) => stock?.cause != null);
}

/** Undefined: nothing lies there. `mixed`: several articles, or one that was not measured or lies at other places too. */
function contentOf(book: Book, { locationId, siteId }: Location): Content | 'mixed' | undefined {
  const { skuIds, isKnown } = book.occupancy(locationId);
  const [skuId] = skuIds;
  if (skuId === undefined) return undefined;
  const sku = book.skus.get(skuId);
  const here = book.sources(skuId, siteId);
  const source = here.find(({ location }) => location.locationId === locationId);
  const isElsewhere = here.some(({ location }) => location.locationId !== locationId && isNearer(location, source));
  if (skuIds.length > 1 || !isKnown || sku === undefined || source === undefined || isElsewhere) return 'mixed';
  return { sku, stock: book.stocks.get(`${skuId}@${siteId}`), units: source.units };
}

/** Picks are made at the nearest place of an article, so only what lies there is worth its picks. */
function isNearer(location: Location, source: { location: Location } | undefined): boolean {
  const way = source?.location.travelM ?? Number.POSITIVE_INFINITY;
  return (location.travelM ?? Number.POSITIVE_INFINITY) <= way;
}

/** Hard constraints. Hazardous goods stay in their zone, where they were put beside what they may lie beside. */
function mayLie({ sku, units }: Content, from: Location, to: Location, config: StorageConfig): boolean {
  if (from === to) return true;
  if (units * sku.volumeL! > to.capacityL || units * sku.weightG! > to.maxWeightG) return false;
  if (sku.hazmatClass != null && from.zoneId !== to.zoneId) return false;
  return temperatureFault(to, sku, config) === undefined;
}
