import type { Node } from 'yaml';
import { sameCommand } from '../playbooks/vocabulary.ts';
import { didYouMean } from './problems.ts';
import { readCommands } from './read-commands.ts';
import type { Reader } from './reader.ts';
import { AIMS, type Aim, type EntityModel, type Playbook } from './types.ts';

/** Reads playbooks and reports those of equal rank that would do different things for the same entity. */
export function readPlaybooks(
  reader: Reader,
  node: Node | undefined,
  entities: ReadonlyMap<string, EntityModel>,
): Playbook[] {
  const playbooks: Playbook[] = [];
  for (const item of reader.items(node, 'playbooks')) {
    const fields = reader.fields(item, 'a playbook', ['name', 'doc', 'match', 'aim', 'do', 'sop', 'allow']);
    const name = reader.text(fields.get('name')?.node ?? item, 'the name of a playbook') ?? '';
    if (playbooks.some((other) => other.name === name))
      reader.problem(
        fields.get('name')?.node ?? item,
        `there is a playbook ${name} above: an action names its playbook, so each needs a name of its own`,
      );
    const aimNode = fields.get('aim')?.node;
    const aim = reader.scalar(aimNode) as Aim;
    if (!AIMS.includes(aim))
      reader.problem(aimNode ?? item, `aim of playbook ${name} must be one of ${AIMS.join(', ')}`);
    const match = new Map<string, string>();
    for (const { key, at, node: value } of reader.entries(fields.get('match')?.node, `match of playbook ${name}`)) {
      const segment = String(reader.scalar(value));
      const problem = mismatch(key, segment, entities);
      if (problem !== undefined) reader.problems.add(at, problem);
      match.set(key, segment);
    }
    const types = new Set([...match.keys()].map((key) => key.split('.')[0]));
    if (types.size > 1)
      reader.problem(
        fields.get('match')?.node,
        `playbook ${name} can never match: it names ${[...types].join(' and ')}, and decisions are made for one entity at a time`,
      );
    if (match.size === 0) reader.problem(item, `playbook ${name} matches nothing: give it a match`);
    const commands = readCommands(reader, fields.get('do')?.node, `do of playbook ${name}`);
    const sop = fields.has('sop') ? reader.text(fields.get('sop')?.node, 'sop') : undefined;
    const playbook: Playbook = { name, match, aim, do: commands, sop };
    for (const other of playbooks) {
      const key = conflict(playbook, other);
      if (key !== undefined)
        reader.problem(
          item,
          `playbooks ${other.name} and ${name} can match together, rank the same and disagree on ${key}`,
        );
    }
    playbooks.push(playbook);
  }
  return playbooks;
}

function mismatch(key: string, segment: string, entities: ReadonlyMap<string, EntityModel>): string | undefined {
  const [type = '', name = ''] = key.split('.');
  const entity = entities.get(type);
  if (entity === undefined) return `the model has no entity type ${type}${didYouMean(type, entities.keys())}`;
  const names = entity.dimensions.map((dimension) => dimension.name);
  const dimension = entity.dimensions.find((candidate) => candidate.name === name);
  if (dimension === undefined) return `${type} has no dimension ${name}${didYouMean(name, names)}`;
  const segments = dimension.segments.map((candidate) => candidate.name);
  if (segments.includes(segment)) return undefined;
  return `${key} has no segment ${segment}${didYouMean(segment, segments) || `; it has ${segments.join(', ')}`}`;
}

function conflict(a: Playbook, b: Playbook): string | undefined {
  if (a.aim !== b.aim || a.match.size !== b.match.size || typeOf(a) !== typeOf(b)) return undefined;
  for (const [key, segment] of a.match) if ((b.match.get(key) ?? segment) !== segment) return undefined;
  return Object.keys(a.do).find((key) => key in b.do && !sameCommand(a.do[key], b.do[key]));
}

/** The entity type that a playbook is for. */
function typeOf({ match }: Playbook): string | undefined {
  return [...match.keys()][0]?.split('.')[0];
}
