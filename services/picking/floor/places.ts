import type { LayoutRules } from '../config.ts';
import { type Block, BlockRouter, type Stop, shortTour, walkingDistance } from '../routes/index.ts';

/** A location as picking sees it. */
export interface Place {
  locationId: string;
  siteId: string;
  zoneId: string;
  aisle: string | null;
  bay: string | null;
  travelM: number | null;
}

/**
 * A site's aisles side by side along one cross aisle, with the packing tables at its beginning: an aisle stands as far
 * along as the walk to its locations, less the walk within it. Exact for one block; zones apart become parts of one.
 */
export interface Layout {
  block: Block;
  router: BlockRouter;
  /** Undefined where a location's aisle or bay is not known. */
  stopOf(locationId: string): Stop | undefined;
}

/** Locations, and the layouts that follow from them. */
export class Places {
  readonly #rules: LayoutRules;
  readonly #places = new Map<string, Place>();
  readonly #bySite = new Map<string, Set<string>>();
  readonly #layouts = new Map<string, Layout | null>();

  constructor(rules: LayoutRules) {
    this.#rules = rules;
  }

  keep(place: Place): void {
    const before = this.#places.get(place.locationId);
    if (before) {
      this.#bySite.get(before.siteId)?.delete(before.locationId);
      this.#layouts.delete(before.siteId);
    }
    this.#places.set(place.locationId, place);
    const site = this.#bySite.get(place.siteId) ?? new Set();
    this.#bySite.set(place.siteId, site.add(place.locationId));
    this.#layouts.delete(place.siteId);
  }

  zoneOf(locationId: string): string | undefined {
    return this.#places.get(locationId)?.zoneId;
  }

  /** Null where no location of the site has an aisle and a bay. */
  layoutOf(siteId: string): Layout | null {
    let layout = this.#layouts.get(siteId);
    if (layout === undefined) {
      layout = this.#build(siteId);
      this.#layouts.set(siteId, layout);
    }
    return layout;
  }

  /**
   * Indices of locations in walking order, with the metres walked; the same order and null metres without a layout.
   * What lies at no known place comes last, in the order given.
   */
  walk(siteId: string, locationIds: readonly (string | null)[]): { order: number[]; lengthM: number | null } {
    const layout = this.layoutOf(siteId);
    const all = locationIds.map((_, i) => i);
    if (layout === null) return { order: all, lengthM: null };
    const stops = locationIds.map((id) => (id === null ? undefined : layout.stopOf(id)));
    const found = all.filter((i) => stops[i] !== undefined);
    const { lengthM, order } = this.#route(
      layout,
      found.map((i) => stops[i]!),
    );
    const rest = all.filter((i) => stops[i] === undefined);
    return { order: [...order.map((k) => found[k]!), ...rest], lengthM: found.length === 0 ? null : lengthM };
  }

  #route({ block, router }: Layout, stops: readonly Stop[]): { lengthM: number; order: number[] } {
    const { crossBays, bayM } = this.#rules;
    if (crossBays.length === 0) return router.route(stops);
    const crossY = [0, ...crossBays.map((bay) => bay * bayM).filter((y) => y < block.backM), block.backM];
    const depot = { aisle: block.depotAisle, y: 0 };
    const at = (i: number) => stops[i] ?? depot;
    return shortTour(stops.length, (i, j) => walkingDistance({ aisleX: block.aisleX, crossY }, at(i), at(j)));
  }

  #build(siteId: string): Layout | null {
    const { bayM, aisleDistanceM } = this.#rules;
    const aisles = new Map<
      string,
      { name: string; places: { locationId: string; y: number; travelM: number | null }[] }
    >();
    let deepest = 0;
    for (const locationId of [...(this.#bySite.get(siteId) ?? [])].sort()) {
      const { zoneId, aisle, bay, travelM } = this.#places.get(locationId)!;
      const number = bayNumber(bay);
      if (aisle === null || number === null) continue;
      const y = number * bayM;
      deepest = Math.max(deepest, y);
      const name = `${zoneId}/${aisle}`;
      const known = aisles.get(name) ?? { name, places: [] };
      known.places.push({ locationId, y, travelM });
      aisles.set(name, known);
    }
    if (aisles.size === 0) return null;
    const named = [...aisles.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const standing = named.map(({ name, places }, index) => {
      const told = places.filter(({ travelM }) => travelM !== null).map(({ y, travelM }) => travelM! / 2 - y);
      return { name, places, x: told.length > 0 ? Math.max(0, Math.min(...told)) : (index + 1) * aisleDistanceM };
    });
    standing.sort((a, b) => a.x - b.x);
    const block = { aisleX: [0, ...standing.map(({ x }) => x)], backM: deepest + bayM, depotAisle: 0 };
    const stops = new Map<string, Stop>();
    for (const [index, { places }] of standing.entries()) {
      for (const { locationId, y } of places) stops.set(locationId, { aisle: index + 1, y });
    }
    return { block, router: new BlockRouter(block), stopOf: (locationId) => stops.get(locationId) };
  }
}

/** The number in a bay's name, 0 or more; null where there is none. */
function bayNumber(bay: string | null): number | null {
  const digits = bay === null ? null : /\d+/.exec(bay);
  return digits === null ? null : Number(digits[0]);
}
