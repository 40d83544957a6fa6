import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythm.ts';

/** Who is struck in a week. */
interface Week {
  carrierId: string;
  skuId: string;
  laneId: string;
  warmZoneId: string;
  openDoorZoneId: string;
}

export interface IncidentSubjects {
  carrierIds: readonly string[];
  skuIds: readonly string[];
  laneIds: readonly string[];
  chilledZoneIds: readonly string[];
}

/** Hours after the start of a week in which each incident lasts: [from, to). */
const SPANS = {
  carrier: [11, 59],
  surge: [13, 31],
  storm: [14, 21],
  warm: [15, 16],
} as const;
const DOOR_OPEN_FROM_MS = 10 * HOUR_MS + 20 * MINUTE_MS;
const DOOR_OPEN_MS = 6 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;

/**
 * What goes wrong, on the first day of the run and of every seventh after it, with other subjects each time: one carrier
 * gets late and rough, one SKU is suddenly wanted, a storm slows one lane, one chilled zone drifts warm for an hour while
 * another only has its door open for some minutes (which must move nothing).
 */
export class Incidents {
  readonly #start: number;
  readonly #subjects: IncidentSubjects;
  readonly #random: Random;
  readonly #weeks = new Map<number, Week>();

  constructor(start: number, subjects: IncidentSubjects, random: Random) {
    this.#start = start;
    this.#subjects = subjects;
    this.#random = random;
  }

  /** True while the carrier is in trouble. */
  isInTrouble(carrierId: string, at: number): boolean {
    return this.#within(at, SPANS.carrier) && this.weekOf(at).carrierId === carrierId;
  }

  /** How many times its usual demand the SKU has. */
  demandFactor(skuId: string, at: number): number {
    return this.#within(at, SPANS.surge) && this.weekOf(at).skuId === skuId ? 14 : 1;
  }

  /** Strength of the storm on the lane, 0 to 1, rising and falling. */
  storm(laneId: string, at: number): number {
    const [from, to] = SPANS.storm;
    if (!this.#within(at, SPANS.storm) || this.weekOf(at).laneId !== laneId) return 0;
    return Math.sin((Math.PI * (this.#inWeek(at) - from * HOUR_MS)) / ((to - from) * HOUR_MS)) ** 0.5;
  }

  /** Degrees above its set point by which cooling has failed in the zone, or warm air has come in. */
  warming(zoneId: string, at: number): number {
    if (this.#within(at, SPANS.warm) && this.weekOf(at).warmZoneId === zoneId) {
      const hours = this.#inWeek(at) / HOUR_MS - SPANS.warm[0];
      return 9 * Math.min(1, 4 * hours, 4 * (1 - hours));
    }
    return this.isDoorOpen(zoneId, at) ? 6 : 0;
  }

  isDoorOpen(zoneId: string, at: number): boolean {
    const since = this.#inWeek(at) - DOOR_OPEN_FROM_MS;
    return since >= 0 && since < DOOR_OPEN_MS && this.weekOf(at).openDoorZoneId === zoneId;
  }

  /** Who is struck in the week of this instant. */
  weekOf(at: number): Week {
    const index = Math.floor((at - this.#start) / WEEK_MS);
    const known = this.#weeks.get(index);
    if (known) return known;
    const random = this.#random.fork(`week-${index}`);
    const warmZoneId = random.pick(this.#subjects.chilledZoneIds);
    const others = this.#subjects.chilledZoneIds.filter((zoneId) => zoneId !== warmZoneId);
    const week = {
      carrierId: random.pick(this.#subjects.carrierIds),
      skuId: random.pick(this.#subjects.skuIds),
      laneId: random.pick(this.#subjects.laneIds),
      warmZoneId,
      openDoorZoneId: random.pick(others),
    };
    this.#weeks.clear();
    this.#weeks.set(index, week);
    return week;
  }

  #inWeek(at: number): number {
    return (at - this.#start) % WEEK_MS;
  }

  #within(at: number, [from, to]: readonly [number, number]): boolean {
    const inWeek = this.#inWeek(at);
    return inWeek >= from * HOUR_MS && inWeek < to * HOUR_MS;
  }
}
