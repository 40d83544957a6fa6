import type { EntityRef } from '../engine/types.ts';
import type { Model } from '../model/types.ts';
import { type Handling, handlingBy } from '../playbooks/resolve.ts';
import { type Commands, commandText, sameCommand } from '../playbooks/vocabulary.ts';
import type { Segments, Stands } from './stands.ts';

/** One thing that another model would do otherwise; null for nothing. `what`: `playbook`, `sop` or `do.` and the command. */
export interface Otherwise {
  readonly what: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** An entity that would be handled otherwise although it stands in the same segments; one of them where there are several. */
export interface HandledOtherwise extends EntityRef {
  readonly segments: Segments;
  /** In any of those segments, each once. */
  readonly changes: readonly Otherwise[];
}

/**
 * Who would get another playbook, page or command by `after` than by `before` in segments in which it stands under both, by
 * type and id. Who stands elsewhere is not among them: that is another question.
 */
export function handledOtherwise(before: Model, after: Model, was: Stands, is: Stands): HandledOtherwise[] {
  const [by, now] = [handlingBy(before), handlingBy(after)];
  const known = new Map<string, readonly Otherwise[]>();
  const found: HandledOtherwise[] = [];
  for (const key of [...was.keys()].sort()) {
    const { entityType, entityId, stands } = was.get(key)!;
    const changes = new Map<string, Otherwise>();
    let last: Segments = {};
    for (const [text, segments] of stands) {
      if (is.get(key)?.stands.has(text) !== true) continue;
      const here = known.get(text) ?? otherwise(by(segments), now(segments));
      known.set(text, here);
      for (const each of here) changes.set(JSON.stringify(each), each);
      if (here.length > 0) last = segments;
    }
    if (changes.size > 0) found.push({ entityType, entityId, segments: last, changes: [...changes.values()] });
  }
  return found;
}

function otherwise(from: Handling, to: Handling): Otherwise[] {
  return [
    ...differing('playbook', from.playbook, to.playbook),
    ...differing('sop', from.sop, to.sop),
    ...commandsOtherwise(from.do, to.do),
  ];
}

/** What two texts say otherwise; an empty one says nothing. */
export function differing(what: string, from: string, to: string): Otherwise[] {
  return from === to ? [] : [{ what, from: from || null, to: to || null }];
}

/** Commands that differ, by name. */
export function commandsOtherwise(from: Commands, to: Commands): Otherwise[] {
  const text = (commands: Commands, name: string) => (commands[name] === undefined ? '' : commandText(commands[name]));
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .filter((name) => !sameCommand(from[name], to[name]))
    .flatMap((name) => differing(`do.${name}`, text(from, name), text(to, name)));
}
