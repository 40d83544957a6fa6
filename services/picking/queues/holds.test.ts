import { DecisionHarness, modelOf, orderPlaced, segmentChanged } from '@detent/testing/decisions';
import { changesOfOrders, HOUR, MINUTE, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { createPickingProcessor } from '../process.ts';

const playbookFor = (memberships: Readonly<Record<string, string>>) =>
  memberships['zone.cooling'] === 'warm' ? { name: 'warm-zone', sop: '', do: { picking: false } } : undefined;

/** A site that packs chilled goods in a zone of their own. */
function picking() {
  const model = modelOf({ order: ['climate', 'urgency'] }, playbookFor);
  const run = new DecisionHarness(() => createPickingProcessor({ actions: 'live', model }));
  run.feed(zone('pack', []), zone('cold-1', ['chilled']));
  return run;
}

const change = changesOfOrders();
const order = (orderId: string, climate: string, urgency: string, at: number) => [
  orderPlaced({ orderId, occurredAt: at }),
  change(orderId, 'climate', climate, at),
  change(orderId, 'urgency', urgency, at),
];
const cooling = (to: string | null, sequence: number, at: number) =>
  segmentChanged({
    ...{ entityType: 'zone', entityId: 'cold-1', dimension: 'cooling', epoch: 'sensors.v1-0-0' },
    ...{ to, sequence, occurredAt: at },
  });
const released = (actions: ReturnType<DecisionHarness['feed']>) =>
  actions
    .filter(({ type }) => type === 'release-batch')
    .flatMap(({ tasks }) => tasks!.map(({ orderId }) => orderId))
    .sort();

describe('a zone where nothing is to be picked', () => {
  it('releases nothing, not even what is late, until that is over; other zones go on', () => {
    const run = picking();
    run.feed(cooling('warm', 1, T));
    run.restart();
    const told = run.feed(...order('cold', 'chilled', 'late', T + 1), ...order('dry', 'ambient', 'late', T + 1));
    expect(told.filter(({ type }) => type === 'enqueue').map(({ target }) => target.entityId)).toContain('cold');
    expect(released([...told, ...run.advance(T + 3 * HOUR)])).toEqual(['dry']);
    expect(released(run.feed(cooling('steady', 2, T + 4 * HOUR)))).toEqual(['cold']);
  });

  it('keeps what waits there already, and lets it go when the zone ends', () => {
    const run = picking();
    run.feed(...order('cold', 'chilled', 'normal', T), cooling('warm', 1, T + MINUTE));
    expect(released(run.advance(T + 30 * HOUR))).toEqual([]);
    expect(released(run.feed(cooling(null, 2, T + 31 * HOUR)))).toEqual(['cold']);
  });

  it('is joined by no late order: what it has released stays as it is', () => {
    const run = picking();
    const first = [...run.feed(...order('o1', 'chilled', 'late', T)), ...run.advance(T + 30 * MINUTE)];
    expect(released(first)).toEqual(['o1']);
    const at = first.find(({ type }) => type === 'release-batch')!.createdAt;
    expect(released(run.feed(...order('o2', 'chilled', 'late', at + 1)))).toEqual(['o1', 'o2']);
    run.feed(cooling('warm', 1, at + 2));
    expect(released(run.feed(...order('o3', 'chilled', 'late', at + 3)))).toEqual([]);
  });
});
