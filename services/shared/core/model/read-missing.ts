import type { Node } from 'yaml';
import { parseDuration } from './duration.ts';
import type { Reader } from './reader.ts';
import type { MissingPolicy, ValueType } from './types.ts';

/** Reads `hold`, `leave after 2h` or `default 0`. Absent: hold. */
export function readMissing(reader: Reader, node: Node | undefined, type: ValueType): MissingPolicy {
  if (node === undefined) return { kind: 'hold' };
  const text = String(reader.scalar(node));
  if (text === 'hold') return { kind: 'hold' };
  const leave = /^leave after (\S+)$/.exec(text);
  const afterMs = leave === null ? undefined : parseDuration(leave[1]!);
  if (afterMs !== undefined && afterMs > 0) return { kind: 'leave', afterMs };
  const value = /^default (.+)$/.exec(text)?.[1];
  const parsed = value === undefined ? undefined : parseValue(value, type);
  if (parsed !== undefined) return { kind: 'default', value: parsed };
  reader.problem(node, `missing must be hold, leave after <duration> or default <${type}>`);
  return { kind: 'hold' };
}

function parseValue(text: string, type: ValueType): number | string | boolean | undefined {
  if (type === 'string') return text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
