import type { ASTNode } from '@marcbachmann/cel-js';
import { BusinessCalendar } from '../calendars/business-calendar.ts';
import type { CalendarModel, Calendars } from '../calendars/types.ts';
import { parseDuration } from '../model/duration.ts';
import type { CalendarCall, PatternCall } from './ast.ts';
import { compilePattern } from './pattern.ts';
import { PatternError } from './pattern-syntax.ts';

const HOUR_MS = 3_600_000;

/** What is wrong with an argument that must be known beforehand, at an offset of the expression. */
export class BindError extends Error {
  readonly at: number;
  /** The name that is not known, and those that are. */
  readonly unknown: { readonly name: string; readonly known: readonly string[] } | undefined;
  constructor(at: number, message: string, unknown?: BindError['unknown']) {
    super(message);
    this.name = 'BindError';
    this.at = at;
    this.unknown = unknown;
  }
}

/** A checked expression, ready to be compiled, and the calendars that it counts by. */
export interface Bound {
  readonly ast: ASTNode;
  readonly calendars: readonly CalendarModel[];
}

/**
 * Writes the functions of logistics in terms of the operators: `within` as two comparisons, so that on a measured value
 * they gather evidence as any other; `oneOf` as `in`; `hours` as a number or a quotient. Patterns and calendars are
 * prepared. Throws `BindError` where a literal is needed and there is none, or it is wrong.
 */
export function bindExpression(ast: ASTNode, calendars: Calendars): Bound {
  const binder = new Binder(calendars);
  return { ast: binder.bind(ast), calendars: [...binder.used.values()] };
}

class Binder {
  readonly used = new Map<string, CalendarModel>();
  readonly #calendars: Calendars;

  constructor(calendars: Calendars) {
    this.#calendars = calendars;
  }

  bind(node: ASTNode): ASTNode {
    const all = (nodes: readonly ASTNode[]) => nodes.map((each) => this.bind(each));
    switch (node.op) {
      case 'value':
      case 'id':
      case '.':
        return node;
      case '!_':
      case '-_':
        return like(node, node.op, this.bind(node.args));
      case 'call':
        return this.#call(node, node.args[0], all(node.args[1]));
      case 'rcall': {
        const [method, subject, args] = node.args;
        const bound = like(node, 'rcall', [method, this.bind(subject), all(args)]);
        return method === 'matches' ? ({ ...bound, isIn: patternOf(args[0]!) } as PatternCall) : bound;
      }
      default:
        return like(node, node.op, all(node.args as readonly ASTNode[]));
    }
  }

  #call(node: ASTNode, name: string, args: readonly ASTNode[]): ASTNode {
    const [first, second, third] = args as [ASTNode, ASTNode, ASTNode];
    switch (name) {
      case 'within':
        return like(node, '&&', [like(node, '>=', [first, second]), like(node, '<=', [first, third])]);
      case 'oneOf':
        return like(node, 'in', [first, like(node, 'list', args.slice(1))]);
      case 'hours':
        return hoursOf(node, first);
      case 'businessHours': {
        const calendar = new BusinessCalendar(this.#calendar(node, third));
        const apply = (from: number, to: number) => calendar.hours(from, to);
        return { ...like(node, 'call', [name, args]), apply, numbers: [first, second] } as CalendarCall;
      }
      default:
        return like(node, 'call', [name, args]);
    }
  }

  #calendar(call: ASTNode, named: ASTNode | undefined): CalendarModel {
    const known = [...this.#calendars.keys()];
    const at = (named ?? call).range.start;
    if (known.length === 0)
      throw new BindError(at, 'businessHours() needs a calendar, and the model has none: define it under calendars');
    if (named === undefined && known.length > 1)
      throw new BindError(at, `businessHours() needs the name of a calendar as well: ${known.join(' or ')}`);
    const name = named === undefined ? known[0] : named.args;
    if (typeof name !== 'string' || (named !== undefined && named.op !== 'value'))
      throw new BindError(at, 'the calendar must be a name in quotes');
    const calendar = this.#calendars.get(name);
    if (calendar === undefined) throw new BindError(at, `the model has no calendar ${name}`, { name, known });
    this.used.set(name, calendar);
    return calendar;
  }
}

/** Hours of a duration in quotes, `hours('90m')`; undefined for anything else. Throws when it is no duration. */
export function hoursOfLiteral(call: ASTNode): number | undefined {
  const argument = call.op === 'call' && call.args[0] === 'hours' ? call.args[1][0] : undefined;
  if (argument?.op !== 'value' || typeof argument.args !== 'string') return undefined;
  const ms = parseDuration(argument.args);
  if (ms !== undefined) return ms / HOUR_MS;
  throw new BindError(argument.range.start, `${argument.args} is no duration such as 90s, 5m, 4h or 7d`);
}

/** A number of milliseconds as hours. */
function hoursOf(node: ASTNode, argument: ASTNode): ASTNode {
  if (argument.op === 'value')
    throw new BindError(
      argument.range.start,
      "hours() takes a duration such as hours('4h'), or the difference of two instants",
    );
  return like(node, '/', [argument, like(node, 'value', HOUR_MS)]);
}

function patternOf(node: ASTNode): (text: string) => boolean {
  const { start, end } = node.range;
  if (node.op !== 'value' || typeof node.args !== 'string')
    throw new BindError(start, 'the pattern must be a text in quotes, so that it is checked when the model loads');
  try {
    return compilePattern(node.args);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    // Without escapes, the characters of the pattern lie side by side behind the quote.
    const opening = end - start - node.args.length - 1;
    const at = opening === 1 || opening === 2 ? start + opening + error.at : start;
    throw new BindError(at, `the pattern cannot be used: ${error.message}`);
  }
}

/** A node in the place of another. */
function like(node: ASTNode, op: ASTNode['op'], args: unknown): ASTNode {
  const { input, pos, start, end, range } = node;
  return { op, args, input, pos, start, end, range, toOldStructure: () => node.toOldStructure() } as ASTNode;
}
