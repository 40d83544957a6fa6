import { type ColdRules, defaultColdRules } from '@detent/core';
import type { DivertRules } from './lots/index.ts';

const HOUR = 3_600_000;

/** A range of temperature, °C; an absent end is open. */
export interface TemperatureRange {
  minC?: number;
  maxC?: number;
}

/** What counts beside the price, in the currency of comparison, so that cost is never all. */
export interface Weights {
  /** One late delivery. */
  late: number;
  /** One damaged delivery. */
  damaged: number;
  /** One hour more until arrival. */
  hour: number;
  /** One hour more for goods that must be kept within a temperature, on top; more where little life is left. */
  perishableHour: number;
  /** One kilogram of CO₂ equivalent. */
  kgCo2e: number;
}

/** Rates expected of one more delivery, 0..1. */
export interface Rates {
  late: number;
  damaged: number;
}

export interface RoutingConfig {
  /** From the decision to the hand-over of an order that is picked and packed for it, ms. */
  prepareMs: number;
  /** From the decision to the hand-over of goods that stand ready, ms. */
  tenderMs: number;
  /** Share by which a carrier counts dearer than it is, by its reliability; `other` for segments not named. */
  reliabilityShares: Readonly<Record<string, number>> & { readonly other: number };
  /** Hours that a congested lane takes longer. */
  congestedHours: number;
  /** A reconsidered order changes its carrier only if the other is better by this share of the present score. */
  switchShare: number;
  /** What a change of carrier costs in work, in the currency of comparison: it must save more than that as well. */
  changeCost: number;
  /** What counts beside the price, by the customer's tier; a playbook's `carrierWeights` change the proportions. */
  weights: Readonly<Record<string, Weights>> & { readonly other: Weights };
  /** A life so long or longer makes an hour on the road count as usual; half as long, twice as much. */
  longLifeHours: number;
  /** When goods on the road are sent elsewhere. */
  divert: DivertRules;
  /** Rates of carriers that nothing is known of. */
  presumedRates: Rates;
  /** Kilograms of CO₂ equivalent for a tonne carried a kilometre, by mode. */
  emissionFactors: Readonly<Record<string, number>>;
  /** Orders of a lane that are assigned anew together, at most; half of them may have nobody yet. */
  balanceMost: number;
  /** A lane's orders are assigned anew together for want of capacity no more often, ms of event time. */
  balanceEveryMs: number;
  /** Orders that are looked at again at once for a change of a carrier, lane or lot, or for a fact that they waited for. */
  reconsiderMost: number;
  /** The next of them follow so much later, ms of event time: other answers come between. */
  reconsiderPauseMs: number;
  /** Pieces that an order may be split into to stay within a service's weight. */
  maxPieces: number;
  /** Modes that take consolidated freight. */
  consolidatedModes: readonly string[];
  /** A consolidated shipment of this weight leaves at once, grams. */
  consolidatedWeightG: number;
  /** So many orders that are held together leave at once: a step decides no more of them. */
  consolidatedMost: number;
  /** What a climate asks for where the goods do not say. */
  climates: Readonly<Record<string, TemperatureRange>>;
  /**
   * Goods that must stay below this need a controlled service whatever their order's climate, and other goods do not
   * go with a service that is always colder, °C.
   */
  controlledBelowC: number;
  /** Cartons, liner and what they meet: by them goods between cold and warm go as any others, or need a controlled service. */
  cartons: ColdRules;
  /**
   * Classes of dangerous goods that are taken, by `carrier/service`, carrier or mode, the first of these that is there;
   * a class such as `2` holds its divisions (`2.1`). Who is in no list takes none.
   */
  hazmat: Readonly<Record<string, readonly string[]>>;
  /** Days without work, `YYYY-MM-DD`, by the `calendarId` of services. */
  calendars: Readonly<Record<string, readonly string[]>>;
  /** Weight taken for goods that were described without one, grams. */
  assumedWeightG: number;
  /** Volume of a pallet as capacity counts it, litres, and its load, grams. */
  pallet: { volumeL: number; weightG: number };
  /** Currency that prices are compared in, and what one unit of others is worth in it. */
  currency: string;
  rates: Readonly<Record<string, number>>;
  /** An order that lacks facts is handed to people after so long, ms. */
  factsWaitMs: number;
  /** An escalation stands for so long where the promise is over, ms. */
  escalationMs: number;
  /** An order about which nothing more is heard is forgotten after so long, ms. */
  retentionMs: number;
}

export const defaultRoutingConfig: RoutingConfig = {
  prepareMs: 2 * HOUR,
  tenderMs: HOUR / 2,
  // A failing carrier is the last resort: nothing goes there while anything else can take it.
  reliabilityShares: { reliable: 0, unreliable: 0.3, failing: 9, other: 0.3 },
  congestedHours: 6,
  switchShare: 0.1,
  changeCost: 0.5,
  weights: {
    gold: { late: 20, damaged: 60, hour: 0.05, perishableHour: 0.3, kgCo2e: 0.1 },
    other: { late: 5, damaged: 40, hour: 0.005, perishableHour: 0.2, kgCo2e: 0.1 },
  },
  longLifeHours: 240,
  // Chilled food is worth some 8 EUR a kilogram, and 60 % of it at a discount; a detour costs half a driver's day.
  divert: { cost: 120, worthPerKg: 8, recovered: 0.6, leastHours: 2 },
  presumedRates: { late: 0.05, damaged: 0.005 },
  // After the UK government's conversion factors for freight (DEFRA/DESNZ 2023), rounded: vans, lorries as laden on
  // average, rail, container ships, and short-haul air with radiative forcing. A carrier's own figures are better.
  emissionFactors: { parcel: 0.6, courier: 0.6, ltl: 0.11, ftl: 0.11, road: 0.11, rail: 0.03, sea: 0.016, air: 2.3 },
  balanceMost: 100,
  balanceEveryMs: 60_000,
  reconsiderMost: 100,
  reconsiderPauseMs: 1000,
  maxPieces: 6,
  consolidatedModes: ['ltl'],
  consolidatedWeightG: 400_000,
  consolidatedMost: 100,
  climates: { chilled: { minC: 0, maxC: 8 }, frozen: { maxC: -15 } },
  controlledBelowC: 15,
  cartons: defaultColdRules,
  // What is commonly taken in limited quantities, and as freight. By air, only who is named: its rules are of another kind.
  hazmat: {
    air: [],
    parcel: ['3', '8', '9'],
    courier: ['3', '8', '9'],
    ltl: ['2', '3', '4', '5', '6', '8', '9'],
    ftl: ['2', '3', '4', '5', '6', '8', '9'],
    road: ['2', '3', '4', '5', '6', '8', '9'],
    rail: ['2', '3', '4', '5', '6', '8', '9'],
    sea: ['2', '3', '4', '5', '6', '8', '9'],
  },
  calendars: {},
  assumedWeightG: 1000,
  pallet: { volumeL: 1500, weightG: 500_000 },
  currency: 'EUR',
  rates: {},
  factsWaitMs: 4 * HOUR,
  escalationMs: 24 * HOUR,
  retentionMs: 30 * 24 * HOUR,
};
