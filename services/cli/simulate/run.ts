import type { Agenda } from './agenda.ts';
import type { Emitter } from './emitter.ts';
import type { Random } from './random.ts';
import type { LocalClock } from './rhythm.ts';
import type { World } from './world.ts';

/** What every part of the simulation works with. Each part forks its own stream of numbers. */
export interface Run {
  start: number;
  world: World;
  agenda: Agenda;
  emitter: Emitter;
  random: Random;
  ordersPerDay: number;
  /** How dense readings and reports come: 1 at scale 1. */
  density: number;
}

/** The clock on the wall of a site. */
export function clockOf(run: Run, siteId: string): LocalClock {
  return run.world.clocks.get(siteId) as LocalClock;
}
