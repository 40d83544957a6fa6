import type { Observation } from '@detent/core';
import { Random } from '../../../services/cli/simulate/random.ts';

const START = Date.UTC(2026, 8, 21);
/** Event time between two observations of one entity, on average, at every size: what hysteresis sees is the same. */
const GAP_MS = 30 * 60_000;
const YEAR_MS = 365 * 86_400_000;

/** Orders of R1: each is born once, then `events` of them, drawn at random, are seen again. */
export function scaleObservations(size: number, events: number) {
  const random = new Random(7);
  const seen = (number: number, i: number): Observation => {
    const own = new Random(7919 * number + 1);
    const wobble = () => 0.98 + 0.04 * random.next();
    const observedAt = START + Math.floor((i * GAP_MS) / size);
    return {
      entityType: 'order',
      entityId: `order-${String(number).padStart(7, '0')}`,
      values: {
        weight: (5 + 30 * own.next()) * wobble(),
        volume: (30 + 150 * own.next()) * wobble(),
        frailty: Math.min(1, own.next() * wobble()),
        pieces: 1 + own.whole(0, 19),
        positions: 1 + own.whole(0, 9),
        tier: 'standard',
        due: START + YEAR_MS,
      },
      links: [],
      ended: false,
      observedAt,
      source: { topic: 'bench', partition: 0, offset: i },
    };
  };
  return {
    *births() {
      for (let i = 0; i < size; i += 1) yield seen(i, i);
    },
    *updates() {
      for (let i = 0; i < events; i += 1) yield seen(random.whole(0, size - 1), size + i);
    },
  };
}
