import type { Desk } from '../desk.ts';
import type { Effects } from '../metrics.ts';
import { commandNight } from './command.ts';
import { consolidations } from './consolidation.ts';
import { planNight } from './plan.ts';
import { clearings, commandTidying } from './tidying.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** The quiet hours of sites: what is re-slotted, brought together and cleared within the night's budget. */
export class Nights {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Plans the next night of a site, unless it is planned already. */
  await(siteId: string, at: number, effects: Effects): void {
    const { book } = this.#desk;
    if (!book.nights.has(siteId)) this.#plan(siteId, at, effects);
  }

  /** A night has come. */
  due(siteId: string, at: number, effects: Effects): void {
    const { config } = this.#desk;
    this.#plan(siteId, at, effects);
    const plan = planNight(siteId, at, this.#desk);
    effects.note(plan === undefined ? 'night-nothing-pays' : 'night-planned');
    if (plan !== undefined) commandNight(plan, siteId, at, this.#desk, effects);
    // Exchanges gain most; what the budget leaves makes places empty.
    const left = config.nightlyMoves - (plan?.steps.length ?? 0);
    const cleared = commandTidying(clearings(siteId, at, this.#desk), left, at, this.#desk, effects);
    commandTidying(consolidations(siteId, at, this.#desk), left - cleared, at, this.#desk, effects);
  }

  #plan(siteId: string, at: number, effects: Effects): void {
    const { book, config } = this.#desk;
    if (config.nightlyMoves < 1) return;
    book.nights.add(siteId);
    effects.save(`night:${siteId}`, { siteId }, nextNight(at, config.nightHourUtc));
  }
}

/** The next instant (epoch ms) after `at` that is `hourUtc` o'clock. */
function nextNight(at: number, hourUtc: number): number {
  const today = Math.floor(at / DAY) * DAY + hourUtc * HOUR;
  return today > at ? today : today + DAY;
}
