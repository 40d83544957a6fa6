import { DecisionHarness, fact, type GivenRecord, modelOf, orderPlaced, seeded } from '@detent/testing/decisions';
import { changesOfOrders, HOUR, location, MINUTE, stock, T, zone } from '@detent/testing/picking-world';
import { describe, expect, it } from '@jest/globals';
import { defaultPickingConfig } from '../config.ts';
import { createPickingProcessor } from '../process.ts';

let events = 0;

function picking() {
  const model = modelOf({ order: ['handling', 'urgency'] });
  const run = new DecisionHarness(() => createPickingProcessor({ actions: 'live', model }));
  run.feed(zone('pack', [], { capacityPerHour: 1000 }));
  return run;
}

const event = (at: number) => ({ eventId: `e${++events}`, occurredAt: at, siteId: 'site-1' });

const change = changesOfOrders();

function order(
  orderId: string,
  units: number,
  at: number,
  urgency = 'normal',
  skuId = 'sku-1',
  promisedAt = at + 48 * HOUR,
) {
  const lines = [{ lineId: '1', skuId, quantity: units, uom: 'each' }];
  return [
    orderPlaced({ orderId, lines, occurredAt: at, promisedAt }),
    change(orderId, 'handling', 'fragile-multi', at),
    change(orderId, 'urgency', urgency, at),
  ];
}

/** Fragile orders that fill a batch of the cushioned lane, which holds 30 units and 6 orders. */
function runningBatch(units: number, orders: number) {
  const run = picking();
  run.feed(zone('soft', ['cushion'], { capacityPerHour: 1000 }));
  for (let i = 1; i <= orders; i += 1) run.feed(...order(`o${i}`, units, T + i));
  if (run.actions.every(({ type }) => type !== 'release-batch')) run.advance(T + orders + 2 * HOUR);
  const released = run.actions.filter(({ type }) => type === 'release-batch');
  expect(released).toHaveLength(1);
  return { run, batch: released[0]!, at: released[0]!.createdAt + MINUTE };
}

describe('an urgent order', () => {
  it('joins a batch that nobody has begun, which supersedes it', () => {
    const { run, batch, at } = runningBatch(5, 3);
    const [, joined] = run.feed(...order('hurry', 5, at, 'late'));
    expect(joined).toMatchObject({
      type: 'release-batch',
      supersedes: batch.actionId,
      details: { orders: 4, units: 20 },
    });
    expect(joined!.because).toContain('order hurry is late');
  });

  it('makes those wait again that can wait, once, where the batch is full', () => {
    const { run, batch, at } = runningBatch(10, 3);
    const actions = run.feed(...order('hurry', 8, at, 'late'));
    expect(actions.map(({ type, target }) => [type, target.entityId])).toEqual([
      ['enqueue', 'hurry'],
      ['release-batch', 'soft'],
      ['enqueue', 'o3'],
    ]);
    expect(actions[1]).toMatchObject({ supersedes: batch.actionId, details: { orders: 3, units: 28 } });
    // The batch may be changed once more; then it stays.
    const replaced = () => run.actions.filter(({ type, supersedes }) => type === 'release-batch' && supersedes).length;
    run.feed(...order('again', 10, at + 1, 'late'));
    expect(replaced()).toBe(2);
    run.feed(...order('third', 10, at + 2, 'late'));
    expect(replaced()).toBe(2);
  });

  it('goes by itself once somebody has begun', () => {
    const { run, batch, at } = runningBatch(5, 3);
    const status = { ...event(at), actionId: batch.actionId, target: batch.target, status: 'accepted' };
    run.feed(fact('detent.actions.ActionStatus', { ...status, quantityDone: null, reason: null, by: null }));
    expect(run.feed(...order('hurry', 5, at + 1, 'late')).map(({ type }) => type)).toEqual(['enqueue']);
    const alone = run.advance(at + HOUR).find(({ type }) => type === 'release-batch');
    expect(alone).toMatchObject({ details: { trigger: 'urgency', orders: 1 } });
  });
});

describe('the trigger of a batch is named', () => {
  it.each([
    ['age', order('a', 1, T), T + 2 * HOUR],
    ['cutoff', order('b', 1, T, 'normal', 'sku-1', T + 3 * HOUR), T + HOUR],
    ['urgency', order('c', 1, T, 'late'), T + 2 * MINUTE],
    ['fill', order('d', 30, T), T],
  ])('%s', (trigger, records, at) => {
    const run = picking();
    run.feed(zone('soft', ['cushion'], { capacityPerHour: 1000 }), ...records);
    run.advance(T + 3 * HOUR);
    const batch = run.actions.find(({ type }) => type === 'release-batch');
    expect(batch).toMatchObject({ createdAt: at, details: { trigger } });
  });
});

it('a queue sends packing no more than it can do ahead, but for what must go', () => {
  const run = picking();
  run.feed(zone('soft', ['cushion'], { capacityPerHour: 6 }));
  for (let i = 0; i < 18; i += 1) run.feed(...order(`o${i}`, 1, T + i, 'normal', 'sku-1', T + 5 * HOUR));
  const released = () =>
    run.actions.filter(({ type }) => type === 'release-batch').map(({ createdAt }) => createdAt - T);
  run.advance(T + MINUTE);
  // Six orders are an hour's work: the second batch waits for half of its age, the third for its hand-over at most.
  expect(released()).toHaveLength(2);
  run.advance(T + 3 * HOUR + MINUTE);
  expect(released()).toHaveLength(3);
  expect(released()[2]! / HOUR).toBeCloseTo(1, 1);
  run.feed(...order('hurry', 1, T + 3 * HOUR + 2 * MINUTE, 'late'));
  expect(run.advance(T + 4 * HOUR).some(({ details }) => details['trigger'] === 'urgency')).toBe(true);
});

describe('an order changes its place', () => {
  it('up at once, down only when it has been calm', () => {
    const run = picking();
    run.feed(...order('o1', 1, T), change('o1', 'handling', 'standard', T));
    const lanes = (...records: GivenRecord[]) => run.feed(...records).map(({ details }) => details['lane']);
    expect(lanes(change('o1', 'urgency', 'same-day', T + MINUTE))).toEqual(['express']);
    expect(lanes(change('o1', 'urgency', 'normal', T + 2 * MINUTE))).toEqual([]);
    expect(run.advance(T + 11 * MINUTE).map(({ details }) => details['lane'])).toEqual(['standard']);
  });

  it('at most three times while it waits, however its segments and zones flap', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seeded(seed);
      const run = picking();
      run.feed(...order(`f${seed}`, 1, T, 'normal', 'sku-1', T + 2000 * HOUR));
      for (let minute = 1; minute < 110; minute += 1) {
        const at = T + minute * MINUTE;
        const kind = random();
        if (kind < 0.4) run.feed(change(`f${seed}`, 'urgency', random() < 0.5 ? 'same-day' : 'normal', at));
        else if (kind < 0.7)
          run.feed(change(`f${seed}`, 'handling', random() < 0.5 ? 'fragile-multi' : 'standard', at));
        else run.feed(zone('soft', random() < 0.5 ? ['cushion'] : [], { capacityPerHour: 1000, occurredAt: at }));
      }
      run.advance(T + 10 * HOUR);
      const count = (type: string) => run.actions.filter((action) => action.type === type).length;
      expect(count('enqueue')).toBeLessThanOrEqual(1 + defaultPickingConfig.maxMoves);
      expect(count('release-batch')).toBe(1);
    }
  });
});

describe('stock', () => {
  it('that does not cover an order lets it wait until its hand-over, and then go in part', () => {
    const run = picking();
    run.feed(stock('A', 4), ...order('o1', 6, T, 'normal', 'sku-1', T + 10 * HOUR));
    const [short] = run.advance(T + 7 * HOUR).filter(({ type }) => type !== 'enqueue');
    expect(short).toMatchObject({
      type: 'report-short',
      details: { units: 2 },
      tasks: [{ skuId: 'sku-1', quantity: 2 }],
    });
    const [batch] = run.advance(T + 8 * HOUR).filter(({ type }) => type === 'release-batch');
    expect(batch).toMatchObject({ details: { trigger: 'cutoff' }, tasks: [{ quantity: 4, fromLocationId: 'A' }] });
    const [rest] = run.feed(stock('B', 9, T + 9 * HOUR)).filter(({ type }) => type === 'release-batch');
    expect(rest).toMatchObject({ tasks: [{ quantity: 2, fromLocationId: 'B' }] });
  });

  it('is promised to one batch only', () => {
    const run = picking();
    run.feed(stock('A', 5), stock('B', 5));
    run.feed(...order('o1', 5, T, 'late'), ...order('o2', 5, T + 5 * MINUTE, 'late'));
    run.advance(T + HOUR);
    const last = run.actions.filter(({ type }) => type === 'release-batch').at(-1)!;
    const from = run.actions.filter(({ type }) => type === 'release-batch').flatMap(({ tasks }) => tasks!);
    expect(last.tasks!.length).toBeGreaterThan(0);
    expect(new Set(from.map(({ orderId, fromLocationId }) => `${orderId}@${fromLocationId}`))).toEqual(
      new Set(['o1@A', 'o2@B']),
    );
  });

  it('that was counted away sends a batch elsewhere', () => {
    const run = picking();
    run.feed(stock('A', 5), stock('B', 4), ...order('o1', 4, T, 'late'));
    const [batch] = run.advance(T + 5 * MINUTE).filter(({ type }) => type === 'release-batch');
    const [other] = run.feed(stock('A', 0, T + 6 * MINUTE));
    expect(other).toMatchObject({ supersedes: batch!.actionId, tasks: [{ fromLocationId: 'B', quantity: 4 }] });
    expect(other!.because).toContain('sku-1 is not at A any more');
  });
});

it('a cancelled order leaves its batch: a new list, nothing at all, or what is to be put back', () => {
  const { run, batch, at } = runningBatch(5, 2);
  const cancel = (orderId: string, when: number) =>
    run.feed(fact('detent.orders.OrderCancelled', { ...event(when), orderId, reason: null }));
  const [replaced] = cancel('o1', at);
  expect(replaced).toMatchObject({ type: 'release-batch', supersedes: batch.actionId, details: { orders: 1 } });
  expect(cancel('o2', at + 1)).toMatchObject([{ type: 'withdraw', details: { actionId: replaced!.actionId } }]);

  const begun = runningBatch(5, 2);
  const task = begun.batch.tasks![0]!;
  const done = {
    ...event(begun.at),
    zoneId: 'soft',
    taskId: task.taskId,
    taskType: 'pick',
    orderId: task.orderId,
    skuId: 'sku-1',
  };
  const times = { workerId: null, startedAt: begun.at, completedAt: begun.at, quantity: 5, errors: 0 };
  begun.run.feed(
    fact('detent.warehouse.TaskCompleted', { ...done, ...times, locationId: null, actionId: begun.batch.actionId }),
  );
  const dropped = begun.run.feed(
    fact('detent.orders.OrderCancelled', { ...event(begun.at + 1), orderId: task.orderId!, reason: null }),
  );
  expect(dropped).toMatchObject([
    { type: 'drop-from-batch', details: { putBack: 5, leave: 0 }, target: { entityId: 'soft' } },
  ]);
});

it('a batch is chosen for a short walk, listed in walking order, each order in a tote of its own', () => {
  const run = picking();
  run.feed(zone('soft', ['cushion'], { capacityPerHour: 1000 }));
  for (const aisle of ['A', 'B', 'C', 'D'])
    for (const bay of [1, 5, 9]) run.feed(location(`${aisle}${bay}`, aisle, bay));
  const places = ['A9', 'D9', 'A5', 'D5', 'A1', 'D1', 'B9', 'C9', 'B5', 'C5', 'B1', 'C1'];
  for (const [i, place] of places.entries()) {
    run.feed(stock(place, 10, T, { skuId: `sku-${place}` }), ...order(`o${i}`, 5, T + i, 'normal', `sku-${place}`));
  }
  const batches = run.actions.filter(({ type }) => type === 'release-batch');
  const [batch] = batches;
  expect(batch).toMatchObject({
    details: { trigger: 'fill', doneBy: 'person', orders: 24 / 4, walkM: expect.any(Number) },
  });
  const aisles = batch!.tasks!.map(({ fromLocationId }) => fromLocationId![0]!);
  // Whole aisles, one after another: an aisle is not left and entered again for the next task.
  expect(aisles.filter((aisle, i) => aisle !== aisles[i - 1]).length).toBeLessThanOrEqual(new Set(aisles).size + 1);
  expect(new Set(aisles).size).toBeLessThan(4);
  expect(new Set(batch!.tasks!.map(({ toLocationId }) => toLocationId)).size).toBe(6);
});

describe('one walk for several lanes', () => {
  /** Orders of two lanes whose goods lie in the same aisle, and those of a third, which is cold. */
  const start = (capacityPerHour = 1000) => {
    const model = modelOf({ order: ['handling', 'climate', 'urgency'] });
    const run = new DecisionHarness(() => createPickingProcessor({ actions: 'live', model }));
    run.feed(zone('pack', [], { capacityPerHour: 1000 }), zone('soft', ['cushion'], { capacityPerHour }));
    run.feed(zone('cold', ['chilled'], { capacityPerHour: 1000 }));
    const of = (orderId: string, handling: string, climate: string, urgency: string, at: number) => {
      const bay = Number(orderId.slice(1));
      run.feed(location(`L${bay}`, 'A', bay), stock(`L${bay}`, 50, T, { skuId: `sku-${orderId}` }));
      const [placed] = order(orderId, 2, at, urgency, `sku-${orderId}`);
      run.feed(placed!, change(orderId, 'handling', handling, at), change(orderId, 'climate', climate, at));
      run.feed(change(orderId, 'urgency', urgency, at));
    };
    return { run, of };
  };

  it('goes with the first that must go: each tote is for the lane of its order, the cold ones stay apart', () => {
    const { run, of } = start();
    of('s1', 'standard', 'ambient', 'normal', T);
    of('f2', 'fragile-multi', 'ambient', 'normal', T);
    of('c3', 'standard', 'chilled', 'normal', T);
    of('e4', 'standard', 'ambient', 'same-day', T);
    const [batch, other] = run.advance(T + HOUR).filter(({ type }) => type === 'release-batch');
    expect(other).toBeUndefined();
    expect(batch).toMatchObject({ details: { lane: 'express', lanes: 'cushion express standard', trigger: 'age' } });
    const to = Object.fromEntries(batch!.tasks!.map(({ orderId, lane, zoneId }) => [orderId, [lane, zoneId]]));
    expect(to).toEqual({ s1: ['standard', null], f2: ['cushion', 'soft'], e4: ['express', null] });
    // Nothing of them is left, and the cold one goes in its own time.
    const rest = run.advance(T + 48 * HOUR).filter(({ type }) => type === 'release-batch');
    expect(rest.map(({ tasks }) => tasks!.map(({ orderId }) => orderId))).toEqual([['c3']]);
  });

  it('leaves behind what its own packing zone has no room for', () => {
    const { run, of } = start(2);
    for (const n of [1, 2, 3, 4, 5]) of(`f${n}`, 'fragile-multi', 'ambient', 'normal', T);
    of('e6', 'standard', 'ambient', 'same-day', T);
    const [batch] = run.advance(T + HOUR / 2).filter(({ type }) => type === 'release-batch');
    expect(batch!.tasks!.filter(({ lane }) => lane === 'cushion')).toHaveLength(2);
  });

  it('splits a batch between lanes by what each may hold', () => {
    const { run, of } = start();
    // Three of six cushioned orders are half a batch; half of twenty-four standard ones is the other.
    for (let n = 1; n <= 3; n += 1) of(`f${n}`, 'fragile-multi', 'ambient', 'normal', T);
    for (let n = 4; n <= 20; n += 1) of(`s${n}`, 'standard', 'ambient', 'normal', T);
    of('e21', 'standard', 'ambient', 'same-day', T);
    const [batch] = run.advance(T + HOUR / 2).filter(({ type }) => type === 'release-batch');
    const lanes = batch!.tasks!.map(({ lane }) => lane);
    const share = lanes.reduce((sum, lane) => sum + 1 / defaultPickingConfig.lanes[lane as 'standard'].maxOrders, 0);
    expect(share).toBeLessThanOrEqual(1 + 1e-9);
    expect(share).toBeGreaterThan(0.9);
  });

  it('a late order joins a batch of another lane that it may travel with', () => {
    const { run, of } = start();
    of('s1', 'standard', 'ambient', 'normal', T);
    const [batch] = run.advance(T + 2 * HOUR).filter(({ type }) => type === 'release-batch');
    of('e2', 'standard', 'ambient', 'late', T + 2 * HOUR + MINUTE);
    const joined = run.actions.find(({ supersedes }) => supersedes === batch!.actionId);
    expect(joined!.tasks!.map(({ orderId, lane }) => [orderId, lane]).sort()).toEqual([
      ['e2', 'express'],
      ['s1', 'standard'],
    ]);
  });
});

it('people are told of a shortage once, until it changes', () => {
  const run = picking();
  run.feed(stock('A', 1), ...order('o1', 6, T, 'late'));
  const told = () => run.actions.filter(({ type }) => type === 'report-short').map(({ details }) => details['units']);
  run.advance(T + HOUR);
  expect(told()).toEqual([5]);
  // Stock of another place comes and goes, and less than it takes.
  run.feed(stock('B', 1, T + 2 * HOUR));
  run.advance(T + 3 * HOUR);
  run.feed(stock('B', 0, T + 4 * HOUR), stock('B', 1, T + 5 * HOUR));
  run.advance(T + 6 * HOUR);
  expect(told().length).toBeLessThanOrEqual(3);
  expect(told().every((units, i) => units !== told()[i - 1])).toBe(true);
});
