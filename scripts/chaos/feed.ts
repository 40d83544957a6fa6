import { murmur2Partition } from '@detent/pipeline';
import type { RecordTypes } from '@detent/schemas';
import { type SourceEvent, type SourceName, toSourceEvent } from '../../services/cli/inputs/source-event.ts';
import { Random } from '../../services/cli/simulate/random.ts';

/** What is sent during a run: the same seed gives the same events. */
export interface FeedPlan {
  seed: number;
  /** Events at most: they lie the closer together in event time the more there may be. */
  count: number;
}

/** Event time at which every run begins, epoch ms. */
export const START = Date.UTC(2026, 2, 2, 8);
/**
 * Event time of a whole run. Shorter than the shortest wait of picking, so that which orders share a batch never depends
 * on what came when.
 */
const SPAN_MS = 40_000;
const HOUR_MS = 3_600_000;
const ZONES = 120;
/** Few enough that no queue of picking is ever full. */
const ORDERS_PER_SITE = 8;
const END_MS = SPAN_MS + 10_000;

/** Orders and zones at work, in order of event time; a site of the orders is described with its first. */
export function* chaosEvents({ seed, count }: FeedPlan): Generator<SourceEvent> {
  const random = new Random(seed).fork('feed');
  const events = numbered(`chaos-${seed}`);
  const open: { orderId: string; siteId: string; version: number; changesLeft: number }[] = [];
  let orders = 0;
  for (let i = 0; i < count; i += 1) {
    const at = START + Math.floor(((i + 1) * SPAN_MS) / (count + 1));
    const dice = random.next();
    if (dice < 0.45) {
      yield events('detent.warehouse.ZoneOccupied', at, {
        siteId: 'floor',
        zoneId: `zone-${random.whole(0, ZONES - 1)}`,
        fill: random.next(),
        queueDepth: random.whole(0, 99),
      });
    } else if (dice < 0.7 || open.length === 0) {
      const site = Math.floor(orders / ORDERS_PER_SITE);
      const [orderId, siteId] = [`order-${orders}`, `site-${site}`];
      if (orders % ORDERS_PER_SITE === 0) yield events('detent.sites.ZoneDescribed', at, packing(site));
      orders += 1;
      // Either time moves it or facts do, never both: their order would depend on what came when.
      const timed = random.chance(0.3);
      const promisedAt = timed ? at + random.whole(1_000, 8_000) : at + 48 * HOUR_MS;
      const serviceLevel = random.chance(0.3) ? 'same-day' : 'standard';
      const order = { orderId, siteId, promisedAt, serviceLevel, version: 1 };
      yield events('detent.orders.OrderPlaced', at, orderFields(order, at));
      if (!timed) open.push({ orderId, siteId, version: 1, changesLeft: random.whole(1, 3) });
    } else {
      const index = random.whole(0, open.length - 1);
      const order = open[index]!;
      order.version += 1;
      order.changesLeft -= 1;
      if (order.changesLeft === 0) open.splice(index, 1);
      const serviceLevel = order.version % 2 === 0 ? 'same-day' : 'standard';
      const { orderId, siteId, version } = order;
      const changed = { orderId, siteId, version, serviceLevel, promisedAt: START + 48 * HOUR_MS };
      yield events('detent.orders.OrderChanged', at, orderFields(changed, at));
    }
  }
}

/** One event a partition after all others: time passes what is still due. */
export function* closingEvents({ seed }: Pick<FeedPlan, 'seed'>, partitions: number): Generator<SourceEvent> {
  const events = numbered(`chaos-end-${seed}`);
  for (let partition = 0, n = 0; partition < partitions; n += 1) {
    const zoneId = `last-${n}`;
    if (murmur2Partition(Buffer.from(zoneId), partitions) !== partition) continue;
    partition += 1;
    const fields = { siteId: 'floor', zoneId, fill: 0, queueDepth: 0 };
    yield events('detent.warehouse.ZoneOccupied', START + END_MS, fields);
  }
}

/** Another zone than those at work: picking alone asks for it. */
function packing(site: number) {
  const kind = { kind: 'packing', capabilities: [], capacityPerHour: 100 };
  return { siteId: `site-${site}`, zoneId: `pack-${site}`, ...kind };
}

function orderFields(
  order: { orderId: string; siteId: string; promisedAt: number; serviceLevel: string; version: number },
  placedAt: number,
): Omit<RecordTypes['detent.orders.OrderPlaced'], 'eventId' | 'occurredAt'> {
  return {
    ...order,
    customerId: 'customer',
    lines: [{ lineId: '1', skuId: 'cup', quantity: 1, uom: 'each' }],
    placedAt,
    destination: { country: 'DE', postcode: '10115' },
  };
}

/** Makes events with ids that count up. */
function numbered(prefix: string) {
  let n = 0;
  return <N extends SourceName>(
    name: N,
    occurredAt: number,
    fields: Omit<RecordTypes[N], 'eventId' | 'occurredAt'>,
  ): SourceEvent<N> => {
    n += 1;
    return toSourceEvent(name, { eventId: `${prefix}-${n}`, occurredAt, ...fields } as unknown as RecordTypes[N]);
  };
}
