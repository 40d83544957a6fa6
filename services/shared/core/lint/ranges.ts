import type { ASTNode } from '@marcbachmann/cel-js';
import { nameOf } from '../conditions/ast.ts';
import type { AttributeModel, EntityModel, Model } from '../model/types.ts';
import { ALL, between, calculate, hull, type Interval } from './interval.ts';

const COUNTED = between(0, Infinity);

/** What is known of the numbers that attributes can be: from inputs with a range, and from how they are folded. */
export class Ranges {
  readonly #model: Model;
  readonly #known = new Map<string, Interval>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** The numbers that an attribute can be. */
  of(entity: EntityModel, name: string): Interval {
    const id = `${entity.type}.${name}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const attribute = entity.attributes.get(name);
    if (attribute === undefined) return ALL;
    const folded = this.#folded(entity, attribute);
    const { missing } = attribute;
    const range =
      missing.kind === 'default' && typeof missing.value === 'number'
        ? hull(folded, between(missing.value, missing.value))
        : folded;
    this.#known.set(id, range);
    return range;
  }

  /** The numbers that an expression over an entity's attributes can be. */
  ofExpression(entity: EntityModel, node: ASTNode): Interval {
    return rangeOf(node, (name) => this.of(entity, name));
  }

  #folded(entity: EntityModel, { fold }: AttributeModel): Interval {
    const input = (name: string): Interval => {
      const range = entity.inputRanges.get(name);
      return range === undefined ? ALL : between(range.low, range.high);
    };
    switch (fold.kind) {
      case 'ratio':
      case 'population':
        return between(0, 1);
      case 'count':
      case 'exposure':
      case 'gain':
        return COUNTED;
      case 'since':
        return fold.occurrence ? COUNTED : ALL;
      case 'sum':
      case 'rate':
        return input(fold.input).low >= 0 ? COUNTED : ALL;
      case 'latest':
      case 'mean':
      case 'min':
      case 'max':
      case 'ewma':
      case 'quantile':
        return input(fold.input);
      case 'derive':
        return this.ofExpression(entity, fold.expression.ast);
      case 'from': {
        const target = this.#model.entities.get(entity.links.get(fold.relation)!.target)!;
        return this.of(target, fold.attribute);
      }
      case 'over': {
        if (fold.aggregate === 'count') return COUNTED;
        const target = this.#model.entities.get(entity.links.get(fold.relation)!.target)!;
        if (fold.value === undefined) return ALL;
        const value = rangeOf(fold.value.ast, (name) => {
          const [group, attribute = ''] = name.split('.');
          return group === target.type ? this.of(target, attribute) : ALL;
        });
        if (fold.aggregate !== 'sum') return value;
        return value.low >= 0 ? COUNTED : ALL;
      }
      default:
        return ALL;
    }
  }
}

function rangeOf(node: ASTNode, ofName: (name: string) => Interval): Interval {
  const name = nameOf(node);
  if (name !== undefined) return ofName(name);
  const of = (operand: ASTNode) => rangeOf(operand, ofName);
  switch (node.op) {
    case 'value':
      return typeof node.args === 'number' ? between(node.args, node.args) : ALL;
    case '-_':
      return calculate('-', between(0, 0), of(node.args));
    case '+':
    case '-':
    case '*':
    case '/':
      return calculate(node.op, of(node.args[0]), of(node.args[1]));
    case '?:':
      return hull(of(node.args[1]), of(node.args[2]));
    case 'call': {
      const [called, args] = node.args;
      const ranges = args.map(of);
      const [a = ALL, b = ALL] = ranges;
      if (called === 'abs') {
        const far = Math.max(Math.abs(a.low), Math.abs(a.high));
        return a.low >= 0 ? a : between(a.high <= 0 ? -a.high : 0, far);
      }
      if (called === 'min') return between(Math.min(a.low, b.low), Math.min(a.high, b.high));
      if (called === 'max') return between(Math.max(a.low, b.low), Math.max(a.high, b.high));
      return ALL;
    }
    default:
      return ALL;
  }
}
