import type { Queue } from '../book.ts';
import type { Zone } from './lane.ts';

/** Lanes without a zone of their own share the packing zones that no special lane has. */
const special = new Set(['cushion', 'chilled', 'frozen']);

/** Orders an hour that can be packed behind a queue, and who shares them; null where nothing is told. */
export function capacityOf(queue: Queue, zones: readonly Zone[]): { sharedBy: string; perHour: number } | null {
  const own = queue.zoneId === null ? undefined : zones.find(({ zoneId }) => zoneId === queue.zoneId);
  if (own?.kind === 'packing')
    return own.capacityPerHour ? { sharedBy: own.zoneId, perHour: own.capacityPerHour } : null;
  if (own) return null;
  let perHour = 0;
  for (const { kind, capabilities, capacityPerHour } of zones) {
    if (kind === 'packing' && !capabilities.some((name) => special.has(name))) perHour += capacityPerHour ?? 0;
  }
  return perHour > 0 ? { sharedBy: `${queue.siteId}/packing`, perHour } : null;
}
