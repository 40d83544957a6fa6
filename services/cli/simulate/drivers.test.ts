import type { Action, LotReceived, StockChanged } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import type { SourceEvent } from '../inputs/source-event.ts';
import { Executor } from './executor.ts';
import { simulateEvents } from './simulate.ts';

const HOUR = 3_600_000;
const SLICE = 300_000;
const isDock = (locationId: string | null | undefined) => locationId?.includes('-dock-') ?? false;

function putaway(lot: LotReceived, toLocationId: string): Action {
  const { lotId, skuId, siteId, locationId, occurredAt: createdAt, quantity } = lot;
  return {
    ...{ actionId: `storage:lot:${lotId}`, service: 'storage', type: 'putaway', siteId, changeId: lotId },
    ...{ target: { entityType: 'lot', entityId: lotId }, segment: { dimension: 'velocity', segment: 'C' } },
    ...{ because: '', details: { mode: 'live' }, alternatives: [], createdAt, validUntil: createdAt + 24 * HOUR },
    tasks: [{ taskId: '1', skuId, lotId, quantity, fromLocationId: locationId!, toLocationId }],
  };
}

/** A place in the zone of a site's cold store in which nothing lies at first. */
function freePlaces(): (siteId: string) => string {
  const taken = new Set<string>();
  const all: { locationId: string; zoneId: string }[] = [];
  for (const { name, value } of simulateEvents({ seed: 1, days: 0.01, defects: 0 }).events) {
    if (name === 'detent.sites.LocationDescribed') all.push(value as never);
    if (name === 'detent.inventory.StockChanged') taken.add((value as StockChanged).locationId);
  }
  return (siteId) =>
    all.find(({ zoneId, locationId }) => zoneId === `${siteId}-chill` && !taken.has(locationId))!.locationId;
}

/** A day in which each arrival is commanded elsewhere as it comes; heard at the end of each slice, or known before. */
function commanded(known: readonly Action[] = []) {
  const executor = new Executor({ seed: 1, refusals: 0.2 });
  for (const action of known) executor.hear(action, Number.NEGATIVE_INFINITY);
  const place = freePlaces();
  const actions: Action[] = [];
  let waiting: Action[] = [];
  let slice = 0;
  const events: SourceEvent[] = [];
  for (const event of simulateEvents({ seed: 1, days: 1, defects: 0, commands: executor }).events) {
    if (Math.floor(event.eventTime / SLICE) > slice) {
      slice = Math.floor(event.eventTime / SLICE);
      if (known.length === 0) for (const action of waiting) executor.hear(action, event.eventTime);
      waiting = [];
    }
    events.push(event);
    const lot = event.value as LotReceived;
    if (event.name !== 'detent.inventory.LotReceived' || !isDock(lot.locationId)) continue;
    const action = putaway(lot, place(lot.siteId));
    actions.push(action);
    waiting.push(action);
  }
  return { events, actions, place };
}

const stockOf = (events: Iterable<SourceEvent>) =>
  [...events].filter(({ name }) => name === 'detent.inventory.StockChanged').map(({ value }) => value as StockChanged);

describe('a lot that comes in', () => {
  it('stands at a dock, is told there, and is put away within three hours of work to where it is picked from', () => {
    const events = [...simulateEvents({ seed: 1, days: 2, defects: 0 }).events];
    const arrived = events
      .filter(({ name }) => name === 'detent.inventory.LotReceived')
      .map(({ value }) => value as LotReceived)
      .filter(({ locationId, occurredAt }) => isDock(locationId) && occurredAt < events[0]!.eventTime + 40 * HOUR);
    expect(arrived.length).toBeGreaterThan(20);
    const told = Map.groupBy(
      stockOf(events).filter(({ lotId }) => lotId != null),
      ({ lotId }) => lotId!,
    );
    for (const { lotId, locationId, quantity, occurredAt } of arrived) {
      const [receipt, away, put] = told.get(lotId)!;
      expect(receipt).toMatchObject({
        locationId,
        delta: quantity,
        status: 'receiving',
        reason: 'receipt',
        occurredAt,
      });
      expect(away).toMatchObject({ locationId, delta: -quantity, reason: 'move' });
      expect(put).toMatchObject({ delta: quantity, status: 'available', reason: 'move' });
      expect(isDock(put!.locationId)).toBe(false);
      // Who came at the end of a shift waits for the next one.
      expect(put!.occurredAt - occurredAt).toBeLessThan(11 * HOUR);
    }
  });

  it('goes where it is commanded, and is picked from there; by habit where that was refused', () => {
    const { events, actions, place } = commanded();
    const stock = stockOf(events);
    const put = (siteId: string) => stock.filter(({ locationId, delta }) => locationId === place(siteId) && delta! > 0);
    const lots = [...put('ham'), ...put('lis')].map(({ lotId }) => lotId);
    expect(lots.length).toBeGreaterThan(actions.length / 2);
    expect(lots.length).toBeLessThan(actions.length);
    const picked = stock.filter(({ reason, lotId }) => reason === 'pick' && lots.includes(lotId));
    expect(picked.length).toBeGreaterThan(0);
    for (const { locationId } of picked) expect([place('ham'), place('lis')]).toContain(locationId);
  });

  it('goes the same way when the run is repeated with all that was commanded known before', () => {
    const first = commanded();
    expect(commanded(first.actions).events).toEqual(first.events);
  });
});
