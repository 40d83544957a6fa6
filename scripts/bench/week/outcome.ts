import type { Action } from '@detent/schemas';
import type { Service } from '../../../services/cli/simulate/carriers.ts';
import { Random } from '../../../services/cli/simulate/random.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../services/cli/simulate/rhythm.ts';
import type { World } from '../../../services/cli/simulate/world.ts';
import { type FloorReport, workOff } from './floor.ts';
import type { Happenings, Order } from './happenings.ts';

/** What a week came to. */
export interface WeekReport {
  orders: number;
  /** Metres walked for each task of a batch. */
  metresPerPick: number;
  picks: number;
  onTimeShare: number;
  damagedShare: number;
  /** Delivered on time and whole: what customers call fulfilled. */
  perfectShare: number;
  /** EUR. */
  costPerOrder: number;
  /** Mean rating, 1 to 5. */
  satisfaction: number;
  moves: number;
  /** Orders that were handed to people, or were never released or assigned. */
  byHand: number;
}

/** Orders count that were placed early enough to be delivered before the week ends. */
const FINISH_MS = 2.5 * DAY_MS;

/**
 * What the actions lead to in the simulated world, by its own rates of damage, hitches, traffic and trouble. Chance is the same
 * for an order whatever is decided about it, so that two runs differ by decisions alone.
 */
export function outcomeOf(actions: readonly Action[], happenings: Happenings, world: World, seed: number): WeekReport {
  const floor = workOff(actions, happenings.locations, world.clocks);
  const shipping = shippingOf(actions);
  const sums = { orders: 0, onTime: 0, damaged: 0, perfect: 0, cost: 0, rating: 0, byHand: 0 };
  for (const order of happenings.orders.values()) {
    if (order.cancelled || order.placedAt > happenings.end - FINISH_MS) continue;
    const found = deliver(order, floor, shipping.get(order.orderId) ?? [], happenings, world, seed);
    sums.orders += 1;
    sums.onTime += Number(found.onTime);
    sums.damaged += Number(found.damaged);
    sums.perfect += Number(found.onTime && !found.damaged);
    sums.cost += found.cost;
    sums.rating += found.rating;
    sums.byHand += Number(found.byHand);
  }
  const { orders } = sums;
  return {
    orders,
    metresPerPick: floor.metres / floor.picks,
    picks: floor.picks,
    onTimeShare: sums.onTime / orders,
    damagedShare: sums.damaged / orders,
    perfectShare: sums.perfect / orders,
    costPerOrder: sums.cost / orders,
    satisfaction: sums.rating / orders,
    moves: actions.filter(({ type }) => /^(move|relocate|consolidate-stock|putaway)/.test(type)).length,
    byHand: sums.byHand,
  };
}

/** A carrier for an order, as an action gave it. */
interface Shipping {
  at: number;
  serviceId: string;
  laneId: string;
  departAt: number;
  cost: number;
}

function shippingOf(actions: readonly Action[]): Map<string, Shipping[]> {
  const byOrder = new Map<string, Shipping[]>();
  for (const { type, target, details, tasks, createdAt } of actions) {
    if (type !== 'assign-carrier' && type !== 'consolidate') continue;
    const orderIds = type === 'consolidate' ? (tasks ?? []).flatMap(({ orderId }) => orderId ?? []) : [target.entityId];
    for (const orderId of orderIds) {
      const list = byOrder.get(orderId) ?? [];
      byOrder.set(orderId, list);
      list.push({
        at: createdAt,
        serviceId: String(details['serviceId']),
        laneId: String(details['laneId']),
        departAt: Number(details['departAt']),
        cost: Number(details['cost']) / orderIds.length,
      });
    }
  }
  return byOrder;
}

function deliver(
  order: Order,
  floor: FloorReport,
  given: readonly Shipping[],
  happenings: Happenings,
  world: World,
  seed: number,
): { onTime: boolean; damaged: boolean; cost: number; rating: number; byHand: boolean } {
  const chance = new Random(seed).fork(`outcome ${order.orderId}`);
  // Drawn in one fixed order, whether used or not.
  const draws = {
    hitch: chance.next(),
    hitchFactor: chance.between(1.35, 2.3),
    pace: chance.around(1, 0.06),
    taste: chance.normal(),
    packing: order.lines.map(() => chance.next()),
    transport: order.lines.map(() => chance.next()),
  };
  const packed = floor.packed.get(order.orderId);
  // The last carrier named before its own departure; who came later was too late.
  const last = given.findLast(({ at, departAt }) => at <= departAt);
  const service = world.services.find(({ serviceId }) => serviceId === last?.serviceId);
  if (packed === undefined || last === undefined || service === undefined)
    return { onTime: false, damaged: false, cost: 0, rating: ratingOf(true, false, draws.taste), byHand: true };
  const departsAt = departureOf(service, last, packed.at, world);
  const transitMs = (service.transitHours.get(last.laneId) ?? 24) * HOUR_MS;
  const carrier = world.carriers.find(({ carrierId }) => carrierId === service.carrierId)!;
  const inTrouble = world.incidents.isInTrouble(carrier.carrierId, departsAt + transitMs * 0.7);
  const hitch = draws.hitch < (inTrouble ? 0.85 : carrier.hitchRate) ? draws.hitchFactor : 1;
  const road = 1 + 0.45 * delayAt(happenings, last.laneId, departsAt);
  const arrivesAt = departsAt + transitMs * 0.83 * draws.pace * road * hitch * (inTrouble ? 1.25 : 1);
  const rough = carrier.damageRate * (world.incidents.isInTrouble(carrier.carrierId, departsAt) ? 12 : 1);
  const packingRate = packed.cushioned ? 0.002 : 0.006;
  const damaged = order.lines.some(({ skuId }, i) => {
    const fragility = happenings.fragility.get(skuId) ?? 0;
    return (
      draws.packing[i]! < packingRate * fragility * 2 ||
      draws.transport[i]! < Math.min(0.6, rough * (0.15 + 1.4 * fragility) * (packed.cushioned ? CUSHIONED : 1))
    );
  });
  const onTime = arrivesAt <= order.promisedAt;
  return { onTime, damaged, cost: last.cost, rating: ratingOf(!onTime, damaged, draws.taste), byHand: false };
}

/** What cushioning leaves of the damage on the road: an assumption, not measured. */
const CUSHIONED = 0.5;

/** Misses the hand-over: goes with the next vehicle of the same service. */
function departureOf(service: Service, last: Shipping, packedAt: number, world: World): number {
  const ready = packedAt + 20 * MINUTE_MS;
  if (ready <= last.departAt) return last.departAt;
  return world.clocks.get(service.siteId)!.nextOf(ready, service.departures);
}

function delayAt({ traffic }: Happenings, laneId: string, at: number): number {
  return traffic.get(laneId)?.findLast((report) => report.at <= at)?.delayRatio ?? 0;
}

/** As the simulated customers rate. */
function ratingOf(late: boolean, damaged: boolean, taste: number): number {
  const mean = 4.6 - (late ? 1.3 : 0) - (damaged ? 1.9 : 0);
  return Math.min(5, Math.max(1, Math.round(mean + 0.6 * taste)));
}
