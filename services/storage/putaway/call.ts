import type { Alternative } from '@detent/pipeline';
import type { ArrivalState, StockState } from '../book/index.ts';
import type { Desk } from '../desk.ts';
import type { Effects } from '../metrics.ts';

/** Why people are called for a lot that came in. */
export type PutawayCall = 'putaway-without-room' | 'putaway-without-facts' | 'putaway-not-done';

const SAID: Readonly<Record<PutawayCall, string>> = {
  'putaway-without-room': 'no place that it may lie at has room',
  'putaway-without-facts':
    'the article is not measured, its unit is not known, or no place in a known zone of the site is',
  'putaway-not-done': 'it was commanded as often as may be, and was not done',
};

/** Calls people for a lot that stands where it came in. Returns the call's id. */
export function callPeople(
  arrival: ArrivalState,
  stock: StockState,
  why: PutawayCall,
  alternatives: readonly Alternative[],
  at: number,
  { config }: Desk,
  effects: Effects,
): string {
  const { arrivalId, lotId, skuId, siteId, locationId, waiting, since, tries } = arrival;
  const hours = Math.round((at - since) / 360_000) / 10;
  effects.note(why);
  return effects.act({
    type: 'escalate',
    target: { entityType: 'lot', entityId: lotId },
    siteId,
    cause: stock.placed!,
    n: `${why}-${arrivalId}-${tries}`,
    because: `${waiting ?? arrival.quantity} units of lot ${lotId} stand ${locationId === null ? 'where they came in' : `at ${locationId}`} for ${hours} hours: ${SAID[why]}`,
    details: {
      why,
      skuId,
      units: waiting ?? arrival.quantity,
      hours,
      ...(locationId !== null && { from: locationId }),
    },
    alternatives,
    playbook: { name: '', sop: 'docs/sops/slotting.md', do: {} },
    validUntil: at + config.putawayForgetMs,
    undo: { type: 'close-escalation', details: {} },
  });
}
