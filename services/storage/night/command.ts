import { membershipsOf } from '@detent/pipeline';
import type { StockState } from '../book/index.ts';
import type { StorageConfig } from '../config.ts';
import type { Desk } from '../desk.ts';
import { describeLots, type LotUnits } from '../lots/index.ts';
import type { Effects } from '../metrics.ts';
import type { NightPlan, NightStep } from './plan.ts';

/** Commands a night's steps, each naming those that must be done before it. */
export function commandNight(plan: NightPlan, siteId: string, at: number, desk: Desk, effects: Effects): void {
  const { book, config, playbookFor } = desk;
  const validUntil = at + config.moveValidMs;
  const ids: string[] = [];
  const carried = new Map<string, LotUnits[]>();
  plan.steps.forEach((step, n) => {
    const { stockId, skuId, units, picksPerDay, from, to, savedM, isDetour } = step;
    const after = step.after.map((earlier) => ids[earlier]!);
    // What waits at a place that is not its own has its lots with it.
    const lots = carried.get(stockId) ?? book.lotsFirst(skuId, from.locationId, units, at);
    carried.set(stockId, lots);
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
        ...{ from: from.locationId, to: to.locationId, units, picksPerDay },
        ...{ horizonDays: config.nightHorizonDays, savingM: Math.round(savedM), costM: Math.round(plan.labourM) },
        ...{ night: true, step: n + 1, steps: plan.steps.length, isDetour, planGainM: Math.round(plan.gainM) },
        after: after.join(' '),
        ...describeLots(lots, (lotId) => book.lots.get(lotId), at),
      },
      tasks: [{ skuId, quantity: units, fromLocationId: from.locationId, toLocationId: to.locationId }],
      alternatives: [{ what: 'stay', rejectedBecause: 'the plan gains', value: Math.round(plan.gainM), unit: 'm' }],
      playbook: playbookFor(membershipsOf('stock', stock.standings)),
      validUntil,
      undo: { type: 'move', details: { from: to.locationId, to: from.locationId, units } },
    });
    ids.push(actionId);
    if (book.stocks.has(stockId)) book.stocks.put(stock, effects);
    const ends = { from: from.locationId, to: to.locationId };
    book.transfers.put({ id: actionId, actionId, skuId, siteId, ...ends, units, validUntil, lots, after }, effects);
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
