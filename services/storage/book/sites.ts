import type { Effects } from '../metrics.ts';
import type { Location } from '../places/index.ts';
import type { Zone, ZoneStanding } from './states.ts';
import { addTo } from './transfers.ts';

/** Zones and places of all sites. */
export class Sites {
  readonly zones = new Map<string, Zone>();
  readonly locations = new Map<string, Location>();
  readonly #standings = new Map<string, ZoneStanding>();
  readonly #withZones = new Set<string>();
  readonly #placesOf = new Map<string, Set<string>>();
  /** Places of a site by id, so that no decision hangs on the order in which they were heard of. */
  readonly #sorted = new Map<string, Location[]>();

  restoreZone(zone: Zone): void {
    this.zones.set(zone.zoneId, zone);
    this.#withZones.add(zone.siteId);
  }

  /** Whether any zone of a site was described: without one there is nowhere to put anything. */
  hasZones(siteId: string): boolean {
    return this.#withZones.has(siteId);
  }

  restoreLocation(location: Location): void {
    this.locations.set(location.locationId, location);
    addTo(this.#placesOf, location.siteId, location.locationId);
    this.#sorted.delete(location.siteId);
  }

  putZone(zone: Zone, effects: Effects): void {
    this.restoreZone(zone);
    effects.save(`zone:${zone.zoneId}`, zone);
  }

  restoreStanding(standing: ZoneStanding): void {
    this.#standings.set(standing.zoneId, standing);
  }

  /** Where a zone stands; undefined while none of its segments was told. */
  standing(zoneId: string): ZoneStanding | undefined {
    return this.#standings.get(zoneId);
  }

  putStanding(standing: ZoneStanding, effects: Effects): void {
    this.restoreStanding(standing);
    effects.save(`standing:${standing.zoneId}`, standing);
  }

  dropStanding(zoneId: string, effects: Effects): void {
    if (this.#standings.delete(zoneId)) effects.drop(`standing:${zoneId}`);
  }

  /** The playbook by which nothing is put in a place's zone now; null: none. */
  closedBy({ zoneId }: Location): string | null {
    return this.#standings.get(zoneId)?.closedBy ?? null;
  }

  putLocation(location: Location, effects: Effects): void {
    this.restoreLocation(location);
    effects.save(`location:${location.locationId}`, location);
  }

  /** Every described place of a site, by id. */
  all(siteId: string): readonly Location[] {
    const known = this.#sorted.get(siteId);
    if (known !== undefined) return known;
    const sorted = [...(this.#placesOf.get(siteId) ?? [])].sort().map((locationId) => this.locations.get(locationId)!);
    this.#sorted.set(siteId, sorted);
    return sorted;
  }

  /**
   * Described places of a site in zones whose kind, or one of whose capabilities, is among the names. Undefined when none
   * of the site's zones is known.
   */
  places(siteId: string, names: readonly string[]): Location[] | undefined {
    let known = false;
    const places: Location[] = [];
    for (const location of this.all(siteId)) {
      if (!this.zones.has(location.zoneId)) continue;
      known = true;
      if (this.isIn(location, names)) places.push(location);
    }
    return known ? places : undefined;
  }

  /** Whether a place is in a zone whose kind, or one of whose capabilities, is among the names. */
  isIn({ zoneId }: Location, names: readonly string[]): boolean {
    const zone = this.zones.get(zoneId);
    if (zone === undefined) return false;
    return names.includes(zone.kind) || (zone.capabilities ?? []).some((capability) => names.includes(capability));
  }
}
