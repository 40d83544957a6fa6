import { membershipsOf, type PlaybookFor, type Standings, takeChange } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import type { Effects } from '../metrics.ts';

/** Where a zone stands, and whether nothing is released for it now. */
export interface HoldState {
  zoneId: string;
  standings: Standings;
  isHeld: boolean;
}

/** Zones whose segments say, by a playbook with `picking: false`, that nothing is to be picked there for now. */
export class Holds {
  readonly #zones = new Map<string, HoldState>();

  restore(zone: HoldState): void {
    this.#zones.set(zone.zoneId, zone);
  }

  isHeld(zoneId: string | null): boolean {
    return zoneId !== null && this.#zones.get(zoneId)?.isHeld === true;
  }

  /** Takes a change of a zone's segment. True where its queues are held now and were not, or the other way round. */
  changed(change: SegmentChanged, playbookFor: PlaybookFor, effects: Effects): boolean {
    const zoneId = change.entityId;
    const zone = this.#zones.get(zoneId) ?? { zoneId, standings: {}, isHeld: false };
    const wasHeld = zone.isHeld;
    const taken = takeChange(zone.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return false;
    }
    if (taken === 'ended') {
      if (this.#zones.delete(zoneId)) effects.drop(`standing:${zoneId}`);
      return wasHeld;
    }
    zone.isHeld = playbookFor(membershipsOf('zone', zone.standings))?.do['picking'] === false;
    this.#zones.set(zoneId, zone);
    effects.save(`standing:${zoneId}`, zone);
    if (zone.isHeld !== wasHeld) effects.note(zone.isHeld ? 'zone-held' : 'zone-no-longer-held');
    return zone.isHeld !== wasHeld;
  }
}
