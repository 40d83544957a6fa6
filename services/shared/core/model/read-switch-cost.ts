import { isMap } from 'yaml';
import type { ParseOutcome } from '../conditions/parse.ts';
import { readExpression, refuseMoving } from './read-expression.ts';
import type { Entry, Reader } from './reader.ts';
import type { AttributeModel, Directed, Expression, PricedMove, SwitchCostModel } from './types.ts';

const HOUR_MS = 3_600_000;
const PRICED = ['money', 'wrongPerHour', 'hours', 'otherwise', 'horizon'];
const WAYS = ['enter', 'leave'];
/** What a move costs where nothing is said, and where an expression says nothing. */
export const DEFAULT_COST: SwitchCostModel = { ms: HOUR_MS };

/** What is needed to read an expression over the entity's attributes. */
export interface ExpressionContext {
  readonly reader: Reader;
  readonly parse: (text: string) => ParseOutcome;
  readonly known: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeModel>;
}

/** `x`, or `{ enter: x, leave: y }` of which one may be left out: it is then that of `outer`. */
export function readDirected<T>(
  reader: Reader,
  { key, node }: Entry,
  outer: Directed<T>,
  read: (entry: Entry) => T | undefined,
): Directed<T> | undefined {
  const entry = { key, at: reader.at(node), node };
  if (!isMap(node) || !reader.entries(node, key).some((each) => WAYS.includes(each.key))) {
    const both = read(entry);
    return both === undefined ? undefined : { enter: both, leave: both };
  }
  const fields = reader.fields(node, key, WAYS);
  const way = (name: 'enter' | 'leave') => {
    const field = fields.get(name);
    return field === undefined ? outer[name] : read({ ...field, key: `${key} to ${name}` });
  };
  const [enter, leave] = [way('enter'), way('leave')];
  return enter === undefined || leave === undefined ? undefined : { enter, leave };
}

/**
 * A duration; `{ money, wrongPerHour }`, two expressions over the entity's attributes of which the quotient is hours; or
 * `{ hours }`. Expressions may have `otherwise`, the cost while one of them says nothing, and a `horizon`.
 */
export function readSwitchCost(context: ExpressionContext, { key, node }: Entry): SwitchCostModel | undefined {
  const { reader, parse } = context;
  if (!isMap(node)) {
    const ms = reader.duration(node, key);
    return ms === undefined ? undefined : { ms };
  }
  const fields = reader.fields(node, key, PRICED);
  const expression = (name: string): Expression | undefined => {
    const field = fields.get(name);
    if (field === undefined) return undefined;
    const what = `${name} of ${key}`;
    const read = readExpression(reader, field.node, what, parse, context.known, 'number');
    if (read === undefined || refuseMoving(reader, field.node, what, read.expression, context.attributes))
      return undefined;
    return read.expression;
  };
  const duration = (name: string): number | undefined =>
    fields.has(name) ? reader.duration(fields.get(name)!.node, `${name} of ${key}`) : undefined;
  const byMoney = fields.has('money') && fields.has('wrongPerHour');
  if (byMoney === fields.has('hours') || (fields.has('money') && !byMoney) || (fields.has('wrongPerHour') && !byMoney))
    return reader.problem(
      node,
      `${key} takes a duration, money and wrongPerHour (what a move costs, and what an hour in the wrong segment does), or hours`,
    );
  const cost = expression(byMoney ? 'money' : 'hours');
  const perHour = byMoney ? expression('wrongPerHour') : undefined;
  const horizonMs = duration('horizon');
  const ms = fields.has('otherwise') ? duration('otherwise') : DEFAULT_COST.ms;
  if (cost === undefined || ms === undefined || (byMoney && perHour === undefined)) return undefined;
  const priced: PricedMove = { cost, perHour, horizonMs, earns: earnsOf(parse, cost, perHour, horizonMs) };
  return { ms, priced };
}

/** `cost <= perHour * horizon` as a condition: what time alone does to it can then be foreseen. */
function earnsOf(
  parse: ExpressionContext['parse'],
  cost: Expression,
  perHour: Expression | undefined,
  horizonMs: number | undefined,
): Expression | undefined {
  if (horizonMs === undefined) return undefined;
  const most = perHour === undefined ? '' : `(${perHour.text}) * `;
  const outcome = parse(`(${cost.text}) <= ${most}${horizonMs / HOUR_MS}`);
  if (!outcome.ok) throw new Error(`the parts of a switch cost were accepted, but not ${outcome.message}`);
  return outcome.expression;
}
