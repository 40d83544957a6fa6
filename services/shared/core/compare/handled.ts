import type { Engine } from '../engine/engine.ts';
import type { EntityRef } from '../engine/types.ts';
import type { Model } from '../model/types.ts';
import { type Handling, handlingBy } from '../playbooks/resolve.ts';
import { commandText, sameCommand } from '../playbooks/vocabulary.ts';
import type { Rehearsal } from '../rehearsal/index.ts';

/** One thing that another model would do otherwise; null for nothing. `what`: `playbook`, `sop` or `do.` and the command. */
export interface Otherwise {
  readonly what: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** An entity that would be handled otherwise although it stands where it stood. */
export interface HandledOtherwise extends EntityRef {
  readonly segments: Readonly<Record<string, string>>;
  readonly changes: readonly Otherwise[];
}

/** Segments of each entity at the end of a rehearsal, by `type:id` and `type.dimension`. */
export type Stands = ReadonlyMap<string, EntityRef & { readonly segments: Readonly<Record<string, string>> }>;

export function segmentsOf(engine: Engine, rehearsal: Rehearsal): Stands {
  const stands = new Map<string, EntityRef & { segments: Record<string, string> }>();
  for (const state of rehearsal.states()) {
    const { entityType, entityId } = state;
    const segments: Record<string, string> = {};
    for (const [dimension, { segment }] of Object.entries(
      engine.membership(state, rehearsal.streamTime)?.dimensions ?? {},
    ))
      segments[`${entityType}.${dimension}`] = segment;
    if (Object.keys(segments).length > 0) stands.set(`${entityType}:${entityId}`, { entityType, entityId, segments });
  }
  return stands;
}

/**
 * Who would get another playbook, page or command by `after` although it stands in the same segments as by `before`, by
 * type and id. Who stands elsewhere is not among them: that is another question.
 */
export function handledOtherwise(before: Model, after: Model, was: Stands, is: Stands): HandledOtherwise[] {
  const [by, now] = [handlingBy(before), handlingBy(after)];
  const found: HandledOtherwise[] = [];
  for (const key of [...was.keys()].sort()) {
    const old = was.get(key)!;
    const stand = is.get(key);
    if (stand === undefined || !sameCommand(old.segments, stand.segments)) continue;
    const changes = otherwise(by(old.segments), now(old.segments));
    const { entityType, entityId, segments } = old;
    if (changes.length > 0) found.push({ entityType, entityId, segments, changes });
  }
  return found;
}

function otherwise(from: Handling, to: Handling): Otherwise[] {
  const changes: Otherwise[] = [];
  const add = (what: string, a: string, b: string) => {
    if (a !== b) changes.push({ what, from: a || null, to: b || null });
  };
  add('playbook', from.playbook, to.playbook);
  add('sop', from.sop, to.sop);
  for (const name of [...new Set([...Object.keys(from.do), ...Object.keys(to.do)])].sort()) {
    if (sameCommand(from.do[name], to.do[name])) continue;
    const text = (handling: Handling) => (handling.do[name] === undefined ? '' : commandText(handling.do[name]));
    add(`do.${name}`, text(from), text(to));
  }
  return changes;
}
