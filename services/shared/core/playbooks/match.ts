import { AIMS, type Model, type Playbook } from '../model/types.ts';
import type { Command, Commands } from './vocabulary.ts';

/** The playbooks that apply and what they command together. */
export interface PlaybookMatch {
  /** Those that match, the strongest first. */
  readonly playbooks: readonly Playbook[];
  /** Each command as the strongest playbook that gives it has it. */
  readonly do: Commands;
}

/**
 * Finds the playbooks for segments, given as `order.urgency` → `same-day`. The most specific comes first; of two equally
 * specific ones safety goes before temperature, promise, handling and cost, then the order of the model decides.
 */
export function matchPlaybooks(model: Model, memberships: Readonly<Record<string, string | undefined>>): PlaybookMatch {
  const playbooks = model.playbooks
    .filter(({ match }) => isMatch(match, memberships))
    .sort((a, b) => b.match.size - a.match.size || AIMS.indexOf(a.aim) - AIMS.indexOf(b.aim));
  const commands: Record<string, Command> = {};
  for (const playbook of playbooks) {
    for (const [name, command] of Object.entries(playbook.do)) commands[name] ??= command;
  }
  return { playbooks, do: commands };
}

function isMatch(
  match: ReadonlyMap<string, string>,
  memberships: Readonly<Record<string, string | undefined>>,
): boolean {
  for (const [dimension, segment] of match) if (memberships[dimension] !== segment) return false;
  return true;
}
