import type { Cause, OnHand, Standings } from '@detent/pipeline';
import type { LotLife, LotUnits } from '../lots/index.ts';

/** A zone as storage sees it. */
export interface Zone {
  zoneId: string;
  siteId: string;
  kind: string;
  capabilities?: readonly string[];
}

/** Where a zone stands, and what follows from it. */
export interface ZoneStanding {
  zoneId: string;
  standings: Standings;
  /** The playbook by which nothing is put there now; null: none. */
  closedBy: string | null;
  /** The call for people because of that, and the playbook that it names; null: none. */
  call: { actionId: string; playbook: string } | null;
  /** Calls so far. */
  calls: number;
}

/** What lies at a location, by SKU. */
export interface ContentsState {
  skus: Record<string, OnHand>;
  /** Of these, units by SKU and lot that were received there, and whose stock was not told yet. */
  presumed?: Record<string, Record<string, number>>;
}

/** A stock (a SKU at a site) and what it still wants. */
export interface StockState {
  stockId: string;
  skuId: string;
  siteId: string;
  standings: Standings;
  /** The last change that may command; a stock without one is left alone. */
  cause: Cause | null;
  /** The change by which its velocity stands as it does, also where that may not command. Not of a replay. */
  placed?: Cause | null;
  picksPerDay: number;
  /** What a decision waits for: `facts`, or `room` at the site. Null: it was decided. */
  wants: 'facts' | 'room' | null;
  /** Number of its moves so far. */
  acted: number;
}

/**
 * Units that were commanded from one place to another and are not there yet: a move, or a task of a putaway. They count at
 * both ends until they arrive.
 */
export interface TransferState {
  /** The action's id; for a second task and those after it, with `#` and its number. */
  id: string;
  actionId: string;
  skuId: string;
  siteId: string;
  /** Null: it came in, and nobody said where it stands. */
  from: string | null;
  to: string;
  /** Units still on their way. */
  units: number;
  /** Of these, units that were taken up already, where that was told. */
  taken?: number;
  /** When it is given up, epoch ms. */
  validUntil: number;
  /** Which lots it was to take; absent: whatever lies there. */
  lots?: LotUnits[];
  /** Actions that must be done before. */
  after?: string[];
  /** The arrival that it puts away; absent: it is a move. */
  arrivalId?: string;
  /** The stock that waits for the place that it empties. */
  roomFor?: string;
}

/** A lot as storage sees it. */
export interface LotState extends LotLife {
  skuId: string;
  standings: Standings;
  /** The last change that may command. */
  cause: Cause | null;
  /** Commands to sell it first, so far. */
  commanded: number;
  /** The one in force; null: there is none. */
  selling: { actionId: string; segment: string } | null;
}

/** A lot that came in and is not all at its place yet. */
export interface ArrivalState {
  arrivalId: string;
  lotId: string;
  skuId: string;
  siteId: string;
  /** Where it stands; null: nobody said. */
  locationId: string | null;
  /** Units, or what was received where the article is not known yet. */
  quantity: number;
  uom: string;
  /** Units that nothing was commanded for; null until the article tells what `uom` holds. */
  waiting: number | null;
  wants: 'facts' | 'room' | null;
  /** Since when it waits, epoch ms. */
  since: number;
  /** Commands so far. */
  tries: number;
  /** Places that people refused, or where it failed. */
  refused: string[];
  /** Whether no zone of its site is known: what it waits for may never come, so its time does not run yet. */
  isUnzoned?: boolean;
  /** Whether it has waited too long already. */
  isLate: boolean;
  /** The call for people; null: none. */
  calledBy: string | null;
}
