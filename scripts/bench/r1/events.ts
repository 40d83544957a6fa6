import type { Observation } from '@detent/core';
import { Random } from '../../../services/cli/simulate/random.ts';

/** Event time of the first one. */
const START = Date.UTC(2026, 8, 21);
const ZONES = 500;
const ORDERS = 50_000;
/** Orders that are open at a time. */
const OPEN = 5_000;
const EVENTS_PER_ORDER = 20;
const STEP_MS = 200;
const ORDER_LIFE_MS = OPEN * EVENTS_PER_ORDER * STEP_MS;
const TIERS = ['vip', 'plus', 'plus', 'plus', 'standard', 'standard', 'standard', 'standard', 'standard', 'standard'];

/**
 * The events of R1, alternately of a zone and of an order: temperatures that wander back to each zone's mean, with
 * noise and now and then a spike, up to 3 s out of order; and orders of which each is changed about twenty times.
 */
export function* r1Observations(count: number): Generator<Observation> {
  const random = new Random(42);
  const means = Array.from({ length: ZONES }, () => 14 + 16 * random.next());
  const temperatures = [...means];
  for (let i = 0; i < count; i += 1) {
    const step = i >> 1;
    const { entityType, entityId, values, observedAt } = i % 2 === 0 ? zoneReading(step) : orderUpdate(step);
    const source = { topic: 'bench', partition: 0, offset: i };
    yield { entityType, entityId, values, links: [], ended: false, observedAt, source };
  }

  function zoneReading(step: number) {
    const zone = random.whole(0, ZONES - 1);
    temperatures[zone]! += 0.15 * random.normal() + 0.002 * (means[zone]! - temperatures[zone]!);
    const spike = random.whole(0, 199) === 0 ? (random.next() < 0.5 ? 8 : -8) : 0;
    return {
      entityType: 'zone',
      entityId: `zone-${String(zone).padStart(4, '0')}`,
      values: { reading: temperatures[zone]! + 0.5 * random.normal() + spike },
      observedAt: START + step * STEP_MS - random.whole(0, 2999),
    };
  }

  function orderUpdate(step: number) {
    const number = (Math.floor(step / EVENTS_PER_ORDER) + random.whole(0, OPEN - 1)) % ORDERS;
    const own = new Random(7919 * number + 1);
    const wobble = () => 0.9 + 0.2 * random.next();
    const positions = 1 + own.whole(0, 9);
    return {
      entityType: 'order',
      entityId: `order-${String(number).padStart(6, '0')}`,
      values: {
        weight: (5 + 30 * own.next()) * wobble(),
        volume: (30 + 150 * own.next()) * wobble(),
        frailty: Math.min(1, own.next() * wobble()),
        pieces: Math.max(1, positions + own.whole(0, 19) + random.whole(0, 4) - 2),
        positions,
        tier: TIERS[own.whole(0, 9)]!,
        due: Math.round(START + number * EVENTS_PER_ORDER * STEP_MS + ORDER_LIFE_MS / 4 + ORDER_LIFE_MS * own.next()),
      },
      observedAt: START + step * STEP_MS - random.whole(0, 1999),
    };
  }
}
