/** Code points from `from` to `to`, both included. */
export type Range = readonly [from: number, to: number];

/** A pattern as a tree. `repeat` with `most` Infinity has no upper bound. */
export type Pattern =
  | { readonly kind: 'set'; readonly ranges: readonly Range[] }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number };

/** What is wrong with a pattern, at a character of it. */
export class PatternError extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.name = 'PatternError';
    this.at = at;
  }
}

const LAST = 0x10ffff;
const MOST_REPEATS = 100;
const DIGIT: readonly Range[] = [[48, 57]];
const WORD: readonly Range[] = [[48, 57], [65, 90], [95, 95], [97, 122]]; // biome-ignore format: one set
const SPACE: readonly Range[] = [[9, 10], [12, 13], [32, 32]]; // biome-ignore format: one set
const NOT_NEWLINE = invert([[10, 10]]);
const CLASSES: Readonly<Record<string, readonly Range[]>> = {
  d: DIGIT,
  D: invert(DIGIT),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12 };

/**
 * Reads a pattern in the part of RE2's syntax that regular languages cover: literals, `.`, classes, `\d \w \s`, groups,
 * `|`, `* + ?`, `{n,m}`, `^`, `$` and a leading `(?i)` (ASCII letters). Throws `PatternError` where it is anything else:
 * what looks back or around cannot be matched in linear time.
 */
export function parsePattern(text: string): Pattern {
  return new Parser(text).read();
}

/** All code points outside the ranges. */
export function invert(ranges: readonly Range[]): Range[] {
  const outside: Range[] = [];
  let next = 0;
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (from > next) outside.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= LAST) outside.push([next, LAST]);
  return outside;
}

class Parser {
  readonly #text: string;
  #at = 0;
  readonly #foldCase: boolean;

  constructor(text: string) {
    this.#text = text;
    this.#foldCase = text.startsWith('(?i)');
    if (this.#foldCase) this.#at = 4;
  }

  read(): Pattern {
    const pattern = this.#either();
    if (this.#at < this.#text.length) throw new PatternError(this.#at, 'this bracket closes nothing');
    return pattern;
  }

  #either(): Pattern {
    const parts = [this.#sequence()];
    while (this.#takes('|')) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'either', parts };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Pattern {
    const start = this.#at;
    const part = this.#atom();
    const bounds = this.#bounds();
    if (bounds === undefined) return part;
    if (part.kind === 'start' || part.kind === 'end') throw new PatternError(start, 'an anchor cannot be repeated');
    // Shortest or longest: whether it matches at all is the same.
    this.#takes('?');
    if ('*+?'.includes(this.#peek() || ' ') || /^\{\d/.test(this.#text.slice(this.#at)))
      throw new PatternError(this.#at, 'what is repeated already cannot be repeated: put it in brackets');
    return { kind: 'repeat', part, ...bounds };
  }

  #bounds(): { least: number; most: number } | undefined {
    if (this.#takes('*')) return { least: 0, most: Infinity };
    if (this.#takes('+')) return { least: 1, most: Infinity };
    if (this.#takes('?')) return { least: 0, most: 1 };
    if (this.#peek() !== '{') return undefined;
    const at = this.#at;
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(at));
    if (match === null) throw new PatternError(at, 'a { must begin a count such as {2,5}, or be written \\{');
    this.#at += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3]);
    if (most < least || least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS))
      throw new PatternError(at, `a count goes up to ${MOST_REPEATS}, the smaller number first`);
    return { least, most };
  }

  #atom(): Pattern {
    const at = this.#at;
    const character = this.#next();
    switch (character) {
      case '(': {
        if (this.#takes('?') && !this.#takes(':'))
          throw new PatternError(at, 'groups that look around or have names cannot be used: ( ) or (?: )');
        const inner = this.#either();
        if (!this.#takes(')')) throw new PatternError(at, 'this bracket is never closed');
        return inner;
      }
      case '[':
        return this.#set(this.#charset(at));
      case '.':
        return { kind: 'set', ranges: NOT_NEWLINE };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return this.#set(this.#escaped(at));
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternError(
          at,
          `there is nothing for ${character} to repeat; for the character itself write \\${character}`,
        );
      default:
        return this.#set([single(character)]);
    }
  }

  #set(ranges: readonly Range[]): Pattern {
    return { kind: 'set', ranges: this.#foldCase ? ranges.flatMap(bothCases) : ranges };
  }

  #escaped(at: number): readonly Range[] {
    if (this.#at >= this.#text.length) throw new PatternError(at, 'a \\ ends the pattern');
    const character = this.#next();
    const known = CLASSES[character];
    if (known !== undefined) return known;
    const control = CONTROLS[character];
    if (control !== undefined) return [[control, control]];
    if (/[\p{L}\p{N}]/u.test(character))
      throw new PatternError(at, `\\${character} cannot be used; there are \\d \\w \\s, \\t \\n \\r and escaped signs`);
    return [single(character)];
  }

  #charset(at: number): readonly Range[] {
    const negated = this.#takes('^');
    const ranges: Range[] = [];
    for (let isFirst = true; ; isFirst = false) {
      if (this.#at >= this.#text.length) throw new PatternError(at, 'this [ is never closed');
      if (!isFirst && this.#takes(']')) break;
      const start = this.#at;
      const from = this.#member();
      const isRange = this.#peek() === '-' && this.#text[this.#at + 1] !== ']' && this.#at + 1 < this.#text.length;
      if (!isRange) {
        ranges.push(...from);
        continue;
      }
      this.#at++;
      const to = this.#member();
      const low = from[0]!;
      const high = to[0]!;
      if (from.length > 1 || to.length > 1 || low[0] !== low[1] || high[0] !== high[1] || high[0] < low[0])
        throw new PatternError(start, 'a range needs two characters, the smaller first');
      ranges.push([low[0], high[0]]);
    }
    // Case is folded before it is negated: [^a] then excludes both.
    const folded = this.#foldCase ? ranges.flatMap(bothCases) : ranges;
    return negated ? invert(folded) : folded;
  }

  #member(): readonly Range[] {
    const at = this.#at;
    const character = this.#next();
    return character === '\\' ? this.#escaped(at) : [single(character)];
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #next(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
    this.#at += character.length;
    return character;
  }

  #takes(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

function single(character: string): Range {
  const point = character.codePointAt(0)!;
  return [point, point];
}

/** The range, and its ASCII letters in the other case. */
function bothCases([from, to]: Range): Range[] {
  const overlap = (low: number, high: number, shift: number): Range[] =>
    from <= high && to >= low ? [[Math.max(from, low) + shift, Math.min(to, high) + shift]] : [];
  return [[from, to], ...overlap(65, 90, 32), ...overlap(97, 122, -32)];
}
