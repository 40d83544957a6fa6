import type { Action, ActionStatus } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { readLedger } from '../actions/read-ledger.ts';
import { switchActions } from '../actions/switch-actions.ts';
import { type Open, open, type Stage } from './play.ts';
import { actionFor, actionsFor, faultsOf } from './reading.ts';
import { carrier, counted, HOUR, lane, location, MINUTE, order, passes, site, sku, T, told } from './trade.ts';

/** A status as an executor sends it. */
function says(action: Action, status: ActionStatus['status'], at: number, of: Partial<ActionStatus> = {}) {
  const { actionId, target } = action;
  const more = { quantityDone: null, reason: null, by: 'wms', ...of };
  return told('detent.actions.ActionStatus', at, { actionId, target, status, ...more });
}

const world = [
  sku('cup'),
  ...site('dc', [
    { zoneId: 'shelves', kind: 'picking', capabilities: [], capacityPerHour: null },
    { zoneId: 'tables', kind: 'packing', capabilities: [], capacityPerHour: 600 },
  ]),
  location('dc', 'bin', 'shelves', 10, { aisle: 'A', bay: '1' }),
  counted('cup', 'dc', 'bin', 500),
  lane('lane-dc', 'dc'),
  ...carrier('cheap', 'lane-dc', { hours: 24, base: 4, perKg: 0.2 }),
  ...carrier('second', 'lane-dc', { hours: 24, base: 6, perKg: 0.2 }),
];
const placed = (orderId: string, at: number) =>
  order(orderId, 'dc', at, [['cup', 2]], {
    ...{ serviceLevel: 'standard', shipBy: at + 50 * HOUR, promisedAt: at + 90 * HOUR },
  });

/** What becomes of actions when somebody answers them, and when nobody does. */
export function ledgerKept(stage: Stage): void {
  describe('the ledger of actions', () => {
    const withHouse = async (work: (house: Open) => Promise<void>) => {
      const house = await open(stage, 'fulfilment');
      try {
        await house.act(world);
        await work(house);
        const played = await house.played();
        expect([faultsOf(played), played.deadLetters]).toEqual([[], {}]);
      } finally {
        await house.close();
      }
    };
    const stateOf = async ({ runtime }: Open, service: string, { actionId }: Action) => {
      const { open, unread } = await readLedger(runtime, service);
      expect(unread).toBeNull();
      return open.find(({ action }) => action.actionId === actionId);
    };

    it(
      'follows statuses to one end, takes failures to the next best, and calls people where an answer fails to come',
      () =>
        withHouse(async (house) => {
          await house.act([placed('o1', T + MINUTE), placed('o2', T + MINUTE), placed('o3', T + MINUTE)]);
          let story = await house.played();
          const first = actionFor(story, 'assign-carrier', 'o1');
          const refused = actionFor(story, 'assign-carrier', 'o2');
          const done = actionFor(story, 'assign-carrier', 'o3');
          expect(first.details['carrierId']).toBe('cheap');

          await house.act([
            says(first, 'failed', T + 2 * MINUTE, { reason: 'no truck' }),
            says(refused, 'rejected', T + 2 * MINUTE, { reason: 'customer wants another', by: 'ann' }),
            says(done, 'accepted', T + 2 * MINUTE),
          ]);
          story = await house.played();
          for (const [orderId, before, why] of [
            ['o1', first, 'failed, says wms: no truck'],
            ['o2', refused, 'rejected, says ann: customer wants another'],
          ] as const) {
            const [, second] = actionsFor(story, 'assign-carrier', orderId);
            expect(second).toMatchObject({ details: { carrierId: 'second' }, changeId: before.changeId });
            expect(second!.alternatives).toContainEqual(
              expect.objectContaining({ what: 'cheap/s', rejectedBecause: why }),
            );
            expect(await stateOf(house, 'routing', before)).toBeUndefined();
          }
          expect(await stateOf(house, 'routing', done)).toMatchObject({ state: 'accepted', by: 'wms' });

          // A step forward, one back, the end, and one after it.
          await house.act([
            says(done, 'partial', T + 3 * MINUTE, { quantityDone: 1 }),
            says(done, 'accepted', T + 4 * MINUTE),
          ]);
          expect(await stateOf(house, 'routing', done)).toMatchObject({ state: 'partial', quantityDone: 1 });
          await house.act([
            says(done, 'done', T + 5 * MINUTE),
            says(done, 'rejected', T + 6 * MINUTE, { reason: 'late' }),
          ]);
          expect(await stateOf(house, 'routing', done)).toBeUndefined();
          expect(actionsFor(await house.played(), 'assign-carrier', 'o3')).toHaveLength(1);

          // Nobody accepts the second ones within the half hour that there is for it; one of them is answered then.
          await house.act(passes(T + 40 * MINUTE));
          story = await house.played();
          const [, late] = actionsFor(story, 'assign-carrier', 'o1');
          const [, silent] = actionsFor(story, 'assign-carrier', 'o2');
          const calls = story.actions.filter(({ type, service }) => type === 'escalate' && service === 'routing');
          expect(calls.map(({ details }) => details['actionId']).sort()).toEqual(
            [late!.actionId, silent!.actionId].sort(),
          );
          expect(calls[0]).toMatchObject({ sop: 'docs/sops/unanswered-action.md', changeId: expect.any(String) });
          await house.act([says(late!, 'accepted', T + 41 * MINUTE)]);
          const taken = (await house.played()).actions.filter(({ type }) => type === 'withdraw');
          const call = calls.find(({ details }) => details['actionId'] === late!.actionId)!;
          expect(taken.map(({ details }) => details['actionId'])).toEqual([call.actionId]);
          expect(await stateOf(house, 'routing', silent!)).toMatchObject({
            state: 'open',
            escalation: expect.any(String),
          });
        }),
      240_000,
    );

    it(
      'takes back what is moot, and holds back what is decided while actions are paused',
      () =>
        withHouse(async (house) => {
          await house.act([placed('gone', T + MINUTE)]);
          await house.act([
            told('detent.orders.OrderCancelled', T + 2 * MINUTE, {
              orderId: 'gone',
              siteId: 'dc',
              reason: 'changed mind',
            }),
          ]);
          let story = await house.played();
          const queued = actionFor(story, 'enqueue', 'gone');
          const assigned = actionFor(story, 'assign-carrier', 'gone');
          const withdrawn = story.actions.filter(({ type }) => type === 'withdraw');
          expect(withdrawn.map(({ details }) => details['actionId']).sort()).toEqual(
            [queued.actionId, assigned.actionId].sort(),
          );
          expect(withdrawn.find(({ service }) => service === 'routing')!.details['undo']).toBe('unassign-carrier');

          const told_ = { by: 'lead', reason: 'audit' };
          await switchActions(house.runtime, ['routing'], { paused: true, ...told_, occurredAt: T + 3 * MINUTE });
          await house.act([placed('waits', T + 4 * MINUTE)]);
          story = await house.played();
          expect(actionsFor(story, 'assign-carrier', 'waits')).toHaveLength(0);
          // Only what was paused waits.
          actionFor(story, 'enqueue', 'waits');
          const held = await readLedger(house.runtime, 'routing');
          expect(held.paused).toMatchObject({ by: 'lead', reason: 'audit' });
          expect(held.open.filter(({ state }) => state === 'waiting')).toMatchObject([
            { action: { type: 'assign-carrier', target: { entityId: 'waits' } } },
          ]);
          await switchActions(house.runtime, ['routing'], { paused: false, ...told_, occurredAt: T + 5 * MINUTE });
          await house.act(passes(T + 6 * MINUTE));
          const action = actionFor(await house.played(), 'assign-carrier', 'waits');
          expect(await stateOf(house, 'routing', action)).toMatchObject({ state: 'open' });
          expect((await readLedger(house.runtime, 'routing')).paused).toBeNull();
        }),
      240_000,
    );
  });
}
