import { createHash } from 'node:crypto';
import { round } from './conditions.ts';
import type { Site, Zone } from './places.ts';
import type { Random } from './random.ts';
import { HOUR_MS, MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';

const WORKERS_PER_SITE = 24;

/** Work waiting in the zones: each does so many tasks an hour, one after the other, while people are there. */
export class Floor {
  readonly #run: Run;
  readonly #random: Random;
  /** When each zone will have done all that it has. */
  readonly #busyUntil = new Map<string, number>();
  readonly #zones: ReadonlyMap<string, Zone>;
  readonly #workers: ReadonlyMap<string, string[]>;
  readonly #speed: number;

  constructor(run: Run) {
    this.#run = run;
    this.#random = run.random.fork('floor');
    this.#speed = floorSpeed(run.ordersPerDay);
    this.#zones = new Map(run.world.sites.flatMap((site) => site.zones).map((zone) => [zone.zoneId, zone]));
    this.#workers = new Map(run.world.sites.map((site) => [site.siteId, workersOf(site)]));
  }

  /** Tells how full and how busy the zones are, every quarter of an hour. */
  start(): void {
    const { agenda, emitter, start, density } = this.#run;
    for (const zone of this.#zones.values()) {
      const base = this.#random.between(0.35, 0.7);
      agenda.every(start + 2 * MINUTE_MS, Math.round((15 * MINUTE_MS) / density), (at) => {
        const queueDepth = Math.round(this.queueHours(zone.zoneId, at) * zone.capacityPerHour * this.#speed);
        const crowd = Math.min(1, this.queueHours(zone.zoneId, at) / 2);
        const fill = Math.min(
          1,
          Math.max(0, base * (zone.kind === 'packing' ? 0.3 : 1) + 0.5 * crowd + 0.02 * this.#random.normal()),
        );
        emitter.emit('detent.warehouse.ZoneOccupied', at, {
          zoneId: zone.zoneId,
          siteId: zone.siteId,
          fill: round(fill, 3),
          queueDepth,
        });
      });
    }
  }

  /** Hours of work that wait in a zone. */
  queueHours(zoneId: string, at: number): number {
    return Math.max(0, (this.#busyUntil.get(zoneId) ?? at) - at) / HOUR_MS;
  }

  /** Queues a task in a zone, at `at` at the earliest; tells when it begins and when it ends. */
  work(zoneId: string, at: number): { startedAt: number; completedAt: number; workerId: string } {
    const zone = this.#zones.get(zoneId) as Zone;
    const clock = clockOf(this.#run, zone.siteId);
    const turnMs = HOUR_MS / (zone.capacityPerHour * this.#speed);
    const turn = Math.max(clock.nextInShift(at), this.#busyUntil.get(zoneId) ?? 0);
    const begin = clock.nextInShift(turn);
    this.#busyUntil.set(zoneId, begin + turnMs);
    const seconds = this.#random.around(zone.kind === 'packing' ? 95 : 50, 0.4);
    return {
      startedAt: Math.round(begin),
      completedAt: Math.round(begin + turnMs + seconds * 1000),
      workerId: this.#random.pick(this.#workers.get(zone.siteId) as string[]),
    };
  }
}

/** Worker ids leave a site hashed, so the simulated ones look the same. */
function workersOf(site: Site): string[] {
  return Array.from({ length: WORKERS_PER_SITE }, (_, index) =>
    createHash('sha256').update(`${site.siteId}/${index}`).digest('hex').slice(0, 12),
  );
}

/** A warehouse that is built for more orders works faster. */
export function floorSpeed(ordersPerDay: number): number {
  return Math.max(0.2, ordersPerDay / 600);
}
