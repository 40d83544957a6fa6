import { type Pattern, PatternError, parsePattern, type Range } from './pattern-syntax.ts';

const MOST_CHARACTERS = 200;
const MOST_INSTRUCTIONS = 1000;
/** States of the automaton kept; when there are more, they are made anew. */
const MOST_STATES = 500;

type Instruction =
  | { readonly op: 'set'; readonly ranges: readonly Range[] }
  | { readonly op: 'fork'; first: number; second: number }
  | { readonly op: 'start' | 'end' | 'match' };

/** A set of places in the program, and where each class of characters leads from it. */
interface State {
  readonly places: readonly number[];
  readonly matches: boolean;
  readonly matchesAtEnd: boolean;
  readonly next: (State | undefined)[];
}

/**
 * Whether a text holds the pattern (anywhere, unless it is anchored), in time that grows with the length of the text
 * alone. The pattern becomes a nondeterministic automaton whose states are followed together (K. Thompson, "Regular
 * expression search algorithm", CACM 11(6), 1968), and the sets that occur are kept. Throws `PatternError` for what
 * `parsePattern` refuses, and for a pattern that is too large.
 */
export function compilePattern(text: string): (subject: string) => boolean {
  if (text.length > MOST_CHARACTERS)
    throw new PatternError(MOST_CHARACTERS, `a pattern has at most ${MOST_CHARACTERS} characters`);
  const automaton = new Automaton(assemble(parsePattern(text)));
  return (subject) => automaton.isIn(subject);
}

function assemble(pattern: Pattern): Instruction[] {
  const program: Instruction[] = [];
  const add = (instruction: Instruction): number => {
    if (program.length >= MOST_INSTRUCTIONS)
      throw new PatternError(
        0,
        `the pattern is too large: its counts multiply to more than ${MOST_INSTRUCTIONS} steps`,
      );
    return program.push(instruction) - 1;
  };
  const fork = () => {
    const at = add({ op: 'fork', first: program.length + 1, second: -1 });
    return program[at] as Extract<Instruction, { op: 'fork' }>;
  };
  const jump = (to: number) => add({ op: 'fork', first: to, second: to });
  const emit = (node: Pattern): void => {
    switch (node.kind) {
      case 'set':
        add({ op: 'set', ranges: node.ranges });
        return;
      case 'start':
      case 'end':
        add({ op: node.kind });
        return;
      case 'sequence':
        for (const part of node.parts) emit(part);
        return;
      case 'either': {
        const ends: Extract<Instruction, { op: 'fork' }>[] = [];
        node.parts.forEach((part, i) => {
          const isLast = i === node.parts.length - 1;
          const branch = isLast ? undefined : fork();
          emit(part);
          if (branch === undefined) return;
          ends.push(program[jump(0)] as Extract<Instruction, { op: 'fork' }>);
          branch.second = program.length;
        });
        for (const end of ends) {
          end.first = program.length;
          end.second = program.length;
        }
        return;
      }
      case 'repeat': {
        for (let i = 0; i < node.least; i++) emit(node.part);
        if (node.most === Infinity) {
          const at = program.length;
          const loop = fork();
          emit(node.part);
          jump(at);
          loop.second = program.length;
          return;
        }
        const exits = [];
        for (let i = node.least; i < node.most; i++) {
          exits.push(fork());
          emit(node.part);
        }
        for (const exit of exits) exit.second = program.length;
      }
    }
  };
  emit(pattern);
  add({ op: 'match' });
  return program;
}

class Automaton {
  readonly #program: readonly Instruction[];
  /** First code points of the classes: within one, all characters lead to the same. */
  readonly #bounds: readonly number[];
  readonly #states = new Map<string, State>();
  #start: State | undefined;

  constructor(program: readonly Instruction[]) {
    this.#program = program;
    const ranges = program.flatMap((instruction) => (instruction.op === 'set' ? instruction.ranges : []));
    this.#bounds = [...new Set([0, ...ranges.flatMap(([from, to]) => [from, to + 1])])].sort((a, b) => a - b);
  }

  isIn(subject: string): boolean {
    this.#start ??= this.#state(this.#follow([0], true, false), true);
    let state = this.#start;
    for (let at = 0; at < subject.length; at++) {
      if (state.matches) return true;
      const point = subject.codePointAt(at)!;
      if (point > 0xffff) at++;
      state = this.#step(state, this.#classOf(point));
    }
    return state.matches || state.matchesAtEnd;
  }

  #step(state: State, kind: number): State {
    const known = state.next[kind];
    if (known !== undefined) return known;
    const point = this.#bounds[kind]!;
    const places: number[] = [];
    for (const place of state.places) {
      const instruction = this.#program[place]!;
      if (instruction.op === 'set' && instruction.ranges.some(([from, to]) => point >= from && point <= to))
        places.push(place + 1);
    }
    // It may begin at any character.
    const next = this.#state(this.#follow([...places, 0], false, false), false);
    state.next[kind] = next;
    return next;
  }

  /** The class that a code point is in: the last bound that is not beyond it. */
  #classOf(point: number): number {
    let low = 0;
    let high = this.#bounds.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#bounds[middle]! <= point) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #state(places: readonly number[], atStart: boolean): State {
    const id = (atStart ? '^' : '') + places.join();
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    if (this.#states.size >= MOST_STATES) {
      for (const { next } of this.#states.values()) next.length = 0;
      this.#states.clear();
      this.#start = undefined;
    }
    const isMatch = (at: readonly number[]) => at.some((place) => this.#program[place]!.op === 'match');
    const state = {
      places,
      matches: isMatch(places),
      matchesAtEnd: isMatch(this.#follow(places, atStart, true)),
      next: [],
    };
    this.#states.set(id, state);
    return state;
  }

  /** All places that are reached from these without a character, sorted. */
  #follow(from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const reached = new Set<number>();
    const open = [...from];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (reached.has(place)) continue;
      reached.add(place);
      const instruction = this.#program[place]!;
      if (instruction.op === 'fork') open.push(instruction.first, instruction.second);
      else if ((instruction.op === 'start' && atStart) || (instruction.op === 'end' && atEnd)) open.push(place + 1);
    }
    return [...reached].sort((a, b) => a - b);
  }
}
