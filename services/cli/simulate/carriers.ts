import type { Climate, Lane, Site } from './places.ts';

export interface Service {
  carrierId: string;
  serviceId: string;
  siteId: string;
  mode: 'parcel' | 'courier' | 'ltl';
  climate: Climate;
  /** Planned hours from departure to the door, by lane. */
  transitHours: ReadonlyMap<string, number>;
  /** Local times of departure from the dock, HH:mm, ascending. */
  departures: string[];
  dimDivisor: number;
  maxWeightG: number;
  maxLengthMm: number;
  capacity: number;
  capacityUnit: 'parcel' | 'pallet';
  tariff: Tariff;
  /** Share of the volume among services that could carry it. */
  share: number;
}

export interface Tariff {
  tariffId: string;
  /** Price of a carton from this chargeable weight on: `baseEur` and `perKgEur` for each kilogram. */
  breaks: { fromG: number; baseEur: number; perKgEur: number }[];
  fuelShare: number;
}

export interface Carrier {
  carrierId: string;
  /** Probability of a hitch on a trip, and of damage to a carton of fragility 1. */
  hitchRate: number;
  damageRate: number;
  services: Service[];
}

interface Kind {
  carrierId: string;
  name: string;
  mode: Service['mode'];
  climate: Climate;
  /** Hours of transit: handling plus distance by speed. */
  handlingH: number;
  kmPerH: number;
  departures: string[];
  maxWeightG: number;
  maxLengthMm: number;
  capacity: number;
  basePriceEur: number;
  share: number;
  hitchRate: number;
  damageRate: number;
}

const KINDS: readonly Kind[] = [
  {
    carrierId: 'nordpfeil',
    name: 'express',
    mode: 'courier',
    climate: 'ambient',
    handlingH: 2.5,
    kmPerH: 95,
    departures: ['09:00', '12:00', '15:00', '19:00'],
    maxWeightG: 31_500,
    maxLengthMm: 1200,
    capacity: 900,
    basePriceEur: 7.9,
    share: 0.5,
    hitchRate: 0.05,
    damageRate: 0.012,
  },
  {
    carrierId: 'falkeneil',
    name: 'express',
    mode: 'courier',
    climate: 'ambient',
    handlingH: 3,
    kmPerH: 90,
    departures: ['10:00', '13:00', '16:00', '20:00'],
    maxWeightG: 31_500,
    maxLengthMm: 1200,
    capacity: 900,
    basePriceEur: 7.2,
    share: 0.5,
    hitchRate: 0.06,
    damageRate: 0.015,
  },
  {
    carrierId: 'paketbund',
    name: 'parcel',
    mode: 'parcel',
    climate: 'ambient',
    handlingH: 9,
    kmPerH: 55,
    departures: ['11:00', '18:00'],
    maxWeightG: 31_500,
    maxLengthMm: 1750,
    capacity: 2400,
    basePriceEur: 4.4,
    share: 0.6,
    hitchRate: 0.09,
    damageRate: 0.022,
  },
  {
    carrierId: 'rotarota',
    name: 'parcel',
    mode: 'parcel',
    climate: 'ambient',
    handlingH: 10,
    kmPerH: 50,
    departures: ['14:00', '19:30'],
    maxWeightG: 31_500,
    maxLengthMm: 1750,
    capacity: 2400,
    basePriceEur: 4.1,
    share: 0.4,
    hitchRate: 0.11,
    damageRate: 0.025,
  },
  {
    carrierId: 'kaltstrom',
    name: 'chilled',
    mode: 'courier',
    climate: 'chilled',
    handlingH: 3,
    kmPerH: 75,
    departures: ['08:30', '14:30', '20:30'],
    maxWeightG: 250_000,
    maxLengthMm: 1200,
    capacity: 700,
    basePriceEur: 11.5,
    share: 1,
    hitchRate: 0.05,
    damageRate: 0.01,
  },
  {
    carrierId: 'kaltstrom',
    name: 'frozen',
    mode: 'courier',
    climate: 'frozen',
    handlingH: 3,
    kmPerH: 75,
    departures: ['08:30', '14:30', '20:30'],
    maxWeightG: 250_000,
    maxLengthMm: 1200,
    capacity: 700,
    basePriceEur: 11.5,
    share: 1,
    hitchRate: 0.05,
    damageRate: 0.01,
  },
  {
    carrierId: 'lastverbund',
    name: 'ltl',
    mode: 'ltl',
    climate: 'ambient',
    handlingH: 16,
    kmPerH: 45,
    departures: ['12:30', '17:30'],
    maxWeightG: 1_000_000,
    maxLengthMm: 4000,
    capacity: 60,
    basePriceEur: 38,
    share: 1,
    hitchRate: 0.12,
    damageRate: 0.02,
  },
];

/** Carriers with their services at each site. Prices and hours follow from distance, weight and mode. */
export function buildCarriers(sites: readonly Site[]): Carrier[] {
  const carriers = new Map<string, Carrier>();
  for (const kind of KINDS) {
    const { carrierId, hitchRate, damageRate } = kind;
    const services = sites.map((site) => buildService(kind, site));
    const known = carriers.get(carrierId);
    if (known) known.services.push(...services);
    else carriers.set(carrierId, { carrierId, hitchRate, damageRate, services });
  }
  return [...carriers.values()];
}

function buildService(kind: Kind, site: Site): Service {
  const serviceId = `${kind.carrierId}-${site.siteId}-${kind.name}`;
  const steps = kind.mode === 'ltl' ? [0, 100_000, 300_000] : [0, 2000, 5000, 10_000, 20_000];
  const perKgEur = kind.mode === 'ltl' ? 0.16 : 0.28;
  return {
    carrierId: kind.carrierId,
    serviceId,
    siteId: site.siteId,
    mode: kind.mode,
    climate: kind.climate,
    transitHours: new Map(site.lanes.map((lane) => [lane.laneId, transitHours(kind, lane)])),
    departures: kind.departures,
    dimDivisor: 5000,
    maxWeightG: kind.maxWeightG,
    maxLengthMm: kind.maxLengthMm,
    capacity: kind.capacity,
    capacityUnit: kind.mode === 'ltl' ? 'pallet' : 'parcel',
    tariff: {
      tariffId: `${serviceId}-tariff`,
      breaks: steps.map((fromG, index) => ({
        fromG,
        baseEur: Math.round(kind.basePriceEur * (1 + 0.15 * index) * 100) / 100,
        perKgEur,
      })),
      fuelShare: 0.08,
    },
    share: kind.share,
  };
}

function transitHours(kind: Kind, lane: Lane): number {
  return Math.round((kind.handlingH + lane.distanceKm / kind.kmPerH) * 2) / 2;
}

/** Price of a carton in EUR, surcharges included; the larger of its weight and its dimensional weight is charged. */
export function cartonPriceEur(service: Service, weightG: number, volumeL: number): number {
  const chargeableG = Math.max(weightG, (volumeL * 1e6) / service.dimDivisor);
  const band = service.tariff.breaks.findLast((step) => step.fromG <= chargeableG);
  const net = (band?.baseEur ?? 0) + ((band?.perKgEur ?? 0) * chargeableG) / 1000;
  return Math.round(net * (1 + service.tariff.fuelShare) * 100) / 100;
}
