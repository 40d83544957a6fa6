import { DecisionHarness, fact, type GivenRecord, modelOf, segmentChanged } from '@detent/testing/decisions';
import { counted, location, sku, T, velocity, zone } from '@detent/testing/storage-world';
import { describe, expect, it } from '@jest/globals';
import { createStorageProcessor } from '../process.ts';

const HOUR = 3_600_000;

/** Nothing is put where it is warm; where it is full besides, another page says what to do. */
const playbookFor = (memberships: Readonly<Record<string, string>>) => {
  if (memberships['zone.cooling'] !== 'warm') return undefined;
  const name = memberships['zone.load'] === 'overloaded' ? 'warm-full-zone' : 'warm-zone';
  return { name, sop: `docs/sops/${name}.md`, do: { putaway: false } };
};

function storage(...given: GivenRecord[]) {
  const run = new DecisionHarness(() => createStorageProcessor({ actions: 'live', model: modelOf({}, playbookFor) }));
  run.feed(...given);
  return run;
}

const cooling = (to: string | null, sequence: number, of: object = {}) =>
  segmentChanged({
    ...{ entityType: 'zone', entityId: 'cold-1', dimension: 'cooling', epoch: 'sensors.v1-0-0', to, sequence },
    ...{ occurredAt: T + sequence * HOUR, ...of },
  });
const lot = (lotId = 'lot-1', at = T) => [
  counted('sku-1', 'dock-1', 10, at, { lotId, reason: 'receipt' }),
  fact('detent.inventory.LotReceived', {
    ...{ eventId: `e-${lotId}`, occurredAt: at, skuId: 'sku-1', lotId, siteId: 'site-1', quantity: 10, uom: 'each' },
    ...{ manufacturedAt: null, expiresAt: null, locationId: 'dock-1' },
  }),
];
const cold = (zoneId: string, locationId: string, travelM: number) => [
  zone(zoneId, 'picking'),
  location(locationId, travelM, { zoneId, minTempC: 2, maxTempC: 6 }),
];
const world = [
  ...[zone('dock', 'dock'), location('dock-1', 60, { zoneId: 'dock', capacityL: 1e6, maxWeightG: 1e9 })],
  ...[...cold('cold-1', 'near', 20), sku('sku-1', { minTempC: 1, maxTempC: 8 })],
  velocity('sku-1', 'B', 2),
];
const other = cold('cold-2', 'far', 80);
const goals = (actions: ReturnType<DecisionHarness['feed']>) =>
  actions.flatMap(({ tasks }) => (tasks ?? []).map(({ toLocationId }) => toLocationId));

describe('a zone that gets warm', () => {
  it('calls people, with the change, the playbook, its page and how to undo it', () => {
    const run = storage(...world, counted('sku-1', 'near', 4));
    expect(run.feed(cooling('steady', 1))).toEqual([]);
    expect(run.feed(cooling('warm', 2))).toMatchObject([
      {
        type: 'escalate',
        target: { entityType: 'zone', entityId: 'cold-1' },
        siteId: 'site-1',
        changeId: 'zone/cold-1/cooling/sensors.v1-0-0/2',
        segment: { dimension: 'cooling', segment: 'warm' },
        playbook: 'warm-zone',
        sop: 'docs/sops/warm-zone.md',
        details: { why: 'zone-closed', placesWithGoods: 1, takenBack: 0 },
        undo: { type: 'close-escalation', details: { zoneId: 'cold-1' } },
      },
    ]);
  });

  it('takes no lot: another cold zone does, and says why', () => {
    const run = storage(...world, ...other, cooling('warm', 1));
    run.restart();
    const [putaway, ...more] = run.feed(...lot('lot-1', T + 2 * HOUR));
    expect(more).toEqual([]);
    expect(goals([putaway!])).toEqual(['far']);
    expect(putaway!.alternatives).toContainEqual({
      what: 'near',
      rejectedBecause: 'is in zone cold-1, where nothing is put now, by playbook warm-zone',
      value: null,
      unit: null,
    });
  });

  it('has what is on its way there taken back: it goes elsewhere, in place of the first command', () => {
    const run = storage(...world, ...other);
    const [first] = run.feed(...lot());
    expect(goals([first!])).toEqual(['near']);
    const actions = run.feed(cooling('warm', 1));
    expect(actions.map(({ type }) => type)).toEqual(['escalate', 'putaway']);
    expect(actions[0]!.details['takenBack']).toBe(1);
    expect(actions[0]!.alternatives).toMatchObject([{ value: 10, unit: 'units' }]);
    expect(actions[1]).toMatchObject({ supersedes: first!.actionId });
    expect(goals([actions[1]!])).toEqual(['far']);
  });

  it('where no other zone has room, has it withdrawn, and is filled again when it is steady', () => {
    const run = storage(...world);
    const [first] = run.feed(...lot());
    const [call, withdrawn, ...more] = run.feed(cooling('warm', 1));
    expect(more).toEqual([]);
    expect(withdrawn).toMatchObject({ type: 'withdraw', details: { actionId: first!.actionId } });
    run.restart();
    const [over, again, ...others] = run.feed(cooling('steady', 2));
    expect(others).toEqual([]);
    expect(over).toMatchObject({ type: 'withdraw', details: { actionId: call!.actionId, undo: 'close-escalation' } });
    expect(goals([again!])).toEqual(['near']);
    expect(run.feed(cooling('warm', 3))[0]).toMatchObject({ type: 'escalate' });
  });

  it('lets arrive what is being carried there', () => {
    const run = storage(...world, ...other);
    run.feed(...lot());
    run.feed(counted('sku-1', 'dock-1', 0, T + 1, { lotId: 'lot-1', reason: 'move' }));
    expect(run.feed(cooling('warm', 1))).toMatchObject([{ type: 'escalate', details: { takenBack: 0 } }]);
  });

  it('is not moved to by stock that is picked more, nor emptied for it', () => {
    const stock = [sku('fast', { minTempC: 1, maxTempC: 8 }), counted('fast', 'far', 50)];
    const slow = [counted('sku-1', 'near', 1), velocity('sku-1', 'C', 0, T, { sequence: 2 })];
    const dense = [zone('dense', 'dense'), location('deep', 300, { zoneId: 'dense', minTempC: 2, maxTempC: 6 })];
    const given = [...world, ...other, ...stock, ...slow, ...dense];
    expect(storage(...given).feed(velocity('fast', 'A', 12))).toMatchObject([{ target: { entityId: 'sku-1@site-1' } }]);
    const run = storage(...given, cooling('warm', 1));
    expect(run.feed(velocity('fast', 'A', 12))).toEqual([]);
  });

  it('and is full besides calls with the page for both, in place of the first call', () => {
    const run = storage(...world);
    const [call] = run.feed(cooling('warm', 1));
    const load = { dimension: 'load', occurredAt: T + 2 * HOUR };
    expect(run.feed(cooling('overloaded', 1, load))).toMatchObject([
      { type: 'escalate', playbook: 'warm-full-zone', supersedes: call!.actionId, segment: { dimension: 'load' } },
    ]);
    expect(run.feed(cooling('warm', 1))).toEqual([]);
  });

  it('is closed without a call where the change may command nothing', () => {
    const run = storage(...world, cooling('warm', 1, { origin: 'initial' }));
    expect(run.actions).toEqual([]);
    expect(run.feed(...lot())).toEqual([]);
  });

  it('and ends opens again', () => {
    const run = storage(...world, cooling('warm', 1), ...lot('lot-1', T + HOUR));
    expect(goals(run.feed(cooling(null, 2)))).toEqual(['near']);
    expect(run.snapshot().filter(([key]) => key.startsWith('standing:'))).toEqual([]);
  });
});
