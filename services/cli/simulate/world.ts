import { buildCarriers, type Carrier, type Service } from './carriers.ts';
import { LaneConditions } from './conditions.ts';
import { buildCustomers, type Customer } from './customers.ts';
import { buildSkus, type Sku } from './goods.ts';
import { Incidents } from './incidents.ts';
import { buildSites, type Lane, type Site } from './places.ts';
import type { Random } from './random.ts';
import { LocalClock } from './rhythm.ts';
import { StockBook } from './stock-book.ts';

/** Everything that exists at the start, and what goes wrong later. */
export interface World {
  sites: Site[];
  lanes: Lane[];
  skus: Sku[];
  customers: Customer[];
  carriers: Carrier[];
  services: Service[];
  stock: StockBook;
  incidents: Incidents;
  clocks: ReadonlyMap<string, LocalClock>;
  conditions: ReadonlyMap<string, LaneConditions>;
}

/** Units a day that `ordersPerDay` come to, roughly. */
const UNITS_PER_ORDER = 3.4;

/** Builds a warehouse for so many orders a day. The number of SKUs, customers and locations grows with its root. */
export function buildWorld(start: number, ordersPerDay: number, random: Random): World {
  const size = Math.max(0.5, Math.sqrt(ordersPerDay / 600));
  const sites = buildSites(size, random.fork('sites'));
  const lanes = sites.flatMap((site) => site.lanes);
  const skus = buildSkus(Math.round(260 * size), random.fork('skus'));
  const carriers = buildCarriers(sites);
  const stock = new StockBook(sites, skus, ordersPerDay * UNITS_PER_ORDER, random.fork('stock'));
  const incidents = new Incidents(
    start,
    {
      carrierIds: carriers
        .filter((carrier) => carrier.services.some(isAmbientCourier))
        .map(({ carrierId }) => carrierId),
      skuIds: skus.filter((sku) => canSurge(sku, sites, stock)).map((sku) => sku.skuId),
      laneIds: lanes.map((lane) => lane.laneId),
      chilledZoneIds: sites.flatMap((site) =>
        site.zones.filter(({ climate }) => climate === 'chilled').map(({ zoneId }) => zoneId),
      ),
    },
    random.fork('incidents'),
  );
  return {
    sites,
    lanes,
    skus,
    customers: buildCustomers(Math.round(900 * size), sites, random.fork('customers')),
    carriers,
    services: carriers.flatMap((carrier) => carrier.services),
    stock,
    incidents,
    clocks: new Map(sites.map((site) => [site.siteId, new LocalClock(site.timezone)])),
    conditions: new Map(
      lanes.map((lane) => [lane.laneId, new LaneConditions(lane, incidents, random.fork(`lane ${lane.laneId}`))]),
    ),
  };
}

function isAmbientCourier(service: Service): boolean {
  return service.mode === 'courier' && service.climate === 'ambient';
}

/** A surge is worth telling of where the SKU is neither a top seller already nor too large for a parcel. */
function canSurge(sku: Sku, sites: readonly Site[], stock: StockBook): boolean {
  const isStocked = sites.every((site) => stock.find(site.siteId, sku.skuId) !== undefined);
  return isStocked && sku.climate === 'ambient' && sku.lengthMm < 500 && sku.popularity > 0.02 && sku.popularity < 0.08;
}
