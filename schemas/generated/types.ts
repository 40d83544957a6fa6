// Generated from schemas/avro by "npm run generate": change those, not this.

/** Entity that an action is for. */
export interface ActionTarget {
  /** Entity type. */
  entityType: string;
  /** Entity. */
  entityId: string;
}

/** Segment that caused an action. */
export interface ActionSegment {
  /** The dimension. */
  dimension: string;
  /** The segment. */
  segment: string;
}

/** One step of an action. */
export interface ActionTask {
  /** The step, unique within the action. */
  taskId: string;
  /** The order. */
  orderId?: string | null;
  /** The line. */
  lineId?: string | null;
  /** The article. */
  skuId?: string | null;
  /** The lot. */
  lotId?: string | null;
  /** Base units. */
  quantity?: number | null;
  /** Where to take it. */
  fromLocationId?: string | null;
  /** Where to bring it. */
  toLocationId?: string | null;
  /** Lane of packing that it is for. */
  lane?: string | null;
  /** Zone that its tote goes on to; null: any that packs for its lane. */
  zoneId?: string | null;
  /** Why this lot, for people; null where there was none to choose. */
  because?: string | null;
}

/** One unit in its place, wrapped, from the near lower left corner of the room for goods. */
export interface CartonItem {
  /** The line. */
  lineId: string;
  /** The article. */
  skuId: string;
  /** From the left, millimetres. */
  xMm: number;
  /** From the front, millimetres. */
  yMm: number;
  /** From the floor, millimetres. */
  zMm: number;
  /** Left to right as it stands, millimetres. */
  lengthMm: number;
  /** Front to back as it stands, millimetres. */
  widthMm: number;
  /** Upwards as it stands, millimetres. */
  heightMm: number;
}

/** A carton with what goes into it. */
export interface ActionCarton {
  /** Carton of the catalogue. */
  typeId: string;
  /** Room for goods, left to right, millimetres. */
  insideLengthMm: number;
  /** Room for goods, front to back, millimetres. */
  insideWidthMm: number;
  /** Room for goods, upwards, millimetres. */
  insideHeightMm: number;
  /** Its goods, each unit. */
  items: CartonItem[];
  /** Share of the room for goods that they fill, 0..1. */
  fill: number;
  /** With carton and coolant, grams. */
  weightG: number;
  /** What a carrier charges: weight or volume, grams. */
  billableG: number;
  /** paper-cushion, air-pillow, ... (open list). */
  dunnage: string;
  /** Room to be filled with it, litres. */
  dunnageL: number;
  /** Takes an insulating liner. */
  isLined: boolean;
  /** none, gel-pack, dry-ice, ... (open list). */
  coolant: string;
  /** Coolant, laid on top, grams. */
  coolantG: number;
  /** Why these goods are in it, for people. */
  because: string;
  /** Drawing for the packer, SVG. */
  picture?: string | null;
  /** What a carrier measures, millimetres. */
  outerLengthMm?: number | null;
  /** What a carrier measures, millimetres. */
  outerWidthMm?: number | null;
  /** What a carrier measures, millimetres. */
  outerHeightMm?: number | null;
}

/** What was not chosen. */
export interface Alternative {
  /** The alternative. */
  what: string;
  /** Why not, for people. */
  rejectedBecause: string;
  /** The number that spoke against it. */
  value?: number | null;
  /** Unit of value. */
  unit?: string | null;
}

/** What takes an action back. */
export interface Undo {
  /** Type of the action that undoes it. */
  type: string;
  /** Its details. */
  details: Record<string, number | string | boolean | null>;
}

/** What a decision service commands, with its reason. */
export interface Action {
  /** Deterministic id: service, entity, change, number. */
  actionId: string;
  /** Service that decided. */
  service: string;
  /** enqueue, release-batch, move, putaway, sell-first, assign-carrier, consolidate, escalate, ... (open list). */
  type: string;
  /** Entity that it is for; its id is the key. */
  target: ActionTarget;
  /** Site where it is done. */
  siteId?: string | null;
  /** Segment change that caused it. */
  changeId: string;
  /** Segment that caused it. */
  segment: ActionSegment;
  /** For people. */
  because: string;
  /** What to do, by name; mode is live or dry-run. */
  details: Record<string, number | string | boolean | null>;
  /** Steps, in the order to be done. */
  tasks?: ActionTask[] | null;
  /** Cartons of a pack action, with what goes where. */
  cartons?: ActionCarton[] | null;
  /** What was not chosen. */
  alternatives: Alternative[];
  /** Playbook followed. */
  playbook?: string | null;
  /** Page of the standard procedure that it follows. */
  sop?: string | null;
  /** Event time of the decision. */
  createdAt: number;
  /** Not to be begun after this. */
  validUntil: number;
  /** Action that this one replaces. */
  supersedes?: string | null;
  /** How to take it back; absent when it cannot be. */
  undo?: Undo | null;
}

/** How far an action is. */
export type ActionStatusKind = 'unknown' | 'accepted' | 'partial' | 'done' | 'failed' | 'rejected';

/** What became of an action. */
export interface ActionStatus {
  /** Id of this event, unique per key. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The action. */
  actionId: string;
  /** Entity that the action is for; its id is the key. */
  target: ActionTarget;
  /** How far it is. */
  status: ActionStatusKind;
  /** Base units done, when partial. */
  quantityDone?: number | null;
  /** Why it failed or was rejected. */
  reason?: string | null;
  /** Pseudonymous person or system that says so. */
  by?: string | null;
}

/** A person pauses the actions of a service, or lets them go on. */
export interface ActionsSwitched {
  /** Id of this event. */
  eventId: string;
  /** From when it holds (event time), UTC. */
  occurredAt: number;
  /** Service whose actions they are. */
  service: string;
  /** True: actions wait. False: what waits and is still valid goes out. */
  paused: boolean;
  /** Pseudonymous person. */
  by: string;
  /** Why, for people. */
  reason: string;
}

/** How much a service can still take on a day. */
export interface CapacityChanged {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The carrier; the key. */
  carrierId: string;
  /** The service. */
  serviceId: string;
  /** The lane; absent when it is of the whole service. */
  laneId?: string | null;
  /** YYYY-MM-DD, local to the service. */
  day: string;
  /** Amount still free. */
  remaining: number;
  /** What is counted: kg, m3, pallet, parcel. */
  unit: string;
}

/** How transit hours count. */
export type TransitBasis = 'clock' | 'business';

/** A weekly departure. */
export interface Departure {
  /** 1 (Monday) to 7 (Sunday). */
  weekday: number;
  /** HH:mm in the time zone of the service. */
  timeLocal: string;
}

/** A lane that a service serves. */
export interface ServiceLane {
  /** The lane. */
  laneId: string;
  /** Hand-over to delivery, hours. */
  transitHours: number;
  /** clock: every hour counts; business: only those of working days. */
  transitBasis: TransitBasis;
  /** What it costs. */
  tariffId: string;
  /** Departures; empty means every working day at the cutoff. */
  departures: Departure[];
}

/** An amount that can be carried. */
export interface Capacity {
  /** Amount per day. */
  value: number;
  /** What is counted: kg, m3, pallet, parcel. */
  unit: string;
}

/** A transport service on offer, as it is from now on. */
export interface CarrierServiceDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The carrier; the key. */
  carrierId: string;
  /** The service, unique within the carrier. */
  serviceId: string;
  /** parcel, ltl, ftl, air, ocean, rail, courier, ... (open list). */
  mode: string;
  /** Lanes served. */
  lanes: ServiceLane[];
  /** Cubic centimetres that count as one kilogram: 5000 for many parcels. */
  dimDivisor: number;
  /** HH:mm, latest hand-over for departure on the same day. */
  cutoffLocal: string;
  /** IANA time zone of cutoff and departures. */
  timezone: string;
  /** Calendar of working days. */
  calendarId: string;
  /** Largest weight of one piece, grams. */
  maxWeightG?: number | null;
  /** Longest side of one piece, millimetres. */
  maxLengthMm?: number | null;
  /** Lowest temperature that it keeps, degrees Celsius; absent when not controlled. */
  minTempC?: number | null;
  /** Highest temperature that it keeps, degrees Celsius; absent when not controlled. */
  maxTempC?: number | null;
  /** Capacity of a day; absent when not limited. */
  capacity?: Capacity | null;
}

/** Price from a weight on; of all breaks that start at or below the billable weight the last one counts. */
export interface TariffBreak {
  /** Billable weight at which it starts, grams. */
  fromG: number;
  /** Price per shipment. */
  base: number;
  /** Price for each kilogram of billable weight. */
  perKg: number;
}

/** An extra charge; share and amount add up. */
export interface Surcharge {
  /** fuel, oversize, remote, chilled, ... (open list). */
  kind: string;
  /** Share of the price by break: 0.12 for 12 %. */
  share?: number | null;
  /** Fixed amount per shipment. */
  amount?: number | null;
  /** Charged only above this longest side, millimetres. */
  overLengthMm?: number | null;
  /** Charged only above this weight, grams. */
  overWeightG?: number | null;
  /** Charged only where the postcode starts so; empty means everywhere. */
  postcodePrefixes: string[];
}

/** What a carrier charges, as it is from now on. */
export interface TariffDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The carrier; the key. */
  carrierId: string;
  /** The tariff, unique within the carrier. */
  tariffId: string;
  /** ISO 4217 currency of all amounts. */
  currency: string;
  /** By rising weight. */
  breaks: TariffBreak[];
  /** Extra charges. */
  surcharges: Surcharge[];
}

/** A customer asked to be forgotten. */
export interface CustomerErased {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** Pseudonymous customer; the key. */
  customerId: string;
}

/** What is known of a customer, as it is from now on. */
export interface CustomerProfiled {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** Pseudonymous customer; the key. */
  customerId: string;
  /** standard, silver, gold, ... (open list). */
  tier: string;
  /** Value of all orders so far. */
  lifetimeValue?: number | null;
  /** ISO 4217 currency of lifetimeValue. */
  currency?: string | null;
  /** Share of units sent back, 0 to 1. */
  returnRate?: number | null;
  /** Shelf life that goods must still have on delivery, hours. */
  minRemainingLifeHours?: number | null;
}

/** Market demand for a category or an article. */
export interface DemandReported {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** Product category; the key. */
  category: string;
  /** The article, when it is of one. */
  skuId?: string | null;
  /** The region; absent for all. */
  regionId?: string | null;
  /** Demand against its usual level: 1 is usual. */
  index: number;
  /** When the report was issued. */
  issuedAt: number;
  /** Start of the span that it speaks of. */
  validFrom: number;
  /** End of the span that it speaks of. */
  validTo: number;
}

/** Traffic on a lane, measured or forecast. */
export interface TrafficReported {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The lane; the key. */
  laneId: string;
  /** Travel time beyond free flow, as a share of free flow: 0.2 for 20 % longer. */
  delayRatio?: number | null;
  /** Vehicles per hour. */
  volume?: number | null;
  /** Mean speed, kilometres per hour. */
  speedKmh?: number | null;
  /** When the report was issued. */
  issuedAt: number;
  /** Start of the span that it speaks of. */
  validFrom: number;
  /** End of the span that it speaks of. */
  validTo: number;
}

/** Weather of a region or along a lane, measured or forecast. */
export interface WeatherReported {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The region; the key when given. */
  regionId?: string | null;
  /** The lane; the key when no region is given. */
  laneId?: string | null;
  /** Air temperature, degrees Celsius. */
  tempC?: number | null;
  /** Wind, metres per second. */
  windMs?: number | null;
  /** Rain or melted snow in the hour, millimetres. */
  precipitationMm?: number | null;
  /** 0 (calm) to 1 (nothing moves). */
  severity?: number | null;
  /** When the report was issued. */
  issuedAt: number;
  /** Start of the span that it speaks of. */
  validFrom: number;
  /** End of the span that it speaks of. */
  validTo: number;
}

/** A lot of an article came in. */
export interface LotReceived {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The article; the key. */
  skuId: string;
  /** The lot. */
  lotId: string;
  /** The site. */
  siteId: string;
  /** Amount received, in uom. */
  quantity: number;
  /** Unit of the quantity. */
  uom: string;
  /** Manufacture. */
  manufacturedAt?: number | null;
  /** Expiry; absent when it does not expire. */
  expiresAt?: number | null;
  /** Where it was put. */
  locationId?: string | null;
}

/** Outer measures of a thing. */
export interface Dimensions {
  /** Length, millimetres. */
  lengthMm: number;
  /** Width, millimetres. */
  widthMm: number;
  /** Height, millimetres. */
  heightMm: number;
}

/** How base units are packed together. */
export interface Packaging {
  /** inner, case, layer, pallet, .... */
  level: string;
  /** Base units in it. */
  unitsPer: number;
  /** Outer measures. */
  dims?: Dimensions | null;
  /** Weight when full, grams. */
  weightG?: number | null;
  /** GS1 trade item number. */
  gtin?: string | null;
}

/** Master data of an article, as it is from now on. */
export interface SkuDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The article; the key. */
  skuId: string;
  /** Name for people. */
  name: string;
  /** Product category. */
  category: string;
  /** Unit in which quantities count, such as each, kg. */
  baseUom: string;
  /** Length of one base unit, millimetres. */
  lengthMm?: number | null;
  /** Width of one base unit, millimetres. */
  widthMm?: number | null;
  /** Height of one base unit, millimetres. */
  heightMm?: number | null;
  /** Weight of one base unit, grams. */
  weightG?: number | null;
  /** From small to large. */
  packagings: Packaging[];
  /** 0 (a brick) to 1 (an eggshell). */
  fragility?: number | null;
  /** Must stay this side up. */
  keepUpright?: boolean | null;
  /** Weight that may stand on one base unit, grams. */
  maxTopLoadG?: number | null;
  /** Lowest storage temperature, degrees Celsius. */
  minTempC?: number | null;
  /** Highest storage temperature, degrees Celsius. */
  maxTempC?: number | null;
  /** From manufacture to expiry at storage temperature, hours. */
  shelfLifeHours?: number | null;
  /** Factor by which decay quickens per 10 degrees Celsius. */
  q10?: number | null;
  /** UN hazard class, such as 3 or 8. */
  hazmatClass?: string | null;
  /** How it is sent by default, such as bubble-wrap. */
  packaging?: string | null;
}

/** The stock of an article at a location changed or was counted. */
export interface StockChanged {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The article; the key. */
  skuId: string;
  /** The site. */
  siteId: string;
  /** The location. */
  locationId: string;
  /** The lot. */
  lotId?: string | null;
  /** Change in base units, negative when stock leaves. */
  delta?: number | null;
  /** Base units there after the change; wins over delta. */
  onHand?: number | null;
  /** available, reserved, quarantine, damaged, ... (open list). */
  status: string;
  /** pick, receipt, move, count, adjustment, damage, ... (open list). */
  reason: string;
}

/** A person's override. */
export interface Pin {
  /** When it ends, UTC. */
  until: number;
  /** Pseudonymous person. */
  by: string;
  /** Why. */
  reason: string;
}

/** Where it stands on one dimension. */
export interface Position {
  /** The segment. */
  segment: string;
  /** Since when (event time). */
  since: number;
  /** Sequence of the change that brought it there. */
  sequence: number;
  /** Epoch of that change. */
  epoch: string;
  /** Set while a person has pinned it there. */
  pin?: Pin | null;
}

/** The segments that an entity is in; the newest record of a key stands. */
export interface Membership {
  /** Entity type. */
  entityType: string;
  /** Entity. */
  entityId: string;
  /** Model that decided: name@version. */
  modelVersion: string;
  /** Dimension to position. */
  dimensions: Record<string, Position>;
  /** Event time of the last change. */
  occurredAt: number;
}

/** How far a task of the segmenter is with the model that it works with. */
export interface ModelProgress {
  /** Number of the task; as text the key. */
  task: number;
  /** Name of the model. */
  model: string;
  /** Version. */
  version: string;
  /** Hash of the yaml, hexadecimal. */
  sha256: string;
  /** It came by the log; false: it is the file that the segmenter was started with. */
  promoted: boolean;
  /** Event time from which it holds, UTC; absent where it was the first. */
  effectiveAt?: number | null;
  /** Entities that had to be looked at because of it. */
  entities: number;
  /** Of those, not looked at yet. */
  left: number;
  /** Changes of segment that it caused so far. */
  changes: number;
  /** Of those, entries that may cause actions. */
  entries: number;
  /** When this was so (event time), UTC. */
  occurredAt: number;
}

/** From here on a task works with this model. One to each partition, all in one transaction; without a key. */
export interface ModelSwitched {
  /** Name of the model. */
  model: string;
  /** Version. */
  version: string;
  /** The model, whole. */
  yaml: string;
  /** Hash of the yaml, hexadecimal. */
  sha256: string;
  /** Event time from which it holds, UTC. */
  effectiveAt: number;
  /** Pseudonymous person who switched. */
  by: string;
  /** Pseudonymous approver. */
  approver?: string | null;
  /** Why, for people. */
  reason: string;
  /** How many entries into segments other than the default the edit may cause a minute, over all partitions. */
  entriesPerMinute: number;
  /** Version that this takes back; absent where it takes none back. */
  rollbackOf?: string | null;
}

/** How a version is used. */
export type ModelStage = 'unknown' | 'draft' | 'shadow' | 'live' | 'retired';

/** A version of a segmentation model. */
export interface ModelVersion {
  /** Name of the model; the key. */
  model: string;
  /** Version. */
  version: string;
  /** The model, whole. */
  yaml: string;
  /** Hash of the yaml, hexadecimal. */
  sha256: string;
  /** How it is used from now on. */
  stage: ModelStage;
  /** Pseudonymous author. */
  author: string;
  /** Pseudonymous approver; absent while not approved. */
  approver?: string | null;
  /** What changed and why. */
  note?: string | null;
  /** When this was decided (event time), UTC. */
  occurredAt: number;
}

/** An entity that this one refers to. */
export interface LinkTarget {
  /** Entity type of the target. */
  entityType: string;
  /** The target. */
  entityId: string;
  /** Numbers of the relation itself, such as quantity. */
  values: Record<string, number>;
}

/** All current targets of one relation: they replace those seen before. */
export interface ObservedLink {
  /** Name of the relation, such as lines or customer. */
  relation: string;
  /** The targets; empty ends the relation. */
  targets: LinkTarget[];
}

/** Where the event lies that this was taken from. */
export interface SourcePosition {
  /** Topic without prefix. */
  topic: string;
  /** Partition. */
  partition: number;
  /** Offset. */
  offset: number;
}

/** What was seen of one entity at one instant. */
export interface Observation {
  /** Entity type. */
  entityType: string;
  /** Entity. */
  entityId: string;
  /** Attribute name to what was seen, in the unit of the name; times are epoch milliseconds. */
  values: Record<string, number | string | boolean>;
  /** Relations seen. */
  links: ObservedLink[];
  /** The entity has come to its end. */
  ended: boolean;
  /** When it was seen (event time), UTC. */
  observedAt: number;
  /** The event that this was taken from. */
  source: SourcePosition;
}

/** Many observations in one record, of entities that one task keeps; without a key. */
export interface ObservationPack {
  /** As if each were a record of its own, in this order. */
  items: Observation[];
}

/** An order was cancelled as a whole. */
export interface OrderCancelled {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** The site. */
  siteId?: string | null;
  /** Why (open list). */
  reason?: string | null;
}

/** One article of an order. */
export interface OrderLine {
  /** The line, unique within the order. */
  lineId: string;
  /** The article. */
  skuId: string;
  /** Amount ordered, in uom. */
  quantity: number;
  /** Unit of the quantity. */
  uom: string;
}

/** Where an order goes; the postcode and coordinates are coarse. */
export interface Destination {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** Weather and demand region. */
  region?: string | null;
  /** Postcode. */
  postcode: string;
  /** Latitude, degrees, rounded to 0.01. */
  lat?: number | null;
  /** Longitude, degrees, rounded to 0.01. */
  lon?: number | null;
}

/** An order changed; the record holds the whole order as it is now. */
export interface OrderChanged {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** Pseudonymous customer. */
  customerId: string;
  /** Site that fulfils it, once known. */
  siteId?: string | null;
  /** What was ordered. */
  lines: OrderLine[];
  /** When the customer placed it. */
  placedAt: number;
  /** Latest hand-over to a carrier. */
  shipBy?: number | null;
  /** Delivery promised to the customer. */
  promisedAt: number;
  /** standard, express, same-day, ... (open list). */
  serviceLevel: string;
  /** Where it goes. */
  destination: Destination;
  /** Version of the order, above that of the record before. */
  version: number;
}

/** How far a line is. */
export type LineStatus = 'unknown' | 'released' | 'allocated' | 'picked' | 'packed' | 'shipped' | 'delivered' | 'cancelled';

/** A line of an order moved on. */
export interface OrderLineStatusChanged {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** The site. */
  siteId?: string | null;
  /** The line. */
  lineId: string;
  /** How far the line is now. */
  status: LineStatus;
  /** Amount that this is of, in the unit of the line. */
  quantity: number;
  /** Lot that it is taken from. */
  lotId?: string | null;
  /** Shipment that carries it. */
  shipmentId?: string | null;
  /** Tote, carton or pallet that holds it. */
  handlingUnitId?: string | null;
}

/** A customer placed an order. */
export interface OrderPlaced {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** Pseudonymous customer. */
  customerId: string;
  /** Site that fulfils it, once known. */
  siteId?: string | null;
  /** What was ordered. */
  lines: OrderLine[];
  /** When the customer placed it. */
  placedAt: number;
  /** Latest hand-over to a carrier. */
  shipBy?: number | null;
  /** Delivery promised to the customer. */
  promisedAt: number;
  /** standard, express, same-day, ... (open list). */
  serviceLevel: string;
  /** Where it goes. */
  destination: Destination;
  /** Version of the order, from 1. */
  version: number;
}

/** A customer rated an order. */
export interface CustomerRated {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** 1 (bad) to 5 (good). */
  score: number;
}

/** Goods were found damaged. */
export interface DamageReported {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** The line. */
  lineId: string;
  /** The article. */
  skuId: string;
  /** Base units damaged. */
  quantity: number;
  /** storage, picking, packing, transport, delivery, ... (open list). */
  stage: string;
  /** 0 (scratch) to 1 (lost). */
  severity: number;
  /** Zone where it happened, when known. */
  zoneId?: string | null;
  /** Carrier that had it. */
  carrierId?: string | null;
  /** Lane that it was on. */
  laneId?: string | null;
}

/** One article delivered. */
export interface DeliveredLine {
  /** The line. */
  lineId: string;
  /** The article. */
  skuId: string;
  /** Amount delivered. */
  quantity: number;
}

/** An order, or a part of it, was delivered. */
export interface DeliveryCompleted {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** The shipment. */
  shipmentId: string;
  /** The carrier. */
  carrierId: string;
  /** The service. */
  serviceId: string;
  /** The lane. */
  laneId: string;
  /** Delivery. */
  deliveredAt: number;
  /** What had been promised. */
  promisedAt: number;
  /** Cost of the transport; absent when not known. */
  cost?: number | null;
  /** ISO 4217 currency of cost. */
  currency?: string | null;
  /** What was delivered. */
  lines: DeliveredLine[];
  /** The whole order is delivered with this; false for a part. */
  complete: boolean;
}

/** A customer sent goods back. */
export interface ItemReturned {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** The line. */
  lineId: string;
  /** The article. */
  skuId: string;
  /** Base units returned. */
  quantity: number;
  /** damaged, wrong-item, not-wanted, ... (open list). */
  reason: string;
  /** as-new, opened, broken, ... (open list). */
  condition: string;
}

/** A pick was checked at packing. */
export interface PickChecked {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The order; the key. */
  orderId: string;
  /** The line. */
  lineId: string;
  /** As ordered. */
  ok: boolean;
  /** What was wrong: wrong-item, short, over, damaged, ... (open list). */
  error?: string | null;
}

/** A person pins an entity to a segment, or lets it go. */
export interface SegmentPinned {
  /** Id of this event, unique per key. */
  eventId: string;
  /** When it was decided (event time), UTC. */
  occurredAt: number;
  /** Entity type. */
  entityType: string;
  /** Entity. */
  entityId: string;
  /** The dimension. */
  dimension: string;
  /** The segment; absent lets it go. */
  segment?: string | null;
  /** End of the pin; absent when let go. */
  until?: number | null;
  /** Pseudonymous person. */
  by: string;
  /** Why. */
  reason: string;
}

/** Values of one attribute, by buckets that grow with the value (DDSketch of relative error 0.01). */
export interface CountedAttribute {
  /** Attribute. */
  attribute: string;
  /** Buckets, ascending; 0 holds values near 0, negative ones hold negative values. */
  buckets: number[];
  /** Values in each bucket. */
  counts: number[];
}

/** How attributes are spread over the entities of one type that one partition keeps. */
export interface PopulationCounted {
  /** Entity type. */
  entityType: string;
  /** Partition whose entities were counted. */
  partition: number;
  /** Event time at which the count was closed. */
  countedAt: number;
  /** Attributes counted. */
  attributes: CountedAttribute[];
}

/** What became of a proposal. */
export type ProposalStatus = 'unknown' | 'open' | 'accepted' | 'rejected' | 'withdrawn';

/** A proposed change of a model, for a person to accept. */
export interface Proposal {
  /** The proposal; the key. */
  proposalId: string;
  /** Model that it changes. */
  model: string;
  /** Version that it was computed against. */
  baseVersion: string;
  /** discovery, feedback, tune, ... (open list). */
  source: string;
  /** For people. */
  summary: string;
  /** The change, as a unified diff of the yaml. */
  patch: string;
  /** Numbers that speak for it. */
  evidence: Record<string, number | string | boolean | null>;
  /** What became of it. */
  status: ProposalStatus;
  /** Pseudonymous person who decided. */
  by?: string | null;
  /** When this was so (event time), UTC. */
  occurredAt: number;
}

/** An entity. */
export interface EntityRef {
  /** Entity type. */
  entityType: string;
  /** Entity. */
  entityId: string;
}

/** An entity tells one that refers to it the value of an attribute. */
export interface ReferenceValued {
  /** Entity that asked; its id is the key. */
  referrer: EntityRef;
  /** Entity that answers. */
  target: EntityRef;
  /** Attribute of the target. */
  attribute: string;
  /** As it was asked; another than the present one is dropped. */
  refVersion: number;
  /** Rises with each answer of the target; an older one is dropped. */
  targetSequence: number;
  /** The value; null when it is missing or the target has ended. */
  value: number | string | boolean | null;
  /** Event time of the change. */
  occurredAt: number;
}

/** Many answers in one record, to entities that one task keeps; without a key. */
export interface ReferenceValuedPack {
  /** As if each were a record of its own, in this order. */
  items: ReferenceValued[];
}

/** An entity asks another to be told of some of its attributes, or no longer to be. */
export interface Referenced {
  /** Entity asked; its id is the key. */
  target: EntityRef;
  /** Entity that asks. */
  referrer: EntityRef;
  /** Relation by which it refers. */
  relation: string;
  /** Number of this set of references at the referrer; answers carry it back. */
  refVersion: number;
  /** Attributes of the target to be told. */
  attributes: string[];
  /** True ends the subscription. */
  end: boolean;
  /** Event time of the cause. */
  occurredAt: number;
}

/** Many askings in one record, of entities that one task keeps; without a key. */
export interface ReferencedPack {
  /** As if each were a record of its own, in this order. */
  items: Referenced[];
}

/** What caused the change. */
export type Origin = 'unknown' | 'live' | 'timer' | 'edit' | 'reference' | 'manual' | 'initial' | 'replay';

/** A value that the clause read. */
export interface ReasonValue {
  /** Attribute. */
  name: string;
  /** Its value; null when missing. */
  value: number | string | boolean | null;
  /** What it was compared with; null when with nothing fixed. */
  threshold?: number | string | boolean | null;
}

/** The clause that came nearest to another segment. */
export interface FailedClause {
  /** The clause, as the model has it. */
  clause: string;
  /** How far it was from being true, in the unit of its value. */
  distance?: number | null;
}

/** Why the entity changed. */
export interface Because {
  /** For people. */
  text: string;
  /** The clause that decided, as the model has it. */
  clause: string;
  /** Values that the clause read. */
  values: ReasonValue[];
  /** The nearest clause that failed. */
  failed?: FailedClause | null;
}

/** What hysteresis did. */
export interface HysteresisNote {
  /** initial, gate, band, evidence, dwell, bypass, missing, ... (open list). */
  kind: string;
  /** Votes at the switch. */
  evidence?: number | null;
  /** Votes that the switch cost. */
  price?: number | null;
  /** Since when evidence or dwell had been gathering. */
  since?: number | null;
  /** Flips held back since the last change. */
  heldFlips: number;
}

/** An entity came into a segment, or left the dimension when it ended. */
export interface SegmentChanged {
  /** Deterministic id: entity, dimension, epoch, sequence. */
  changeId: string;
  /** Entity type. */
  entityType: string;
  /** Entity. */
  entityId: string;
  /** The dimension. */
  dimension: string;
  /** Segment before; absent for the first placement. */
  from?: string | null;
  /** Segment now; absent when the entity ended. */
  to?: string | null;
  /** Position on all dimensions after all changes of the same evaluation, as dimension=segment joined by |. */
  microSegment: string;
  /** Deterministic id of the evaluation; its changes happen together. */
  evaluationId: string;
  /** Number of this change of the entity on this dimension within the epoch, from 1 without gaps. */
  sequence: number;
  /** topic-partition-offset of the first observation of this life of the entity. */
  epoch: string;
  /** Model that decided: name@version. */
  modelVersion: string;
  /** When it became true (event time). */
  occurredAt: number;
  /** When it was computed (wall clock). */
  detectedAt: number;
  /** What caused it; actions follow live, timer, edit, reference and manual only. */
  origin: Origin;
  /** Why. */
  because: Because;
  /** Evidence or dwell at the switch. */
  hysteresis: HysteresisNote;
  /** Attributes that the dimension reads, with their values; null when missing. */
  attributes: Record<string, number | string | boolean | null>;
}

/** A sensor measured. */
export interface SensorRead {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The sensor; the key. */
  sensorId: string;
  /** The site. */
  siteId?: string | null;
  /** Entity type of the asset that it is on, when the source knows it. */
  assetType?: string | null;
  /** The asset, together with assetType. */
  assetId?: string | null;
  /** tempC, humidityPct, shockG, lightLx, doorOpen, batteryV or another name; tells the unit that the value is converted to. */
  metric: string;
  /** Value in unit. */
  value: number;
  /** UCUM code, such as Cel, [degF], K, %, [g], 1. */
  unit: string;
  /** When it was measured: the event time. */
  observedAt: number;
}

/** A handling unit of a shipment. */
export interface Carton {
  /** The carton or pallet. */
  handlingUnitId: string;
  /** Outer measures. */
  dims?: Dimensions | null;
  /** Gross weight, grams. */
  weightG: number;
}

/** A carrier accepted a shipment. */
export interface ShipmentBooked {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The shipment; the key. */
  shipmentId: string;
  /** Site that it leaves from. */
  siteId?: string | null;
  /** Orders in it. */
  orderIds: string[];
  /** The carrier. */
  carrierId: string;
  /** The service. */
  serviceId: string;
  /** The lane. */
  laneId: string;
  /** Handling units. */
  cartons: Carton[];
  /** Price agreed; absent when not known, never 0 for unknown. */
  cost?: number | null;
  /** ISO 4217 currency of cost. */
  currency?: string | null;
}

/** Part of a lot. */
export interface LoadedLot {
  /** The lot. */
  lotId: string;
  /** The article. */
  skuId: string;
  /** Base units loaded. */
  quantity: number;
}

/** A shipment is on or in an asset. */
export interface ShipmentLoaded {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The shipment; the key. */
  shipmentId: string;
  /** Site where it was loaded. */
  siteId?: string | null;
  /** Container, trailer or vehicle. */
  assetId: string;
  /** Entity type of the asset, as sensors are placed on it. */
  assetType?: string | null;
  /** What was loaded. */
  lots: LoadedLot[];
}

/** A shipment reached a milestone. */
export interface ShipmentMilestone {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The shipment; the key. */
  shipmentId: string;
  /** The carrier. */
  carrierId: string;
  /** The lane. */
  laneId: string;
  /** picked-up, departed, arrived, customs-cleared, out-for-delivery, delivered, ... (open list). */
  milestone: string;
  /** When it was planned. */
  plannedAt?: number | null;
  /** When it was reached. */
  actualAt: number;
}

/** A transport relation from a site to a destination area. */
export interface LaneDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** Site that it leaves from; the key. */
  originSiteId: string;
  /** The lane. */
  laneId: string;
  /** ISO 3166-1 alpha-2. */
  destinationCountry: string;
  /** Postcodes served start so; empty means the whole country. */
  postcodePrefixes: string[];
  /** Weather and demand regions that it crosses or serves. */
  regionIds: string[];
  /** Distance by road, kilometres. */
  distanceKm: number;
}

/** A place where stock can lie. */
export interface LocationDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The site; the key. */
  siteId: string;
  /** The location, unique over all sites. */
  locationId: string;
  /** Zone that it belongs to. */
  zoneId: string;
  /** Aisle. */
  aisle?: string | null;
  /** Bay. */
  bay?: string | null;
  /** Level. */
  level?: string | null;
  /** Usable volume, litres. */
  capacityL: number;
  /** Largest load, grams. */
  maxWeightG: number;
  /** Walking distance to the packing area and back, metres. */
  travelM?: number | null;
  /** Lowest temperature that it keeps, degrees Celsius. */
  minTempC?: number | null;
  /** Highest temperature that it keeps, degrees Celsius. */
  maxTempC?: number | null;
}

/** A sensor is fixed to an asset. */
export interface SensorPlaced {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** Site where it was placed; the key. */
  siteId: string;
  /** The sensor. */
  sensorId: string;
  /** Entity type of the asset: zone, location, container, .... */
  assetType: string;
  /** The asset. */
  assetId: string;
  /** Start of the placement. */
  from: number;
  /** End of the placement; absent while it lasts. */
  to?: number | null;
}

/** A warehouse or other place with its own calendar, as it is from now on. */
export interface SiteDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The site; the key. */
  siteId: string;
  /** Name for people. */
  name?: string | null;
  /** IANA time zone, such as Europe/Berlin; cutoffs and days are local to it. */
  timezone: string;
  /** Calendar of working days. */
  calendarId: string;
  /** Latitude, degrees, rounded to 0.01. */
  lat: number;
  /** Longitude, degrees, rounded to 0.01. */
  lon: number;
}

/** A part of a site that works as one: a packing lane, an aisle group, a cold room. */
export interface ZoneDescribed {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The site; the key. */
  siteId: string;
  /** The zone, unique over all sites. */
  zoneId: string;
  /** What is done there: storage, picking, packing, dock, ... (open list). */
  kind: string;
  /** What it can do: cushion, slowConveyor, chilled, frozen, hazmat, ... (open list). */
  capabilities: string[];
  /** Tasks per hour that it can finish. */
  capacityPerHour?: number | null;
}

/** A piece of work in a zone is done. */
export interface TaskCompleted {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The zone; the key. */
  zoneId: string;
  /** The site. */
  siteId: string;
  /** The task. */
  taskId: string;
  /** pick, pack, putaway, move, replenish, count, ... (open list). */
  taskType: string;
  /** The order. */
  orderId?: string | null;
  /** The article. */
  skuId?: string | null;
  /** The location. */
  locationId?: string | null;
  /** Action that asked for it. */
  actionId?: string | null;
  /** Hashed worker. */
  workerId?: string | null;
  /** Start. */
  startedAt: number;
  /** End. */
  completedAt: number;
  /** Base units handled. */
  quantity: number;
  /** Errors found in it. */
  errors: number;
}

/** How full a zone is. */
export interface ZoneOccupied {
  /** Id of this event, unique per key; a repeat within 24 h is dropped. */
  eventId: string;
  /** When it happened (event time), UTC. */
  occurredAt: number;
  /** The zone; the key. */
  zoneId: string;
  /** The site. */
  siteId: string;
  /** Share of its room in use, 0 to 1. */
  fill: number;
  /** Tasks waiting. */
  queueDepth: number;
}

/** Full name of a record → its type. */
export interface RecordTypes {
  'detent.actions.Action': Action;
  'detent.actions.ActionStatus': ActionStatus;
  'detent.actions.ActionsSwitched': ActionsSwitched;
  'detent.carriers.CapacityChanged': CapacityChanged;
  'detent.carriers.CarrierServiceDescribed': CarrierServiceDescribed;
  'detent.carriers.TariffDescribed': TariffDescribed;
  'detent.customers.CustomerErased': CustomerErased;
  'detent.customers.CustomerProfiled': CustomerProfiled;
  'detent.external.DemandReported': DemandReported;
  'detent.external.TrafficReported': TrafficReported;
  'detent.external.WeatherReported': WeatherReported;
  'detent.inventory.LotReceived': LotReceived;
  'detent.inventory.SkuDescribed': SkuDescribed;
  'detent.inventory.StockChanged': StockChanged;
  'detent.memberships.Membership': Membership;
  'detent.models.ModelProgress': ModelProgress;
  'detent.models.ModelSwitched': ModelSwitched;
  'detent.models.ModelVersion': ModelVersion;
  'detent.observations.Observation': Observation;
  'detent.observations.ObservationPack': ObservationPack;
  'detent.orders.OrderCancelled': OrderCancelled;
  'detent.orders.OrderChanged': OrderChanged;
  'detent.orders.OrderLineStatusChanged': OrderLineStatusChanged;
  'detent.orders.OrderPlaced': OrderPlaced;
  'detent.outcomes.CustomerRated': CustomerRated;
  'detent.outcomes.DamageReported': DamageReported;
  'detent.outcomes.DeliveryCompleted': DeliveryCompleted;
  'detent.outcomes.ItemReturned': ItemReturned;
  'detent.outcomes.PickChecked': PickChecked;
  'detent.overrides.SegmentPinned': SegmentPinned;
  'detent.populations.PopulationCounted': PopulationCounted;
  'detent.proposals.Proposal': Proposal;
  'detent.references.ReferenceValued': ReferenceValued;
  'detent.references.ReferenceValuedPack': ReferenceValuedPack;
  'detent.references.Referenced': Referenced;
  'detent.references.ReferencedPack': ReferencedPack;
  'detent.segments.SegmentChanged': SegmentChanged;
  'detent.sensors.SensorRead': SensorRead;
  'detent.shipments.ShipmentBooked': ShipmentBooked;
  'detent.shipments.ShipmentLoaded': ShipmentLoaded;
  'detent.shipments.ShipmentMilestone': ShipmentMilestone;
  'detent.sites.LaneDescribed': LaneDescribed;
  'detent.sites.LocationDescribed': LocationDescribed;
  'detent.sites.SensorPlaced': SensorPlaced;
  'detent.sites.SiteDescribed': SiteDescribed;
  'detent.sites.ZoneDescribed': ZoneDescribed;
  'detent.warehouse.TaskCompleted': TaskCompleted;
  'detent.warehouse.ZoneOccupied': ZoneOccupied;
}

/** Full name of a record: `detent.orders.OrderPlaced`. */
export type RecordName = keyof RecordTypes;
