import type { EntityRef } from '../engine/types.ts';
import type { Model, Playbook } from '../model/types.ts';
import { commandsOtherwise, differing, type Otherwise } from './handled.ts';
import type { Segments, Stands } from './stands.ts';

/** A playbook that two models give otherwise. */
export interface ChangedPlaybook {
  readonly name: string;
  /** What of it differs: `match`, `aim`, `sop`, or `do.` and the command. One that is new or gone differs in all that it says. */
  readonly changes: readonly Otherwise[];
}

/** A changed playbook with all whom it concerned over a history, by type and id. */
export interface PlaybookEffect extends ChangedPlaybook {
  /** Who stood in the segments that it matches, by either model. */
  readonly entities: readonly EntityRef[];
}

/** Playbooks that differ, in the order of the earlier model, then new ones. */
export function changedPlaybooks(before: Model, after: Model): ChangedPlaybook[] {
  return namesOf(before, after).flatMap((name) => {
    const changes = changesOf(byName(before, name), byName(after, name));
    return changes.length === 0 ? [] : [{ name, changes }];
  });
}

/** Playbooks that differ, each with all who had it: as entities stood by the earlier model (`was`) and by the later (`is`). */
export function playbookEffects(before: Model, after: Model, was: Stands, is: Stands): PlaybookEffect[] {
  return changedPlaybooks(before, after).map((changed) => {
    const found = new Map([...had(byName(before, changed.name), was), ...had(byName(after, changed.name), is)]);
    const entities = [...found.keys()].sort().map((key) => found.get(key)!);
    return { ...changed, entities };
  });
}

function had(playbook: Playbook | undefined, stands: Stands): [string, EntityRef][] {
  if (playbook === undefined) return [];
  return [...stands].flatMap(([key, { entityType, entityId, stands: of }]) =>
    [...of.values()].some((segments) => isIn(playbook.match, segments)) ? [[key, { entityType, entityId }]] : [],
  );
}

function namesOf(...models: readonly Model[]): string[] {
  return [...new Set(models.flatMap(({ playbooks }) => playbooks.map(({ name }) => name)))];
}

function byName({ playbooks }: Model, wanted: string): Playbook | undefined {
  return playbooks.find(({ name }) => name === wanted);
}

function changesOf(from: Playbook | undefined, to: Playbook | undefined): Otherwise[] {
  const matchOf = (of: Playbook | undefined) => [...(of?.match ?? [])].map((each) => each.join(': ')).join(', ');
  return [
    ...differing('match', matchOf(from), matchOf(to)),
    ...differing('aim', from?.aim ?? '', to?.aim ?? ''),
    ...differing('sop', from?.sop ?? '', to?.sop ?? ''),
    ...commandsOtherwise(from?.do ?? {}, to?.do ?? {}),
  ];
}

function isIn(match: Playbook['match'], segments: Segments): boolean {
  return [...match].every(([dimension, segment]) => segments[dimension] === segment);
}
