/** One thing wrong with a model, at a place in its text. */
export interface Problem {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Everything wrong with a model, found in one go. Not retriable: someone must edit the file. */
export class ModelError extends Error {
  readonly code = 'DETENT_MODEL_INVALID';
  readonly retriable = false;
  readonly problems: readonly Problem[];
  readonly file: string;

  constructor(file: string, text: string, problems: readonly Problem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    super(render(file, text, sorted));
    this.name = 'ModelError';
    this.file = file;
    this.problems = sorted;
  }
}

/** Collects problems by offset into the text of one file. */
export class ProblemList {
  readonly #text: string;
  readonly #problems: Problem[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  get all(): readonly Problem[] {
    return this.#problems;
  }

  /** What stands between two offsets of the text. */
  source(from: number, to: number): string {
    return this.#text.slice(from, to);
  }

  /** Notes a problem at an offset of the text. The same words at the same place are kept once. */
  add(offset: number, message: string): void {
    const before = this.#text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - (before.lastIndexOf('\n') + 1) + 1;
    if (this.#problems.some((p) => p.line === line && p.column === column && p.message === message)) return;
    this.#problems.push({ message, line, column });
  }
}

/** `, did you mean x?` when a known name is near, `` otherwise. */
export function didYouMean(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === undefined ? '' : `, did you mean ${best}?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

function render(file: string, text: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const parts = problems.map(
    (problem) => `${file}:${problem.line}:${problem.column}: ${problem.message}\n${underlined(text, problem)}`,
  );
  return `the model has ${count}; nothing was loaded\n${parts.join('\n')}`;
}

/** The line of a text, and a caret under the character; both from 1. */
export function underlined(text: string, { line, column }: Pick<Problem, 'line' | 'column'>): string {
  const source = text.split('\n')[line - 1] ?? '';
  const before = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return `  ${source}\n  ${before}^`;
}
