import { isMap, isPair, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { Calendars } from '../calendars/types.ts';
import { parseDuration } from './duration.ts';
import { didYouMean, type ProblemList } from './problems.ts';

/** One entry of a mapping: its key with the key's place, and the value's node (undefined when empty). */
export interface Entry {
  readonly key: string;
  readonly at: number;
  readonly node: Node | undefined;
}

/** Reads YAML nodes as what is expected, and notes a problem where they are not. */
export class Reader {
  readonly problems: ProblemList;
  /** What expressions may count by: set once the calendars are read. */
  calendars: Calendars = new Map();
  /** The model's own grace, ms: set before attributes are read. */
  graceMs = 0;
  constructor(problems: ProblemList) {
    this.problems = problems;
  }

  /** Where a node begins in the text. */
  at(node: Node | undefined): number {
    return node?.range?.[0] ?? 0;
  }

  problem(node: Node | undefined, message: string): undefined {
    this.problems.add(this.at(node), message);
    return undefined;
  }

  /** Entries of a mapping; an empty node is an empty mapping. */
  entries(node: Node | undefined, what: string): Entry[] {
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) {
      this.problem(node, `${what} must be a mapping of names to values`);
      return [];
    }
    return (node.items as Pair<Node, Node | null>[]).filter(isPair).map(({ key, value }) => ({
      key: String((key as Scalar).value),
      at: this.at(key),
      node: value === null || (isScalar(value) && value.value === null) ? undefined : value,
    }));
  }

  /** Entries by key, where only these keys may stand. */
  fields(node: Node | undefined, what: string, allowed: readonly string[]): Map<string, Entry> {
    const fields = new Map<string, Entry>();
    for (const entry of this.entries(node, what)) {
      if (allowed.includes(entry.key)) fields.set(entry.key, entry);
      else {
        const near = didYouMean(entry.key, allowed);
        this.problems.add(entry.at, `${what} has no ${entry.key}${near || `; it takes ${allowed.join(', ')}`}`);
      }
    }
    return fields;
  }

  items(node: Node | undefined, what: string): Node[] {
    if (node === undefined) return [];
    if (isSeq(node)) return node.items as Node[];
    this.problem(node, `${what} must be a list`);
    return [];
  }

  scalar(node: Node | undefined): unknown {
    return isScalar(node) ? node.value : undefined;
  }

  text(node: Node | undefined, what: string): string | undefined {
    const value = this.scalar(node);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    return this.problem(node, `${what} must be a text`);
  }

  number(node: Node | undefined, what: string, valid: (value: number) => boolean = () => true): number | undefined {
    const value = this.scalar(node);
    if (typeof value === 'number' && Number.isFinite(value) && valid(value)) return value;
    return this.problem(node, `${what} must be a number in its range`);
  }

  boolean(node: Node | undefined, what: string): boolean | undefined {
    const value = this.scalar(node);
    return typeof value === 'boolean' ? value : this.problem(node, `${what} must be true or false`);
  }

  /** Milliseconds, more than 0 unless `zero` is allowed. */
  duration(node: Node | undefined, what: string, zero = false): number | undefined {
    const value = this.scalar(node);
    const ms = value === 0 ? 0 : typeof value === 'string' ? parseDuration(value) : undefined;
    if (ms !== undefined && (ms > 0 || zero)) return ms;
    return this.problem(node, `${what} must be a duration such as 90s, 5m, 4h or 7d`);
  }

  /** `2 of 3`. */
  confirm(node: Node | undefined, what: string): { n: number; m: number } | undefined {
    const match = /^(\d+) of (\d+)$/.exec(String(this.scalar(node)));
    const n = Number(match?.[1]);
    const m = Number(match?.[2]);
    if (n >= 1 && n <= m && m <= 30) return { n, m };
    return this.problem(node, `${what} must be n of m, such as 2 of 3, with m at most 30`);
  }

  /** `4 per 1d`: so many, 1 to 16, in so long. */
  budget(node: Node | undefined, what: string): { moves: number; perMs: number } | undefined {
    const match = /^(\d+) per (\S+)$/.exec(String(this.scalar(node)));
    const moves = Number(match?.[1]);
    const perMs = match === null ? undefined : parseDuration(match[2]!);
    if (moves >= 1 && moves <= 16 && perMs !== undefined && perMs > 0) return { moves, perMs };
    return this.problem(node, `${what} must be moves per time, such as 4 per 1d, with 1 to 16 moves`);
  }
}
