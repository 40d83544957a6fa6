import { type Cause, causeAfter, membershipsOf, type PlaybookChoice, takeChange } from '@detent/pipeline';
import type { SegmentChanged } from '@detent/schemas';
import type { TransferState, ZoneStanding } from '../book/index.ts';
import type { Desk } from '../desk.ts';
import type { Effects } from '../metrics.ts';
import type { UnderWay } from '../under-way.ts';

/** Zones whose segments say, by a playbook with `putaway: false`, that nothing is put there for now. */
export class Closing {
  readonly #desk: Desk;
  readonly #underWay: UnderWay;

  constructor(desk: Desk, underWay: UnderWay) {
    this.#desk = desk;
    this.#underWay = underWay;
  }

  /**
   * A segment of a zone changed. Where it closes the zone, people are called and what leads there is taken back, except what
   * somebody carries already; where it opens it, the call is. Returns the site at which there may be other room now.
   */
  changed(change: SegmentChanged, at: number, effects: Effects): string | undefined {
    const { sites } = this.#desk.book;
    const zoneId = change.entityId;
    const zone = sites.standing(zoneId) ?? { zoneId, standings: {}, closedBy: null, call: null, calls: 0 };
    const taken = takeChange(zone.standings, change);
    if (taken === 'seen') {
      effects.note('change-seen-before');
      return undefined;
    }
    const playbook = taken === 'ended' ? undefined : this.#desk.playbookFor(membershipsOf('zone', zone.standings));
    const closes = playbook?.do['putaway'] === false ? playbook : undefined;
    const wasClosed = zone.closedBy !== null;
    const isClosed = closes !== undefined;
    const leading = isClosed && !wasClosed ? this.#leadingTo(zoneId) : [];
    zone.closedBy = closes?.name ?? null;
    this.#tell(zone, change, closes, leading, at, effects);
    if (taken === 'ended') sites.dropStanding(zoneId, effects);
    else sites.putStanding(zone, effects);
    const because = `nothing is put in zone ${zoneId} now, by playbook ${zone.closedBy}`;
    for (const { actionId } of leading) this.#underWay.takenBack(actionId, because, at, effects);
    if (wasClosed === isClosed) return undefined;
    effects.note(isClosed ? 'zone-closed' : 'zone-reopened');
    return sites.zones.get(zoneId)?.siteId;
  }

  /** Calls people for a closed zone, once for each playbook that closes it; takes the call back for an open one. */
  #tell(
    zone: ZoneStanding,
    change: SegmentChanged,
    closes: PlaybookChoice | undefined,
    leading: readonly TransferState[],
    at: number,
    effects: Effects,
  ): void {
    if (closes !== undefined) {
      const cause = causeAfter(null, change, zone.standings);
      if (cause !== null && zone.call?.playbook !== closes.name) this.#call(zone, cause, closes, leading, at, effects);
    } else if (zone.call !== null) {
      effects.withdraw(zone.call.actionId, `goods may be put in zone ${zone.zoneId} again`);
      zone.call = null;
    }
  }

  /** What leads to places of a zone; not where anything of the action is being carried. */
  #leadingTo(zoneId: string): TransferState[] {
    const { transfers } = this.#desk.book;
    return this.#places(zoneId)
      .flatMap(({ locationId }) => transfers.at(locationId).filter(({ to }) => to === locationId))
      .filter(({ actionId }) => !transfers.of(actionId).some(({ taken = 0 }) => taken > 0));
  }

  #places(zoneId: string) {
    const { sites } = this.#desk.book;
    const siteId = sites.zones.get(zoneId)?.siteId;
    return siteId === undefined ? [] : sites.all(siteId).filter((place) => place.zoneId === zoneId);
  }

  #call(
    zone: ZoneStanding,
    cause: Cause,
    playbook: PlaybookChoice,
    leading: readonly TransferState[],
    at: number,
    effects: Effects,
  ): void {
    const { book, config } = this.#desk;
    const { zoneId, call } = zone;
    const places = this.#places(zoneId).filter(({ locationId }) => book.occupancy(locationId).skuIds.length > 0);
    const actions = new Set(leading.map(({ actionId }) => actionId)).size;
    zone.calls += 1;
    const actionId = effects.act({
      type: 'escalate',
      target: { entityType: 'zone', entityId: zoneId },
      siteId: book.sites.zones.get(zoneId)?.siteId ?? null,
      cause,
      n: `closed-${zone.calls}`,
      because: `${cause.dimension} of zone ${zoneId} is ${cause.segment}: ${cause.text}. Until that is over nothing is put there`,
      details: { why: 'zone-closed', placesWithGoods: places.length, takenBack: actions },
      alternatives: [
        {
          what: 'let what is on its way there arrive',
          rejectedBecause: `playbook ${playbook.name} stops putaway`,
          value: leading.reduce((sum, { units }) => sum + units, 0),
          unit: 'units',
        },
      ],
      playbook,
      validUntil: at + config.zoneCallValidMs,
      ...(call !== null && { supersedes: call.actionId }),
      undo: { type: 'close-escalation', details: { zoneId } },
    });
    zone.call = { actionId, playbook: playbook.name };
  }
}
