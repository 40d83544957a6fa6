import type { RecordName } from './generated/types.ts';

/** What a topic is for. `family` topics exist once per entity type, domain or service. */
export type TopicKind = 'source' | 'internal' | 'decision' | 'state' | 'dead-letter';

/** A record that a topic carries. */
export interface TopicRecord {
  readonly name: RecordName;
  /** Fields that the key is taken from, by path: the first that is present. None: the record bears no key. */
  readonly key: readonly string[];
  /** What ingest makes of it, in short; `docs/observations.md` has the values. Empty for what ingest does not read. */
  readonly observes: string;
  /** The record that this one holds many of, in its field `items`. */
  readonly packs?: RecordName;
}

/** A topic, or a family of them when the name holds `<…>`. */
export interface Topic {
  /** Without prefix. */
  readonly name: string;
  readonly kind: TopicKind;
  readonly key: string;
  readonly records: readonly TopicRecord[];
  /** `shared`: as many as the installation has tasks, the same for all such topics, so that they are co-partitioned. */
  readonly partitions: 'shared' | 1;
  readonly cleanup: 'delete' | 'compact';
  /** −1: for ever. */
  readonly retentionMs: number;
  /** Of a compacted topic: for how long records that are superseded are kept all the same, for those who read them all. */
  readonly keptMs?: number;
  /** Holds what can be traced to a person: ids of customers, workers, places of delivery, free text. */
  readonly personalData: boolean;
}

const DAY_MS = 86_400_000;
const FOR_EVER = -1;

/** Topic names begin so unless the installation says otherwise (`DETENT_TOPIC_PREFIX`). */
export const DEFAULT_PREFIX = 'detent.';

/** Every topic: the one place. */
export const topics: readonly Topic[] = [
  source('sites.v1', 'siteId', FOR_EVER, false, [
    ['sites.SiteDescribed', 'siteId', 'site'],
    ['sites.ZoneDescribed', 'siteId', 'zone, with its site'],
    ['sites.LocationDescribed', 'siteId', 'location, with its zone'],
    ['sites.LaneDescribed', 'originSiteId', 'lane, with its regions'],
    ['sites.SensorPlaced', 'siteId', 'asset, with its sensor'],
  ]),
  source('inventory.v1', 'skuId', 365 * DAY_MS, false, [
    ['inventory.SkuDescribed', 'skuId', 'sku, with its category'],
    ['inventory.StockChanged', 'skuId', 'stock, location, lot'],
    ['inventory.LotReceived', 'skuId', 'lot, stock'],
  ]),
  source('orders.v1', 'orderId', 90 * DAY_MS, true, [
    ['orders.OrderPlaced', 'orderId', 'order, with customer, lines and site; stock and sku of each line; customer'],
    ['orders.OrderChanged', 'orderId', 'order, with customer, lines and site'],
    ['orders.OrderLineStatusChanged', 'orderId', 'order'],
    ['orders.OrderCancelled', 'orderId', 'order, which ends'],
  ]),
  source('customers.v1', 'customerId', 365 * DAY_MS, true, [
    ['customers.CustomerProfiled', 'customerId', 'customer'],
    ['customers.CustomerErased', 'customerId', 'customer, who ends'],
  ]),
  source('carriers.v1', 'carrierId', FOR_EVER, false, [
    ['carriers.CarrierServiceDescribed', 'carrierId', 'carrier'],
    ['carriers.TariffDescribed', 'carrierId', ''],
    ['carriers.CapacityChanged', 'carrierId', 'carrier'],
  ]),
  source('shipments.v1', 'shipmentId', 90 * DAY_MS, false, [
    ['shipments.ShipmentBooked', 'shipmentId', 'shipment, with orders, carrier and lane; carrier'],
    ['shipments.ShipmentLoaded', 'shipmentId', 'shipment, with lots and asset'],
    ['shipments.ShipmentMilestone', 'shipmentId', 'shipment, carrier, lane'],
  ]),
  source('warehouse.v1', 'zoneId', 30 * DAY_MS, true, [
    ['warehouse.TaskCompleted', 'zoneId', 'zone; order and sku when named'],
    ['warehouse.ZoneOccupied', 'zoneId', 'zone'],
  ]),
  source('sensors.v1', 'sensorId', 14 * DAY_MS, false, [
    ['sensors.SensorRead', 'sensorId', 'the asset when named, else the sensor'],
  ]),
  source('external.v1', 'laneId, regionId or category', 30 * DAY_MS, false, [
    ['external.TrafficReported', 'laneId', 'lane'],
    ['external.WeatherReported', 'regionId laneId', 'region, else lane'],
    ['external.DemandReported', 'category', 'sku when named, else category'],
  ]),
  source('outcomes.v1', 'orderId', 365 * DAY_MS, true, [
    ['outcomes.DeliveryCompleted', 'orderId', 'order, which ends when complete; carrier, lane; sku of each line'],
    ['outcomes.DamageReported', 'orderId', 'sku, order; carrier, lane, zone when named'],
    ['outcomes.ItemReturned', 'orderId', 'sku, order'],
    ['outcomes.PickChecked', 'orderId', 'order'],
    ['outcomes.CustomerRated', 'orderId', 'order'],
  ]),
  // From outside like the others, so ingest judges it; what it tells is for the services that decided.
  source('action-status.v1', 'entity id', 90 * DAY_MS, true, [['actions.ActionStatus', 'target.entityId', '']]),
  topic('internal', 'observations.v1', 'entity id', 7 * DAY_MS, true, [
    ['observations.Observation', 'entityId', ''],
    ['observations.ObservationPack', '', '', 'observations.Observation'],
  ]),
  topic('internal', 'references.v1', 'entity id', 7 * DAY_MS, true, [
    ['references.Referenced', 'target.entityId', ''],
    ['references.ReferencedPack', '', '', 'references.Referenced'],
    ['references.ReferenceValued', 'referrer.entityId', ''],
    ['references.ReferenceValuedPack', '', '', 'references.ReferenceValued'],
  ]),
  {
    ...topic('internal', 'populations.v1', 'entity type / partition', FOR_EVER, false, [
      ['populations.PopulationCounted', '', ''],
    ]),
    cleanup: 'compact',
    keptMs: 7 * DAY_MS,
  },
  topic('internal', 'overrides.v1', 'entity id', 365 * DAY_MS, true, [['overrides.SegmentPinned', 'entityId', '']]),
  topic('internal', 'segments.<entityType>.v1', 'entity id', 90 * DAY_MS, true, [
    ['segments.SegmentChanged', 'entityId', ''],
  ]),
  {
    ...topic('internal', 'memberships.<entityType>.v1', 'entity id', FOR_EVER, true, [
      ['memberships.Membership', 'entityId', ''],
    ]),
    cleanup: 'compact',
  },
  topic('decision', 'actions.<domain>.v1', 'entity id', 90 * DAY_MS, true, [['actions.Action', 'target.entityId', '']]),
  topic('internal', 'action-switches.v1', 'service', 365 * DAY_MS, true, [['actions.ActionsSwitched', 'service', '']]),
  {
    // Two versions of a model never replace one another: what one goes back to has to be there.
    ...topic('decision', 'models.v1', 'model@version', FOR_EVER, true, [['models.ModelVersion', '', '']]),
    partitions: 1,
    cleanup: 'compact',
  },
  topic('internal', 'model-switches.v1', '', FOR_EVER, true, [['models.ModelSwitched', '', '']]),
  {
    ...topic('internal', 'model-progress.v1', 'task', FOR_EVER, false, [['models.ModelProgress', 'task', '']]),
    cleanup: 'compact',
  },
  {
    ...topic('decision', 'proposals.v1', 'proposalId', 365 * DAY_MS, true, [['proposals.Proposal', 'proposalId', '']]),
    partitions: 1,
  },
  topic('state', 'state.<service>.v1', 'batch', FOR_EVER, true, []),
  { ...topic('dead-letter', 'dlq.v1', 'as it came', 30 * DAY_MS, true, []), partitions: 1 },
  // Which dead letters were put back, as JSON: kept for longer than any of them.
  { ...topic('dead-letter', 'dlq-redriven.v1', '', 365 * DAY_MS, false, []), partitions: 1 },
];

type Row = readonly [name: string, key: string, observes: string, packs?: string];

function source(name: string, key: string, retentionMs: number, personalData: boolean, rows: readonly Row[]): Topic {
  return topic('source', name, key, retentionMs, personalData, rows);
}

function topic(
  kind: TopicKind,
  name: string,
  key: string,
  retentionMs: number,
  personalData: boolean,
  rows: readonly Row[],
): Topic {
  const records = rows.map(([record, fields, observes, packs]) => ({
    name: `detent.${record}` as RecordName,
    key: fields === '' ? [] : fields.split(' '),
    observes,
    ...(packs !== undefined && { packs: `detent.${packs}` as RecordName }),
  }));
  return { name, kind, key, records, partitions: 'shared', cleanup: 'delete', retentionMs, personalData };
}
