import { round } from './conditions.ts';
import type { Climate } from './places.ts';
import type { Random } from './random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythm.ts';
import { clockOf, type Run } from './run.ts';
import type { World } from './world.ts';

export interface Sensor {
  sensorId: string;
  siteId: string;
  assetType: 'zone' | 'vehicle';
  assetId: string;
  climate: Climate;
  /** One supplier's devices answer in Fahrenheit; ingest converts. */
  unit: 'Cel' | '[degF]';
}

const SET_POINT_C: Readonly<Record<Climate, number>> = { ambient: 19, chilled: 4.2, frozen: -20 };
const NOISE_C: Readonly<Record<Climate, number>> = { ambient: 0.4, chilled: 0.35, frozen: 0.5 };

/** Every storage and picking zone has a sensor, and each refrigerated vehicle. */
export function sensorsOf(world: World): Sensor[] {
  return world.sites.flatMap((site, index) => {
    const unit = index === 1 ? '[degF]' : 'Cel';
    const zones = site.zones
      .filter((zone) => zone.kind === 'picking' || zone.kind === 'storage')
      .map(({ zoneId, climate }) => ({ assetType: 'zone' as const, assetId: zoneId, climate }));
    const vehicles = (['chilled', 'frozen'] as const).map((climate) => ({
      assetType: 'vehicle' as const,
      assetId: vehicleOf(site.siteId, climate),
      climate,
    }));
    return [...zones, ...vehicles].map((asset) => ({
      sensorId: `s-${asset.assetId}`,
      siteId: site.siteId,
      ...asset,
      unit,
    }));
  });
}

/** The vehicle that carries this climate's shipments from a site. */
export function vehicleOf(siteId: string, climate: Climate): string {
  return `truck-${siteId}-${climate}`;
}

/** Lets all sensors measure: temperatures every few minutes, humidity hourly, battery daily, doors and shocks as they come. */
export function runSensors(run: Run): void {
  for (const sensor of sensorsOf(run.world)) {
    const random = run.random.fork(sensor.sensorId);
    // Devices were not switched on together, so their readings are spread over the interval.
    const offset = random.whole(0, 4 * MINUTE_MS);
    const minutes = (sensor.climate === 'ambient' ? 15 : 5) / run.density;
    run.agenda.every(run.start + offset, Math.round(minutes * MINUTE_MS), (at) =>
      readTemperature(run, sensor, random, at),
    );
    run.agenda.every(run.start + offset + 1000, HOUR_MS, (at) => {
      read(run, sensor, at, 'humidityPct', round(Math.min(98, Math.max(15, 52 + 6 * random.normal())), 1), '%');
    });
    run.agenda.every(run.start + offset + 2000, DAY_MS, (at) => {
      read(
        run,
        sensor,
        at,
        'batteryV',
        round(3.6 - ((at - run.start) / DAY_MS) * 0.002 + 0.01 * random.normal(), 2),
        'V',
      );
    });
    if (sensor.assetType === 'vehicle') runShocks(run, sensor, random);
    if (sensor.assetType === 'zone' && sensor.climate !== 'ambient') runDoor(run, sensor, random);
  }
}

function readTemperature(run: Run, sensor: Sensor, random: Random, at: number): void {
  const daily =
    sensor.climate === 'ambient' ? 1.6 * Math.sin((2 * Math.PI * (clockOf(run, sensor.siteId).hour(at) - 10)) / 24) : 0;
  const tempC =
    SET_POINT_C[sensor.climate] +
    daily +
    NOISE_C[sensor.climate] * random.normal() +
    run.world.incidents.warming(sensor.assetId, at);
  const value = sensor.unit === 'Cel' ? round(tempC, 1) : round(tempC * 1.8 + 32, 1);
  read(run, sensor, at, 'tempC', value, sensor.unit);
}

function runShocks(run: Run, sensor: Sensor, random: Random): void {
  run.agenda.every(run.start + random.whole(0, HOUR_MS), Math.round((30 * MINUTE_MS) / run.density), (at) => {
    const isDriving = clockOf(run, sensor.siteId).hour(at) > 8;
    read(run, sensor, at, 'shockG', round(isDriving ? random.around(0.35, 0.6) : 0.02, 2), '[g]');
  });
}

/** Doors are opened while people work, for a minute or two; the incident's door stays open for longer. */
function runDoor(run: Run, sensor: Sensor, random: Random): void {
  let wasOpen = false;
  run.agenda.every(run.start + MINUTE_MS, 2 * MINUTE_MS, (at) => {
    const hour = clockOf(run, sensor.siteId).hour(at);
    const isOpen =
      run.world.incidents.isDoorOpen(sensor.assetId, at) ||
      (hour >= 6 && hour < 22 && random.chance(0.04 * run.density));
    if (isOpen !== wasOpen) read(run, sensor, at, 'doorOpen', isOpen ? 1 : 0, '1');
    wasOpen = isOpen;
  });
}

function read(run: Run, sensor: Sensor, at: number, metric: string, value: number, unit: string): void {
  const { sensorId, siteId, assetType, assetId } = sensor;
  const observedAt = Math.round(at);
  run.emitter.emit('detent.sensors.SensorRead', at, {
    sensorId,
    siteId,
    assetType,
    assetId,
    metric,
    value,
    unit,
    observedAt,
  });
}
