import { type Effects, membershipsOf, type PlaybookFor } from '@detent/pipeline';
import type { Book, StockState } from './book.ts';
import type { StorageConfig } from './config.ts';
import type { NightPlan, NightStep } from './night.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What a night's actions are made with. */
export interface NightContext {
  at: number;
  siteId: string;
  book: Book;
  config: StorageConfig;
  playbookFor: PlaybookFor;
}

/** The next instant (epoch ms) after `at` that is `hourUtc` o'clock. */
export function nextNight(at: number, hourUtc: number): number {
  const today = Math.floor(at / DAY) * DAY + hourUtc * HOUR;
  return today > at ? today : today + DAY;
}

/** Commands a night's steps, each naming those that must be done before it. */
export function commandNight(plan: NightPlan, context: NightContext, effects: Effects): void {
  const { at, siteId, book, config, playbookFor } = context;
  const validUntil = at + config.moveValidMs;
  const ids: string[] = [];
  plan.steps.forEach((step, n) => {
    const { stockId, skuId, units, from, to, savedM, isDetour, after } = step;
    const stock = book.stocks.get(stockId) ?? unmoved(step, siteId);
    stock.acted += 1;
    const cause = stock.cause ?? plan.leader.cause!;
    const actionId = effects.act({
      type: 'move',
      target: { entityType: 'stock', entityId: stockId },
      siteId,
      cause,
      n: `night-${at}-${n}`,
      because: because(step, plan, config),
      details: {
        ...{ from: from.locationId, to: to.locationId, units, picksPerDay: stock.picksPerDay },
        ...{ horizonDays: config.nightHorizonDays, savingM: Math.round(savedM), costM: Math.round(plan.labourM) },
        ...{ night: true, step: n + 1, steps: plan.steps.length, isDetour, planGainM: Math.round(plan.gainM) },
        after: after.map((earlier) => ids[earlier]!).join(' '),
      },
      tasks: [{ skuId, quantity: units, fromLocationId: from.locationId, toLocationId: to.locationId }],
      alternatives: [{ what: 'stay', rejectedBecause: 'the plan gains', value: Math.round(plan.gainM), unit: 'm' }],
      playbook: playbookFor(membershipsOf('stock', stock.standings)),
      validUntil,
      undo: { type: 'move', details: { from: to.locationId, to: from.locationId, units } },
    });
    ids.push(actionId);
    if (book.stocks.has(stockId)) book.putStock(stock, effects);
    book.putMove({ actionId, skuId, siteId, from: from.locationId, to: to.locationId, units, validUntil }, effects);
    effects.note('move-commanded');
  });
}

/** A stock that no change was ever heard of, moved to make room. */
function unmoved({ stockId, skuId }: NightStep, siteId: string): StockState {
  return { stockId, skuId, siteId, standings: {}, cause: null, picksPerDay: 0, wants: null, acted: 0 };
}

function because({ from, to, savedM, isDetour }: NightStep, plan: NightPlan, config: StorageConfig): string {
  const whole = `the ${plan.steps.length} moves of the night together save ${Math.round(plan.gainM)} m more in ${config.nightHorizonDays} days than they cost`;
  if (isDetour) return `waits at ${to.locationId} until its place is empty; ${whole}`;
  if (savedM <= 0) return `makes room at ${from.locationId} for what is picked more; ${whole}`;
  return `${to.locationId} is ${from.travelM! - to.travelM!} m nearer than ${from.locationId}; ${whole}`;
}
