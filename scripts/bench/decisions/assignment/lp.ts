import type { AssignmentProblem } from '../../../../services/routing/assignment/index.ts';

/** The problem in CPLEX LP format: x<i>_<o> takes option o for shipment i, u<i> leaves it unserved. */
export function lpOf({ options, capacity, unservedCost }: AssignmentProblem): string {
  const costs: string[] = [];
  const names: string[] = [];
  const onceEach: string[] = [];
  const uses: string[][] = capacity.map(() => []);
  for (const [i, own] of options.entries()) {
    const ways = [`u${i}`];
    costs.push(`${unservedCost} u${i}`);
    for (const [o, option] of own.entries()) {
      const name = `x${i}_${o}`;
      ways.push(name);
      costs.push(`${option.cost} ${name}`);
      for (const { resource, amount } of option.uses) uses[resource]!.push(`${amount} ${name}`);
    }
    names.push(...ways);
    onceEach.push(`s${i}: ${ways.join(' + ')} = 1`);
  }
  const within = uses.flatMap((terms, r) =>
    terms.length === 0 ? [] : [`c${r}: ${terms.join(' + ')} <= ${capacity[r]}`],
  );
  return [
    'Minimize',
    ` cost: ${costs.join('\n  + ')}`,
    'Subject To',
    ...[...onceEach, ...within].map((row) => ` ${row}`),
    'Binaries',
    ...names.map((name) => ` ${name}`),
    'End',
  ].join('\n');
}
