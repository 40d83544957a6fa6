import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { didYouMean } from '../model/problems.ts';
import { type Draft, type Finding, LINT_CODES, type LintCode } from './findings.ts';

/** What a model's text allows at one place. */
interface Allowance {
  readonly code: string;
  readonly reason: string;
  /** Of the place that it stands beside; it also covers what lies below. */
  readonly path: readonly string[];
  readonly offset: number;
  used: boolean;
}

/** A model's text, to find places in and what is allowed there. */
export class Places {
  readonly #text: string;
  readonly #document: Document;
  readonly #allowed: Allowance[] = [];
  readonly #invalid: { offset: number; message: string; path: readonly string[] }[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#document = parseDocument(text, { prettyErrors: false });
    this.#collect(this.#document.contents as Node | null, []);
  }

  /** Puts a draft at its place, with the reason where it is allowed. */
  finding(draft: Draft): Finding {
    const { code, path, where, message, todo } = draft;
    const allowance = this.#allowed.find(
      (each) => each.code === code && each.path.every((step, i) => path[i] === step),
    );
    if (allowance !== undefined) allowance.used = true;
    return {
      code,
      severity: LINT_CODES[code],
      where,
      ...this.#at(this.#offsetOf(path)),
      message,
      todo,
      allowed: allowance?.reason ?? null,
    };
  }

  /** What is wrong with the allowances themselves. Those that only events can use up are left out where `events` is false. */
  ownFindings(codesLookedFor: ReadonlySet<LintCode>): Finding[] {
    const own = (
      code: 'allow-invalid' | 'unused-allow',
      offset: number,
      where: string,
      message: string,
      todo: string,
    ) => ({
      code,
      severity: LINT_CODES[code],
      where,
      ...this.#at(offset),
      message,
      todo,
      allowed: null,
    });
    return [
      ...this.#invalid.map(({ offset, message, path }) =>
        own('allow-invalid', offset, path.join('.'), message, 'write allow: [{ code: gap, reason: why it is meant }]'),
      ),
      ...this.#allowed
        .filter(({ code, used }) => !used && codesLookedFor.has(code as LintCode))
        .map(({ code, offset, path }) =>
          own(
            'unused-allow',
            offset,
            path.join('.'),
            `${code} is allowed here, but not found`,
            'take the allowance away',
          ),
        ),
    ];
  }

  #collect(node: Node | null, path: readonly string[]): void {
    if (isSeq(node)) {
      for (const [i, item] of (node.items as Node[]).entries()) this.#collect(item, [...path, String(i)]);
      return;
    }
    if (!isMap(node)) return;
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (name === 'allow' && isPlace(path)) this.#read(value, path, key.range?.[0] ?? 0);
      else this.#collect(value, [...path, name]);
    }
  }

  #read(node: Node | null, path: readonly string[], offset: number): void {
    if (!isSeq(node)) {
      this.#invalid.push({ offset, path, message: 'allow must be a list of { code, reason }' });
      return;
    }
    for (const item of node.items as Node[]) {
      const at = item.range?.[0] ?? offset;
      const text = (key: string) => (isMap(item) ? (item as YAMLMap).get(key) : undefined);
      const code = String(text('code') ?? '');
      const reason = String(text('reason') ?? '').trim();
      const known = Object.keys(LINT_CODES);
      if (!known.includes(code))
        this.#invalid.push({
          offset: at,
          path,
          message: `there is no finding ${code || 'without a code'}${didYouMean(code, known)}`,
        });
      else if (reason === '') this.#invalid.push({ offset: at, path, message: `allow of ${code} needs a reason` });
      else this.#allowed.push({ code, reason, path, offset: at, used: false });
    }
  }

  /** The key at the end of the path; of what is not written, the nearest above it. */
  #offsetOf(path: readonly string[]): number {
    let node = this.#document.contents as Node | null;
    let offset = node?.range?.[0] ?? 0;
    for (const step of path) {
      if (isSeq(node)) {
        node = (node.items[Number(step)] as Node | undefined) ?? null;
        offset = node?.range?.[0] ?? offset;
        continue;
      }
      if (!isMap(node)) break;
      const pair = (node.items as Pair<Node, Node | null>[]).find(
        ({ key }) => isScalar(key) && String(key.value) === step,
      );
      if (pair === undefined) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    }
    return offset;
  }

  #at(offset: number): { line: number; column: number } {
    const before = this.#text.slice(0, offset);
    return { line: before.split('\n').length, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
  }
}

/** Beside a playbook, an entity type, an attribute, a dimension or a segment; not where it would be a name of one's own. */
function isPlace(path: readonly string[]): boolean {
  if (path[0] === 'playbooks') return path.length === 2;
  if (path[0] !== 'entities') return false;
  return path.length === 2 || (path.length === 4 && path[2] !== 'inputs') || path.length === 6;
}
