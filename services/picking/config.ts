import { defaultPackRules, type PackRules } from './cartonize/index.ts';

/** What kind of way through packing an order takes. */
export type LaneKind = 'frozen' | 'chilled' | 'cushion' | 'slow-conveyor' | 'express' | 'standard';

/** Bounds and patience of the queues of one lane kind. */
export interface LaneRules {
  /** Units that one batch may hold. */
  maxUnits: number;
  /** Orders that one batch may hold. */
  maxOrders: number;
  /** Units that one tote holds; each order has totes of its own. */
  toteUnits: number;
  /** Where the way is known, a queue is full when it holds so many batches: more to choose from, less to walk. */
  pool: number;
  /** How long an order may wait for others, ms, by its urgency. */
  maxAgeMs: Readonly<Record<Urgency, number>>;
  /** Picking and packing take so long: a batch is released that much before `shipBy`, or else the promise, ms. */
  leadMs: number;
}

/** Urgency from most to least; the order of picking. */
export const urgencies = ['late', 'at-risk', 'same-day', 'normal'] as const;
export type Urgency = (typeof urgencies)[number];

/** How aisles and bays become metres. */
export interface LayoutRules {
  /** From one bay to the next, metres. */
  bayM: number;
  /** From one aisle to the next where no walking distance is told, metres. */
  aisleDistanceM: number;
  /** Bays at which a cross aisle leads through the block, besides those at both ends. */
  crossBays: readonly number[];
}

export interface PickingConfig {
  lanes: Readonly<Record<LaneKind, LaneRules>>;
  /** Lanes whose orders may share a batch: one walk, a tote for each order, bounds in proportion. Others stay alone. */
  together: readonly (readonly LaneKind[])[];
  layout: LayoutRules;
  /** A queue that released waits so long before it releases again, ms: what one change sets off is bounded. */
  pauseMs: number;
  /** Orders that one fact looks at again at once, those that wait for a zone or for stock; the rest after `pauseMs`, and so on. */
  sweepOrders: number;
  /** Orders among which a batch is chosen. */
  candidates: number;
  /** Route lengths that may be computed for one choice; about a microsecond each. */
  batchSteps: number;
  /** Even the most urgent order waits so long for others like it, ms. */
  settleMs: number;
  /** An order that became more urgent is not set back for so long, ms. */
  calmMs: number;
  /** An order changes its lane so often at most while it waits, but for its temperature. */
  maxMoves: number;
  /** Batches that have waited for people longer than this are not changed for an urgent order, ms. */
  joinWithinMs: number;
  /** A batch is changed so often at most for urgent orders. */
  maxJoins: number;
  /** Packing is sent work for so long ahead, ms; what must go goes all the same. */
  aheadMs: number;
  /** A batch may be started until so long after its release, ms. */
  batchValidMs: number;
  /** What a batch has promised of stock is kept so long after it ended, for its picks to be told, ms. */
  claimMs: number;
  /** Segments of a lot, by dimension, in which nobody is to take it, whatever a playbook says. */
  heldLots: Readonly<Record<string, readonly string[]>>;
  /** Life lost that is less than this more than what is known does not count, ms: a share of life is told in few digits. */
  leastLossMs: number;
  /** An order about which nothing more is heard is forgotten after so long, ms. */
  retentionMs: number;
  /** The cartons of one order are told so long after those of the order before, ms, so that a release is not held up … */
  packEveryMs: number;
  /** … but sooner where otherwise orders would wait longer than this, ms. */
  packWithinMs: number;
  /** Cartons, and how they are packed. */
  packing: PackRules;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const patient = { late: 2 * MINUTE, 'at-risk': 10 * MINUTE, 'same-day': 30 * MINUTE, normal: 2 * HOUR };
const quick = { late: 2 * MINUTE, 'at-risk': 5 * MINUTE, 'same-day': 15 * MINUTE, normal: 15 * MINUTE };

/**
 * Bounds for totes of a few dozen pieces; cushioned packing is slower, and frozen goods may not stand about once picked, so
 * their batches are small. While they wait they lie in their store: they wait as long as others.
 */
export const defaultPickingConfig: PickingConfig = {
  lanes: {
    frozen: { maxUnits: 40, maxOrders: 10, toteUnits: 20, pool: 1, maxAgeMs: patient, leadMs: HOUR },
    chilled: { maxUnits: 60, maxOrders: 15, toteUnits: 20, pool: 1, maxAgeMs: patient, leadMs: HOUR },
    cushion: { maxUnits: 30, maxOrders: 6, toteUnits: 12, pool: 2, maxAgeMs: patient, leadMs: 2 * HOUR },
    'slow-conveyor': { maxUnits: 30, maxOrders: 6, toteUnits: 12, pool: 2, maxAgeMs: patient, leadMs: 2 * HOUR },
    express: { maxUnits: 60, maxOrders: 12, toteUnits: 20, pool: 1, maxAgeMs: quick, leadMs: HOUR },
    standard: { maxUnits: 120, maxOrders: 24, toteUnits: 20, pool: 2, maxAgeMs: patient, leadMs: 2 * HOUR },
  },
  together: [['standard', 'express', 'cushion', 'slow-conveyor']],
  pauseMs: 20,
  sweepOrders: 64,
  layout: { bayM: 1.2, aisleDistanceM: 4, crossBays: [] },
  candidates: 48,
  batchSteps: 3000,
  settleMs: MINUTE,
  calmMs: 10 * MINUTE,
  maxMoves: 3,
  joinWithinMs: 15 * MINUTE,
  maxJoins: 2,
  aheadMs: HOUR,
  batchValidMs: 4 * HOUR,
  claimMs: HOUR,
  heldLots: { freshness: ['expired'] },
  leastLossMs: HOUR,
  retentionMs: 30 * 24 * HOUR,
  packEveryMs: 20,
  packWithinMs: MINUTE,
  packing: defaultPackRules,
};
