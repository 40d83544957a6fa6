import type { ASTNode } from '@marcbachmann/cel-js';
import { calendarCall, nameOf, patternCall } from './ast.ts';
import { FUNCTIONS, STRING_METHODS } from './functions.ts';

/** A number, or a truth as 1 and 0, of a subject at an instant (epoch ms); NaN when missing. */
export type NumberOf<S> = (subject: S, now: number) => number;
/** A text of a subject at an instant; undefined when missing. */
export type TextOf<S> = (subject: S, now: number) => string | undefined;

/** A compiled expression. Truths are numbers so that missing (NaN) is a value of its own, as in Kleene's logic. */
export type Compiled<S> =
  | { readonly type: 'number' | 'boolean'; readonly num: NumberOf<S> }
  | { readonly type: 'string'; readonly text: TextOf<S> };

/** What a name stands for. Never asked for a name that the parser did not accept. */
export type Resolve<S> = (name: string) => Compiled<S>;

/** Turns a checked expression into closures; nothing is allocated when they run. */
export function compileExpression<S>(node: ASTNode, resolve: Resolve<S>): Compiled<S> {
  const name = nameOf(node);
  if (name !== undefined) return resolve(name);
  const num = (operand: ASTNode) => numberOf(compileExpression(operand, resolve));
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case '!_': {
      const of = num(node.args);
      return truth((s, now) => 1 - of(s, now));
    }
    case '-_': {
      const of = num(node.args);
      return number((s, now) => -of(s, now));
    }
    case '&&':
      return truth(both(num(node.args[0]), num(node.args[1])));
    case '||':
      return truth(either(num(node.args[0]), num(node.args[1])));
    case '?:': {
      const [test, yes, no] = node.args;
      return choose(num(test), compileExpression(yes, resolve), compileExpression(no, resolve));
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return truth(
        compare(node.op, compileExpression(node.args[0], resolve), compileExpression(node.args[1], resolve)),
      );
    case '+':
    case '-':
    case '*':
    case '/':
      return calculate(node.op, compileExpression(node.args[0], resolve), compileExpression(node.args[1], resolve));
    case 'in':
      return truth(among(compileExpression(node.args[0], resolve), elementsOf(node.args[1], resolve)));
    case 'call': {
      const counted = calendarCall(node);
      if (counted !== undefined) return number(callOf(counted.apply, counted.numbers.map(num)));
      return number(callOf(FUNCTIONS.get(node.args[0])!.apply, node.args[1].map(num)));
    }
    case 'rcall': {
      const [method, subject, args] = node.args;
      const pattern = patternCall(node);
      if (pattern !== undefined) {
        const text = textOf(compileExpression(subject, resolve));
        return truth((s, now) => test(pattern.isIn, text(s, now)));
      }
      return truth(
        methodOf(method, textOf(compileExpression(subject, resolve)), textOf(compileExpression(args[0]!, resolve))),
      );
    }
    default:
      throw new Error(`the parser let the operator ${node.op} pass`);
  }
}

const number = <S>(num: NumberOf<S>): Compiled<S> => ({ type: 'number', num });
const truth = <S>(num: NumberOf<S>): Compiled<S> => ({ type: 'boolean', num });

/** The closure of a number or truth. Throws where the type check would have refused. */
export function numberOf<S>(compiled: Compiled<S>): NumberOf<S> {
  if (compiled.type === 'string') throw new Error('a text stands where a number is needed');
  return compiled.num;
}

/** The closure of a text. Throws where the type check would have refused. */
export function textOf<S>(compiled: Compiled<S>): TextOf<S> {
  if (compiled.type !== 'string') throw new Error('a number stands where a text is needed');
  return compiled.text;
}

function literal<S>(value: unknown): Compiled<S> {
  if (typeof value === 'string') return { type: 'string', text: () => value };
  const constant = Number(value);
  return { type: typeof value === 'boolean' ? 'boolean' : 'number', num: () => constant };
}

function both<S>(left: NumberOf<S>, right: NumberOf<S>): NumberOf<S> {
  return (s, now) => {
    const l = left(s, now);
    if (l === 0) return 0;
    const r = right(s, now);
    return r === 0 ? 0 : l + r === 2 ? 1 : Number.NaN;
  };
}

function either<S>(left: NumberOf<S>, right: NumberOf<S>): NumberOf<S> {
  return (s, now) => {
    const l = left(s, now);
    if (l === 1) return 1;
    const r = right(s, now);
    return r === 1 ? 1 : l + r === 0 ? 0 : Number.NaN;
  };
}

function choose<S>(test: NumberOf<S>, yes: Compiled<S>, no: Compiled<S>): Compiled<S> {
  if (yes.type === 'string') {
    const a = yes.text;
    const b = textOf(no);
    return {
      type: 'string',
      text: (s, now) => {
        const picked = test(s, now);
        return picked === 1 ? a(s, now) : picked === 0 ? b(s, now) : undefined;
      },
    };
  }
  const a = yes.num;
  const b = numberOf(no);
  return {
    type: yes.type,
    num: (s, now) => {
      const picked = test(s, now);
      return picked === 1 ? a(s, now) : picked === 0 ? b(s, now) : Number.NaN;
    },
  };
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

function compare<S>(op: Comparison, left: Compiled<S>, right: Compiled<S>): NumberOf<S> {
  if (left.type === 'string') return compareTexts(op, left.text, textOf(right));
  const l = left.num;
  const r = numberOf(right);
  switch (op) {
    case '==':
      return (s, now) => verdict(l(s, now) - r(s, now), 0, 1, 0);
    case '!=':
      return (s, now) => verdict(l(s, now) - r(s, now), 1, 0, 1);
    case '<':
      return (s, now) => verdict(l(s, now) - r(s, now), 1, 0, 0);
    case '<=':
      return (s, now) => verdict(l(s, now) - r(s, now), 1, 1, 0);
    case '>':
      return (s, now) => verdict(l(s, now) - r(s, now), 0, 0, 1);
    case '>=':
      return (s, now) => verdict(l(s, now) - r(s, now), 0, 1, 1);
  }
}

/** Picks by the sign of a difference; NaN stays NaN. */
function verdict(difference: number, below: number, equal: number, above: number): number {
  return difference < 0 ? below : difference > 0 ? above : difference === 0 ? equal : Number.NaN;
}

function compareTexts<S>(op: Comparison, left: TextOf<S>, right: TextOf<S>): NumberOf<S> {
  const test = TEXT_TESTS[op];
  return (s, now) => {
    const l = left(s, now);
    const r = right(s, now);
    return l === undefined || r === undefined ? Number.NaN : test(l, r) ? 1 : 0;
  };
}

const TEXT_TESTS: Readonly<Record<Comparison, (l: string, r: string) => boolean>> = {
  '==': (l, r) => l === r,
  '!=': (l, r) => l !== r,
  '<': (l, r) => l < r,
  '<=': (l, r) => l <= r,
  '>': (l, r) => l > r,
  '>=': (l, r) => l >= r,
};

function calculate<S>(op: '+' | '-' | '*' | '/', left: Compiled<S>, right: Compiled<S>): Compiled<S> {
  if (left.type === 'string') {
    const l = left.text;
    const r = textOf(right);
    return {
      type: 'string',
      text: (s, now) => {
        const a = l(s, now);
        const b = r(s, now);
        return a === undefined || b === undefined ? undefined : a + b;
      },
    };
  }
  const l = left.num;
  const r = numberOf(right);
  switch (op) {
    case '+':
      return number((s, now) => l(s, now) + r(s, now));
    case '-':
      return number((s, now) => l(s, now) - r(s, now));
    case '*':
      return number((s, now) => l(s, now) * r(s, now));
    case '/':
      // A quotient by zero says nothing of the entity: missing, not infinite.
      return number((s, now) => {
        const divisor = r(s, now);
        return divisor === 0 ? Number.NaN : l(s, now) / divisor;
      });
  }
}

function elementsOf<S>(node: ASTNode, resolve: Resolve<S>): Compiled<S>[] {
  if (node.op !== 'list') throw new Error('the parser let a list pass that is not written out');
  return node.args.map((element) => compileExpression(element, resolve));
}

function among<S>(value: Compiled<S>, elements: readonly Compiled<S>[]): NumberOf<S> {
  return elements
    .map((element) => compare('==', value, element))
    .reduce(
      (found, equal) => either(found, equal),
      () => 0,
    );
}

function callOf<S>(apply: (...args: number[]) => number, args: readonly NumberOf<S>[]): NumberOf<S> {
  const [first, second] = args;
  if (first === undefined) throw new Error('the parser let a call pass that has no argument');
  if (second === undefined) return (s, now) => apply(first(s, now));
  if (args.length === 2) return (s, now) => apply(first(s, now), second(s, now));
  return (s, now) => apply(...args.map((arg) => arg(s, now)));
}

function test(isIn: (text: string) => boolean, text: string | undefined): number {
  return text === undefined ? Number.NaN : isIn(text) ? 1 : 0;
}

function methodOf<S>(method: string, subject: TextOf<S>, argument: TextOf<S>): NumberOf<S> {
  const apply = STRING_METHODS.get(method)!;
  return (s, now) => {
    const text = subject(s, now);
    const other = argument(s, now);
    return text === undefined || other === undefined ? Number.NaN : apply(text, other) ? 1 : 0;
  };
}
