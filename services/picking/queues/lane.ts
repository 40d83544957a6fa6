import type { Alternative } from '@detent/pipeline';
import type { LaneKind } from '../config.ts';

/** A zone as packing sees it. */
export interface Zone {
  zoneId: string;
  siteId: string;
  kind: string;
  capabilities: readonly string[];
  capacityPerHour: number | null;
}

/** The lane for an order, the dimension that decided it, and what was not possible. */
export interface LaneChoice {
  lane: LaneKind;
  zoneId: string | undefined;
  decidedBy: string;
  alternatives: Alternative[];
}

/**
 * The lane for an order's segments among the zones of its site: temperature before cushioning before speed, for a
 * thawed or broken parcel is worse than a slow one. Without a cushioned zone fragile orders take a slow conveyor,
 * else the standard lane, and the choice says so.
 */
export function chooseLane(
  segments: Readonly<Record<string, string>>,
  siteId: string,
  zones: readonly Zone[],
): LaneChoice {
  const alternatives: Alternative[] = [];
  const first = (capability: string): Zone | undefined => {
    const found = zones
      .filter((zone) => zone.capabilities.includes(capability))
      // Orders are packed there: a zone for packing before one that merely has what it takes.
      .sort(
        (a, b) =>
          Number(b.kind === 'packing') - Number(a.kind === 'packing') ||
          (b.capacityPerHour ?? 0) - (a.capacityPerHour ?? 0) ||
          (a.zoneId < b.zoneId ? -1 : 1),
      )[0];
    if (found === undefined) {
      const rejectedBecause = `site ${siteId} has no zone with the capability ${capability}`;
      alternatives.push({ what: capability, rejectedBecause, value: 0, unit: 'zones' });
    }
    return found;
  };

  const climate = segments['climate'];
  if (climate === 'frozen' || climate === 'chilled') {
    const zone = first(climate);
    return { lane: climate, zoneId: zone?.zoneId, decidedBy: 'climate', alternatives };
  }
  if (segments['handling'] === 'fragile-multi') {
    const cushioned = first('cushion');
    if (cushioned) return { lane: 'cushion', zoneId: cushioned.zoneId, decidedBy: 'handling', alternatives };
    const slow = first('slowConveyor');
    if (slow) return { lane: 'slow-conveyor', zoneId: slow.zoneId, decidedBy: 'handling', alternatives };
    return { lane: 'standard', zoneId: undefined, decidedBy: 'handling', alternatives };
  }
  const urgency = segments['urgency'];
  if (urgency === 'late' || urgency === 'same-day') {
    return { lane: 'express', zoneId: undefined, decidedBy: 'urgency', alternatives };
  }
  return { lane: 'standard', zoneId: undefined, decidedBy: 'handling', alternatives };
}
