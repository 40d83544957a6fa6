import type { SegmentChange } from '../changes/types.ts';
import type { Held } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EntityRef, Observation, ObserveResult } from '../engine/types.ts';
import { type RawFlip, Rehearsal } from './rehearsal.ts';

/** All that came of observations under a model. */
export interface Rehearsed {
  readonly rehearsal: Rehearsal;
  readonly changes: readonly SegmentChange[];
  readonly held: readonly (EntityRef & Held)[];
  readonly flips: readonly RawFlip[];
  readonly refused: readonly { observation: Observation; result: ObserveResult; problem: string }[];
}

/** Takes all observations through a model and keeps everything; for more than memory holds, listen to a `Rehearsal`. */
export function rehearse(engine: Engine, observations: Iterable<Observation>): Rehearsed {
  const changes: SegmentChange[] = [];
  const held: (EntityRef & Held)[] = [];
  const flips: RawFlip[] = [];
  const refused: { observation: Observation; result: ObserveResult; problem: string }[] = [];
  const rehearsal = new Rehearsal(engine, {
    changed: (change) => changes.push(change),
    held: ({ entityType, entityId }, each) => held.push({ entityType, entityId, ...each }),
    flipped: (flip) => flips.push(flip),
    refused: (observation, result, problem) => refused.push({ observation, result, problem }),
  });
  for (const observation of observations) rehearsal.observe(observation);
  rehearsal.finish();
  return { rehearsal, changes, held, flips, refused };
}
