import type { Action, ActionTask } from '@detent/schemas';
import { DecisionHarness, fact, modelOf, orderPlaced, seeded, segmentChanged } from '@detent/testing/decisions';
import { changesOfLots, HOUR, lot, MINUTE, sku, stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';

const SHELF_LIFE = 400;

/** A lot as a plain book beside the service has it. */
interface Plain {
  lotId: string;
  place: string;
  free: number;
  /** Hours after T. */
  date: number;
  hoursLost: number;
  isHeld: boolean;
}

const playbookFor = (memberships: Readonly<Record<string, string>>) =>
  memberships['lot.quality'] === 'recalled' ? { name: 'recalled', sop: '', do: { picking: false } } : undefined;

const wordOf = ({ orderId, lotId, quantity }: ActionTask) => `${orderId} ${lotId} ${quantity}`;

/** Random lots at few places, then warmth, recalls, restarts and orders in random order; each release is looked at. */
function play(seed: number) {
  const random = seeded(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const run = new DecisionHarness(() =>
    createPickingProcessor({ actions: 'live', model: modelOf({ order: ['urgency'] }, playbookFor) }),
  );
  run.feed(zone('z', []), sku('sku-1', { shelfLifeHours: SHELF_LIFE }));
  const change = changesOfLots();
  const lots = new Map<string, Plain>();
  for (let i = 0; i < 8; i += 1) {
    const plain = { lotId: `l${i}`, place: `P${upTo(3)}`, free: 20 + upTo(40), date: 60 + upTo(240) };
    lots.set(plain.lotId, { ...plain, hoursLost: 0, isHeld: false });
    run.feed(lot(plain.lotId, plain.date), stock(plain.place, plain.free, T, { lotId: plain.lotId }));
  }
  const promises = new Map<string, number>();
  const faults: string[] = [];
  const seen = { tasks: 0, warmFirst: 0, passedHeld: 0, passedShort: 0 };
  const keeps = ({ date, hoursLost }: Plain) => date - hoursLost;
  /** What an order placed with this promise (hours after T) may get. */
  const mayGo = (plain: Plain, promised: number) => !plain.isHeld && keeps(plain) > promised;

  const listed = new Map<string, Action>();
  /** Looks at what is released, by the books as they stand after it. */
  const look = (actions: readonly Action[]) => {
    for (const action of actions) {
      if (action.type === 'drop-from-batch') faults.push('a batch under way was cut');
      if (action.type !== 'release-batch') continue;
      const before = listed.get(action.supersedes ?? '')?.tasks ?? [];
      // Others may join a batch; what was told of its tasks stays.
      const stays = new Set(action.tasks!.map(wordOf));
      if (!before.every((task) => stays.has(wordOf(task)))) faults.push('what was released was planned anew');
      listed.delete(action.supersedes ?? '');
      listed.set(action.actionId, action);
      for (const { lotId, quantity } of before) lots.get(lotId!)!.free += quantity!;
      for (const { lotId, quantity } of action.tasks!) lots.get(lotId!)!.free -= quantity!;
      const promisedBefore = new Set(before.map(({ orderId }) => orderId));
      for (const task of action.tasks!) if (!promisedBefore.has(task.orderId)) lookAt(task, action.createdAt);
    }
  };
  const lookAt = ({ orderId, lotId }: ActionTask, at: number) => {
    const took = lots.get(lotId!)!;
    const promised = Math.max(promises.get(orderId!)!, (at - T) / HOUR);
    seen.tasks += 1;
    if (took.free < 0) faults.push(`more of ${lotId} is promised than there is`);
    if (!mayGo(took, promised)) faults.push(`${orderId} takes ${lotId}, which it may not have`);
    for (const other of lots.values()) {
      if (other === took || other.free <= 0) continue;
      if (mayGo(other, promised) && keeps(other) < keeps(took))
        faults.push(`${orderId} takes ${lotId} (${keeps(took)} h) and passes over ${other.lotId} (${keeps(other)} h)`);
      if (other.date < took.date && keeps(other) > keeps(took)) seen.warmFirst += 1;
      if (other.isHeld && keeps(other) < keeps(took)) seen.passedHeld += 1;
      if (!other.isHeld && keeps(other) <= promised) seen.passedShort += 1;
    }
  };
  /** People pick all that is listed. */
  const pick = (at: number) => {
    for (const { actionId, tasks } of listed.values()) {
      for (const { taskId, orderId, skuId, lotId, quantity, fromLocationId } of tasks!) {
        const locationId = fromLocationId!;
        const task = { taskId, taskType: 'pick', orderId: orderId!, skuId: skuId!, locationId, actionId };
        look(
          run.feed(
            stock(locationId, null, at, { lotId: lotId!, delta: -quantity!, reason: 'pick' }),
            fact('detent.warehouse.TaskCompleted', {
              ...{ eventId: taskId, occurredAt: at, zoneId: 'z', siteId: 'site-1', errors: 0, workerId: null },
              ...{ ...task, startedAt: at, completedAt: at, quantity: quantity! },
            }),
          ),
        );
      }
    }
    listed.clear();
  };

  let at = T;
  for (let step = 0; step < 60; step += 1) {
    at += MINUTE * (10 + upTo(50));
    const plain = lots.get(`l${upTo(8)}`)!;
    const kind = random();
    if (kind < 0.3) {
      // Told as hours, or as the share of life that is left by them; sometimes less than before, or hardly more.
      const told = Math.max(0, plain.hoursLost + random() * 40 - 8);
      const lifeLeft = (plain.date - (at - T) / HOUR - told) / SHELF_LIFE;
      look(run.feed(change(plain.lotId, 'short', at, random() < 0.5 ? { hoursLost: told } : { lifeLeft })));
      const toTheMinute = Math.round(told * 60) / 60;
      if (toTheMinute >= plain.hoursLost + 1 - 1e-9) plain.hoursLost = toTheMinute;
    } else if (kind < 0.4) {
      plain.isHeld = !plain.isHeld;
      look(run.feed(change(plain.lotId, plain.isHeld ? 'recalled' : 'fine', at, {}, 'quality')));
    } else if (kind < 0.5) {
      run.restart();
    } else {
      const orderId = `o${step}`;
      const promised = Math.floor((at - T) / HOUR) + 4 + upTo(80);
      promises.set(orderId, promised);
      const lines = [{ lineId: '1', skuId: 'sku-1', quantity: 1 + upTo(12), uom: 'each' }];
      look(
        run.feed(
          orderPlaced({ orderId, occurredAt: at, lines, promisedAt: T + promised * HOUR }),
          segmentChanged({ entityType: 'order', entityId: orderId, dimension: 'urgency', to: 'late', occurredAt: at }),
        ),
      );
    }
    look(run.advance(at + 5 * MINUTE));
    pick(at + 6 * MINUTE);
  }
  return { faults, seen, run };
}

describe('the lots that orders get', () => {
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
  const played = seeds.map((seed) => ({ seed, ...play(seed) }));

  it('are never such as may not be taken, and none that may and has less life left is passed over', () => {
    for (const { seed, faults } of played) expect([seed, faults]).toEqual([seed, []]);
  });

  it('are looked at where it matters: warm lots go before earlier dates, held and short ones are left', () => {
    const sum = (of: (typeof played)[number]['seen'][keyof (typeof played)[number]['seen']][]) =>
      of.reduce((total, count) => total + count, 0);
    expect(sum(played.map(({ seen }) => seen.tasks))).toBeGreaterThan(400);
    expect(sum(played.map(({ seen }) => seen.warmFirst))).toBeGreaterThan(50);
    expect(sum(played.map(({ seen }) => seen.passedHeld))).toBeGreaterThan(50);
    expect(sum(played.map(({ seen }) => seen.passedShort))).toBeGreaterThan(50);
  });

  it('are the same again', () => {
    const [first] = played;
    expect(play(first!.seed).run.actions).toEqual(first!.run.actions);
  });
});
