import { isMap, type Node } from 'yaml';
import {
  COMMANDS,
  type Command,
  type Commands,
  type CommandType,
  OWN_PREFIX,
  type Plain,
} from '../playbooks/vocabulary.ts';
import { didYouMean } from './problems.ts';
import type { Entry, Reader } from './reader.ts';

/** Reads the commands of a playbook (`what`) against the vocabulary; what does not fit is a problem where it stands. */
export function readCommands(reader: Reader, node: Node | undefined, what: string): Commands {
  const commands: Record<string, Command> = {};
  for (const entry of reader.entries(node, what)) {
    const { key, node: value } = entry;
    const command = key.startsWith(OWN_PREFIX) ? readOwn(reader, entry) : readKnown(reader, entry, what, COMMANDS);
    if (command !== undefined) commands[key] = command;
    else if (value === undefined) reader.problems.add(entry.at, `${key} of ${what} is empty`);
  }
  return commands;
}

function readKnown(
  reader: Reader,
  { key, at, node }: Entry,
  what: string,
  known: Readonly<Record<string, CommandType>>,
): Command | undefined {
  const type = known[key];
  if (type === undefined) {
    const names = Object.keys(known);
    const near = didYouMean(key, names) || `; there are ${names.join(', ')}`;
    reader.problems.add(at, `${what} has no ${key}${near} (names of your own begin with ${OWN_PREFIX})`);
    return undefined;
  }
  if (node === undefined) return undefined;
  if (type.kind !== 'group') return readPlain(reader, node, key, type);
  const group: Record<string, Plain> = {};
  const entries = reader.entries(node, key);
  for (const entry of entries) {
    const value = readKnown(reader, entry, key, type.of);
    if (value !== undefined) group[entry.key] = value as Plain;
  }
  const isNothing = entries.length > 0 && Object.values(group).every((value) => value === 0);
  if (key === 'carrierWeights' && isNothing && Object.keys(group).length > 0)
    return reader.problem(node, 'carrierWeights are all 0: give at least one a weight above 0');
  return group;
}

function readPlain(reader: Reader, node: Node, key: string, type: Exclude<CommandType, { kind: 'group' }>) {
  const value = reader.scalar(node);
  if (type.kind === 'text') {
    if (typeof value === 'string' && value !== '') return value;
    return reader.problem(node, `${key} must be a text`);
  }
  if (type.kind === 'boolean') return reader.boolean(node, key);
  if (typeof value === 'number' && value >= type.low && value <= type.high) return value;
  return reader.problem(node, `${key} must be a number from ${type.low} to ${type.high}`);
}

/** A user's own: plain, or a group of plain values. */
function readOwn(reader: Reader, { key, node }: Entry): Command | undefined {
  if (node === undefined) return undefined;
  if (!isMap(node)) return plain(reader, node, key);
  const group: Record<string, Plain> = {};
  for (const entry of reader.entries(node, key)) {
    const value = entry.node === undefined ? undefined : plain(reader, entry.node, `${key}.${entry.key}`);
    if (value !== undefined) group[entry.key] = value;
  }
  return group;
}

function plain(reader: Reader, node: Node, key: string): Plain | undefined {
  const value = reader.scalar(node);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return reader.problem(node, `${key} must be a number, a text, true or false`);
}
