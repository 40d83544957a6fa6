import type { Incidents } from './incidents.ts';
import type { Lane } from './places.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS } from './rhythm.ts';

export interface Weather {
  tempC: number;
  windMs: number;
  precipitationMm: number;
  /** 0 calm, 1 nothing moves. */
  severity: number;
}

export interface Traffic {
  /** Extra travel time as a share of free flow. */
  delayRatio: number;
  volume: number;
  speedKmh: number;
}

/** Weather and traffic along one lane, moving on hour by hour. */
export class LaneConditions {
  readonly #lane: Lane;
  readonly #incidents: Incidents;
  readonly #random: Random;
  #tempDrift = 0;
  #wetness = 0;
  #weather: Weather = { tempC: 8, windMs: 3, precipitationMm: 0, severity: 0.05 };

  constructor(lane: Lane, incidents: Incidents, random: Random) {
    this.#lane = lane;
    this.#incidents = incidents;
    this.#random = random;
  }

  /** The weather of the hour that begins at `at`; call it once an hour. `hour` is local. */
  nextWeather(at: number, hour: number): Weather {
    const random = this.#random;
    const storm = this.#incidents.storm(this.#lane.laneId, at);
    this.#tempDrift = 0.96 * this.#tempDrift + 0.5 * random.normal();
    this.#wetness = 0.9 * this.#wetness + 0.4 * random.normal();
    const season = Math.cos((2 * Math.PI * (at / DAY_MS - 200)) / 365.25);
    const base = 20 - 0.4 * (this.#lane.lat - 37) * 1.3 + 8 * season;
    const rain = Math.max(0, this.#wetness - 1) * 1.6 + 11 * storm;
    const windMs = Math.max(0.2, 3.5 + random.normal() + Math.max(0, this.#wetness) + 19 * storm);
    this.#weather = {
      tempC: round(base + 4 * Math.sin((2 * Math.PI * (hour - 9)) / 24) + this.#tempDrift, 1),
      windMs: round(windMs, 1),
      precipitationMm: round(rain, 1),
      severity: round(Math.min(1, rain / 18 + Math.max(0, windMs - 8) / 40), 2),
    };
    return this.#weather;
  }

  /** Traffic at `at` under the weather of the hour. `hour` is local, `weekday` 0 for Monday. */
  traffic(at: number, hour: number, weekday: number): Traffic {
    const random = this.#random;
    const rush = weekday < 5 ? bump(hour, 8, 1.3) + 1.1 * bump(hour, 17, 1.6) : 0.35 * bump(hour, 14, 3);
    const storm = this.#incidents.storm(this.#lane.laneId, at);
    const delayRatio = Math.max(
      0,
      0.04 + 0.22 * rush + 0.4 * this.#weather.severity + 1.1 * storm + 0.03 * random.normal(),
    );
    const volume = Math.max(
      60,
      (500 + 4200 * rush + 900 * bump(hour, 13, 4)) * (1 - 0.3 * storm) * random.around(1, 0.08),
    );
    return { delayRatio: round(delayRatio, 3), volume: Math.round(volume), speedKmh: round(88 / (1 + delayRatio), 1) };
  }

  /** Factor on a trip's driving time that departs at `at`: traffic of its first hours counts. */
  tripFactor(at: number, hour: number, weekday: number): number {
    const now = this.traffic(at, hour, weekday).delayRatio;
    const soon = this.#incidents.storm(this.#lane.laneId, at + 2 * HOUR_MS);
    return 1 + 0.45 * now + 0.6 * soon;
  }
}

/** A bell around an hour of the day. */
function bump(hour: number, top: number, width: number): number {
  return Math.exp(-(((hour - top) / width) ** 2));
}

/** Rounds to this many decimals. */
export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
