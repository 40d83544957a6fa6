import type { LaneConditions } from './conditions.ts';
import { round } from './conditions.ts';
import { localDay } from './describe.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';

/** What comes from outside: weather and traffic of each lane, demand of the market, capacity that carriers have left. */
export function runOutside(run: Run, booked: ReadonlyMap<string, number>): void {
  runWeatherAndTraffic(run);
  runDemand(run);
  runCapacity(run, booked);
}

function runWeatherAndTraffic(run: Run): void {
  for (const lane of run.world.lanes) {
    const clock = clockOf(run, lane.siteId);
    const conditions = run.world.conditions.get(lane.laneId) as LaneConditions;
    run.agenda.every(run.start, HOUR_MS, (at) => {
      const weather = conditions.nextWeather(at, clock.hour(at));
      const span = { issuedAt: at, validFrom: at, validTo: at + HOUR_MS };
      run.emitter.emit('detent.external.WeatherReported', at, { regionId: lane.regionId, ...weather, ...span });
    });
    const everyMs = Math.round((20 * MINUTE_MS) / run.density);
    run.agenda.every(run.start + MINUTE_MS, everyMs, (at) => {
      const traffic = conditions.traffic(at, clock.hour(at), clock.weekday(at));
      const span = { issuedAt: at, validFrom: at, validTo: at + everyMs };
      run.emitter.emit('detent.external.TrafficReported', at, { laneId: lane.laneId, ...traffic, ...span });
    });
  }
}

/** Demand of each category every six hours; of single SKUs where the market moves, hourly. */
function runDemand(run: Run): void {
  const random = run.random.fork('demand');
  const { skus, incidents } = run.world;
  const categories = [...new Set(skus.map((sku) => sku.category))];
  const levels = new Map(categories.map((category) => [category, 1]));
  run.agenda.every(run.start + 30 * MINUTE_MS, 6 * HOUR_MS, (at) => {
    for (const category of categories) {
      const level = 1 + 0.9 * ((levels.get(category) as number) - 1) + 0.04 * random.normal();
      levels.set(category, level);
      const span = { issuedAt: at, validFrom: at, validTo: at + DAY_MS };
      run.emitter.emit('detent.external.DemandReported', at, {
        category,
        index: round(Math.max(0.2, level), 3),
        ...span,
      });
    }
  });
  const watched = skus.filter((sku) => sku.popularity > 0.15 || incidents.weekOf(run.start).skuId === sku.skuId);
  run.agenda.every(run.start + 40 * MINUTE_MS, HOUR_MS, (at) => {
    for (const { skuId, category } of watched) {
      const factor = incidents.demandFactor(skuId, at) > 1 ? 3.2 : 1;
      const span = { issuedAt: at, validFrom: at, validTo: at + HOUR_MS };
      const index = round(factor * random.around(1, 0.07), 3);
      run.emitter.emit('detent.external.DemandReported', at, { category, skuId, index, ...span });
    }
  });
}

function runCapacity(run: Run, booked: ReadonlyMap<string, number>): void {
  for (const service of run.world.services) {
    const clock = clockOf(run, service.siteId);
    run.agenda.every(run.start + 5 * MINUTE_MS, HOUR_MS, (at) => {
      const hour = clock.hour(at);
      if (hour < 6 || hour >= 21) return;
      const day = localDay(run, service.siteId, at);
      const used = booked.get(`${service.serviceId} ${day}`) ?? 0;
      run.emitter.emit('detent.carriers.CapacityChanged', at, {
        carrierId: service.carrierId,
        serviceId: service.serviceId,
        day,
        remaining: Math.max(0, service.capacity - used),
        unit: service.capacityUnit,
      });
    });
  }
}
