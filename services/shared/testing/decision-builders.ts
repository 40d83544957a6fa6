import { ModelInForce, type PlaybookFor } from '@detent/pipeline';
import type { OrderPlaced, SegmentChanged } from '@detent/schemas';
import type { GivenRecord } from './decision-harness.ts';

/** A change of segment as the segmenter publishes it. */
export function segmentChanged(
  of: Pick<SegmentChanged, 'entityType' | 'entityId' | 'dimension' | 'occurredAt'> & Partial<SegmentChanged>,
): GivenRecord & { value: SegmentChanged } {
  const sequence = of.sequence ?? 1;
  const epoch = of.epoch ?? 'orders.v1-0-0';
  const value: SegmentChanged = {
    changeId: `${of.entityType}/${of.entityId}/${of.dimension}/${epoch}/${sequence}`,
    from: null,
    to: null,
    microSegment: '',
    evaluationId: `${of.entityType}/${of.entityId}/${epoch}/${sequence}`,
    sequence,
    epoch,
    modelVersion: 'test@1',
    detectedAt: of.occurredAt,
    origin: 'live',
    because: { text: `${of.dimension} says so`, clause: '', values: [], failed: null },
    hysteresis: { kind: 'gate', heldFlips: 0 },
    attributes: {},
    ...of,
  };
  return { name: 'detent.segments.SegmentChanged', key: of.entityId, value };
}

/** An order of one line, placed at `occurredAt` and promised two days later, unless said otherwise. */
export function orderPlaced(
  of: Pick<OrderPlaced, 'orderId' | 'occurredAt'> & Partial<OrderPlaced>,
): GivenRecord & { value: OrderPlaced } {
  const value: OrderPlaced = {
    eventId: `placed-${of.orderId}`,
    customerId: 'customer-1',
    siteId: 'site-1',
    lines: [{ lineId: '1', skuId: 'sku-1', quantity: 1, uom: 'each' }],
    placedAt: of.occurredAt,
    shipBy: null,
    promisedAt: of.occurredAt + 48 * 3_600_000,
    serviceLevel: 'standard',
    destination: { country: 'DE', region: null, postcode: '10115', lat: null, lon: null },
    version: 1,
    ...of,
  };
  return { name: 'detent.orders.OrderPlaced', key: of.orderId, value };
}

/** Any record by its name; the key matters only to the log. */
export function fact<T extends { occurredAt: number }>(name: string, value: T, key = ''): GivenRecord & { value: T } {
  return { name, key, value };
}

/** Seeded numbers in [0, 1), the same on every machine. */
export { mulberry32 as seeded } from '@detent/core/experiment';

/** A model as decisions see it, that nothing is promoted over. */
export function modelOf(
  dimensions: Readonly<Record<string, readonly string[]>>,
  playbookFor: PlaybookFor = () => undefined,
): ModelInForce {
  const model = { playbookFor, dimensionsOf: (type: string) => dimensions[type] ?? [] };
  return new ModelInForce(model, () => {
    throw new Error('this model is never switched');
  });
}
