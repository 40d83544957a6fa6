import { defaultPackRules, type PackRules } from './cartonize/index.ts';

/** What kind of way through packing an order takes. */
export type LaneKind = 'frozen' | 'chilled' | 'cushion' | 'slow-conveyor' | 'express' | 'standard';

/** Bounds and patience of the queues of one lane kind. */
export interface LaneRules {
  /** Units that one batch may hold. */
  maxUnits: number;
  /** Orders that one batch may hold. */
  maxOrders: number;
  /** How long an order may wait for others, ms, by its urgency. */
  maxAgeMs: Readonly<Record<Urgency, number>>;
  /** Picking and packing take so long: a batch is released that much before `shipBy`, or else the promise, ms. */
  leadMs: number;
}

/** Urgency from most to least; the order of picking. */
export const urgencies = ['late', 'at-risk', 'same-day', 'normal'] as const;
export type Urgency = (typeof urgencies)[number];

export interface PickingConfig {
  lanes: Readonly<Record<LaneKind, LaneRules>>;
  /** Even the most urgent order waits so long for others like it, ms. */
  settleMs: number;
  /** A batch may be started until so long after its release, ms. */
  batchValidMs: number;
  /** An order about which nothing more is heard is forgotten after so long, ms. */
  retentionMs: number;
  /** Cartons, and how they are packed. */
  packing: PackRules;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const patient = { late: 2 * MINUTE, 'at-risk': 10 * MINUTE, 'same-day': 30 * MINUTE, normal: 2 * HOUR };
const quick = { late: 2 * MINUTE, 'at-risk': 5 * MINUTE, 'same-day': 15 * MINUTE, normal: 15 * MINUTE };

/** Bounds for totes of a few dozen pieces; cushioned packing is slower, and frozen goods may not stand about. */
export const defaultPickingConfig: PickingConfig = {
  lanes: {
    frozen: { maxUnits: 40, maxOrders: 10, maxAgeMs: quick, leadMs: HOUR },
    chilled: { maxUnits: 60, maxOrders: 15, maxAgeMs: quick, leadMs: HOUR },
    cushion: { maxUnits: 30, maxOrders: 6, maxAgeMs: patient, leadMs: 2 * HOUR },
    'slow-conveyor': { maxUnits: 30, maxOrders: 6, maxAgeMs: patient, leadMs: 2 * HOUR },
    express: { maxUnits: 60, maxOrders: 12, maxAgeMs: quick, leadMs: HOUR },
    standard: { maxUnits: 120, maxOrders: 24, maxAgeMs: patient, leadMs: 2 * HOUR },
  },
  settleMs: MINUTE,
  batchValidMs: 4 * HOUR,
  retentionMs: 30 * 24 * HOUR,
  packing: defaultPackRules,
};
