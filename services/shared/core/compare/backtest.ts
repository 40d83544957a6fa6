import type { SegmentChange } from '../changes/types.ts';
import { compileModel, type Engine } from '../engine/engine.ts';
import { dimensionsOf, retiredAfter } from '../engine/retired.ts';
import type { EntityRef, Observation } from '../engine/types.ts';
import type { Model } from '../model/types.ts';
import { Rehearsal } from '../rehearsal/index.ts';
import { type PlaybookEffect, playbookEffects } from './changed-playbooks.ts';
import { type HandledOtherwise, handledOtherwise } from './handled.ts';
import { type Stands, standsAtEnd } from './stands.ts';
import { type Tally, Tallying } from './tally.ts';

/** An entity that stands elsewhere under another model; null for nowhere. */
export interface Elsewhere extends EntityRef {
  readonly dimension: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Two models over one history. */
export interface Comparison {
  readonly before: Tally;
  readonly after: Tally;
  /** Who stands elsewhere at the end of it, had the other model been in force all along. */
  readonly elsewhere: Elsewhere[];
  /** Who stood in the same segments under both at any time, but would have been handled otherwise there. */
  readonly otherwise: HandledOtherwise[];
  /** Playbooks that differ, with all who had them at any time. */
  readonly playbooks: PlaybookEffect[];
}

/** What a switch at the end of a history would cause. */
export interface Preview {
  /** Epoch ms. */
  readonly at: number;
  readonly changes: SegmentChange[];
  /** Who stays where it stands, but is handled otherwise from then on. */
  readonly otherwise: HandledOtherwise[];
}

/** A model over a history: what it came to, where everybody stood on the way, and the rehearsal at its end. */
export function tally(
  model: Model,
  observations: Iterable<Observation>,
): { tally: Tally; stands: Stands; rehearsal: Rehearsal } {
  const engine = compileModel(model);
  const counts = new Tallying(engine);
  const rehearsal = new Rehearsal(engine, counts);
  for (const observation of observations) rehearsal.observe(observation);
  rehearsal.finish();
  return { tally: counts.result(rehearsal), stands: counts.stands(), rehearsal };
}

/** Two models side by side over one history. */
export function compare(before: Model, after: Model, observations: Iterable<Observation>): Comparison {
  const sides = [before, after].map((model) => {
    const engine = compileModel(model);
    const counts = new Tallying(engine);
    return { engine, counts, rehearsal: new Rehearsal(engine, counts) };
  });
  for (const observation of observations) for (const { rehearsal } of sides) rehearsal.observe(observation);
  for (const { rehearsal } of sides) rehearsal.finish();
  const [old, now] = sides as [(typeof sides)[0], (typeof sides)[0]];
  return {
    before: old.counts.result(old.rehearsal),
    after: now.counts.result(now.rehearsal),
    elsewhere: elsewhere(standsOf(old.engine, old.rehearsal), standsOf(now.engine, now.rehearsal)),
    otherwise: handledOtherwise(before, after, old.counts.stands(), now.counts.stands()),
    playbooks: playbookEffects(before, after, old.counts.stands(), now.counts.stands()),
  };
}

/** What a promotion of `after` would cause at the end of the history that `rehearsal` has taken, which then goes on under it. */
export function previewSwitch(rehearsal: Rehearsal, after: Model): Preview {
  const before = rehearsal.engine.model;
  const engine = compileModel(after, retiredAfter(dimensionsOf(before), {}, after));
  const at = rehearsal.streamTime;
  const was = standsAtEnd(rehearsal.engine, rehearsal);
  const changes = rehearsal.switchTo(engine, at);
  return { at, changes, otherwise: handledOtherwise(before, after, was, standsAtEnd(engine, rehearsal)) };
}

function standsOf(engine: Engine, rehearsal: Rehearsal): Map<string, Elsewhere> {
  const stands = new Map<string, Elsewhere>();
  for (const state of rehearsal.states()) {
    const { entityType, entityId } = state;
    for (const [dimension, { segment }] of Object.entries(engine.membership(state, 0)?.dimensions ?? {}))
      stands.set(`${entityType}:${entityId}:${dimension}`, {
        entityType,
        entityId,
        dimension,
        from: null,
        to: segment,
      });
  }
  return stands;
}

function elsewhere(before: ReadonlyMap<string, Elsewhere>, after: ReadonlyMap<string, Elsewhere>): Elsewhere[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const from = before.get(key)?.to ?? null;
    const to = after.get(key)?.to ?? null;
    if (from === to) return [];
    return [{ ...(before.get(key) ?? after.get(key)!), from, to }];
  });
}
