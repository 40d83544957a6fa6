import type { Lane, Site } from './places.ts';
import { type Random, Weighted } from './random.ts';

export type Tier = 'standard' | 'silver' | 'gold' | 'platinum';

export interface Customer {
  customerId: string;
  tier: Tier;
  lifetimeValue: number;
  returnRate: number;
  minRemainingLifeHours?: number;
  site: Site;
  lane: Lane;
  postcode: string;
  /** How often they order beside the others. */
  activity: number;
  openOrders: number;
  erased: boolean;
}

const TIERS: readonly { tier: Tier; share: number; value: number; activity: number }[] = [
  { tier: 'standard', share: 0.6, value: 150, activity: 1 },
  { tier: 'silver', share: 0.25, value: 900, activity: 1.6 },
  { tier: 'gold', share: 0.12, value: 3500, activity: 2.6 },
  { tier: 'platinum', share: 0.03, value: 14_000, activity: 5 },
];

/** Customers under pseudonymous ids, each living on a lane of one of the sites. */
export function buildCustomers(count: number, sites: readonly Site[], random: Random): Customer[] {
  const tiers = new Weighted(TIERS, (tier) => tier.share);
  const bySite = new Weighted(sites, (_, index) => (index === 0 ? 0.62 : 0.38));
  const lanesOf = new Map(sites.map((site) => [site, new Weighted(site.lanes, (lane) => lane.share)]));
  return Array.from({ length: count }, (_, index) => {
    const { tier, value, activity } = tiers.pick(random);
    const site = bySite.pick(random);
    const lane = (lanesOf.get(site) as Weighted<Lane>).pick(random);
    const prefix = random.pick(lane.postcodePrefixes);
    return {
      customerId: `cust-${String(index + 1).padStart(6, '0')}`,
      tier,
      lifetimeValue: Math.round(random.around(value, 0.5)),
      returnRate: Math.round(Math.min(0.6, random.around(0.06, 0.7)) * 1000) / 1000,
      ...(tier === 'platinum' ? { minRemainingLifeHours: 240 } : {}),
      site,
      lane,
      postcode: prefix + String(random.whole(0, 10 ** (5 - prefix.length) - 1)).padStart(5 - prefix.length, '0'),
      activity: activity * random.around(1, 0.4),
      openOrders: 0,
      erased: false,
    };
  });
}
