/** What one shipment takes of one capacity. */
export interface Use {
  /** Index into the problem's `capacity`. */
  resource: number;
  /** Not negative, in the capacity's unit. */
  amount: number;
}

/** One way to send a shipment that breaks no constraint but capacity. */
export interface Option {
  /** What it costs; any unit, the same for all. */
  cost: number;
  /** Capacities it draws on: of a lane and of the whole service, say. None: there is no limit. */
  uses: readonly Use[];
}

/** Shipments, each to go by at most one of its options, under shared capacities. */
export interface AssignmentProblem {
  /** Options by shipment. What is not allowed is not an option. */
  options: readonly (readonly Option[])[];
  capacity: readonly number[];
  /** Cost of leaving one shipment unserved; larger than any option's that should be taken instead. */
  unservedCost: number;
}

/** An answer: `chosen[i]` is the index into `options[i]`, or −1 for unserved. */
export interface Assigned {
  chosen: Int32Array;
  /** With `unservedCost` for each that is unserved. */
  cost: number;
  unserved: number;
}

/** A problem could not be read: which number, and where. */
export class AssignmentError extends Error {
  readonly code = 'DETENT_ROUTING_ASSIGNMENT';
  readonly retriable = false;
}

/**
 * The problem of shipments × carriers: `cost[i][j]` (Infinity: not allowed), `weight[i]`, `capacity[j]`. Options that are
 * not allowed are left out; `carrierOf[i][o]` says which carrier an option is.
 */
export function problemOf(
  cost: readonly (readonly number[])[],
  weight: readonly number[],
  capacity: readonly number[],
  unservedCost: number,
): { problem: AssignmentProblem; carrierOf: number[][] } {
  const carrierOf = cost.map((row) => row.flatMap((value, j) => (Number.isFinite(value) ? [j] : [])));
  const options = carrierOf.map((carriers, i) =>
    carriers.map((j) => ({ cost: cost[i]![j]!, uses: [{ resource: j, amount: weight[i]! }] })),
  );
  return { problem: { options, capacity, unservedCost }, carrierOf };
}

/**
 * A problem in flat arrays, options of each shipment from cheap to dear (equal ones as given). Option k of shipment i
 * lies between `first[i]` and `first[i + 1]`; its uses between `firstUse[k]` and `firstUse[k + 1]`.
 */
export interface Flat {
  shipments: number;
  first: Int32Array;
  cost: Float64Array;
  /** Index of option k among the options given. */
  given: Int32Array;
  firstUse: Int32Array;
  resource: Int32Array;
  amount: Float64Array;
  capacity: Float64Array;
  /** Mean of the amounts that options take of each capacity; 1 where none takes any. */
  meanAmount: Float64Array;
  unservedCost: number;
}

/** Throws `AssignmentError` where a number is not finite, an amount or capacity is negative, or a resource is unknown. */
export function flatten({ options, capacity, unservedCost }: AssignmentProblem): Flat {
  requireNumber(unservedCost, 'unservedCost', Number.NEGATIVE_INFINITY);
  for (const [r, value] of capacity.entries()) requireNumber(value, `capacity ${r}`, 0);
  const first = [0];
  const cost: number[] = [];
  const given: number[] = [];
  const firstUse = [0];
  const resource: number[] = [];
  const amount: number[] = [];
  for (const [i, own] of options.entries()) {
    const order = own.map((_, o) => o).sort((a, b) => own[a]!.cost - own[b]!.cost || a - b);
    for (const o of order) {
      const option = own[o]!;
      requireNumber(option.cost, `cost of option ${o} of shipment ${i}`, Number.NEGATIVE_INFINITY);
      cost.push(option.cost);
      given.push(o);
      for (const use of option.uses) {
        requireNumber(use.amount, `amount of option ${o} of shipment ${i}`, 0);
        if (capacity[use.resource] === undefined) {
          throw new AssignmentError(
            `option ${o} of shipment ${i} uses resource ${use.resource}, which has no capacity: there are ${capacity.length}`,
          );
        }
        resource.push(use.resource);
        amount.push(use.amount);
      }
      firstUse.push(resource.length);
    }
    first.push(cost.length);
  }
  return {
    shipments: options.length,
    first: Int32Array.from(first),
    cost: Float64Array.from(cost),
    given: Int32Array.from(given),
    firstUse: Int32Array.from(firstUse),
    resource: Int32Array.from(resource),
    amount: Float64Array.from(amount),
    capacity: Float64Array.from(capacity),
    meanAmount: meanAmounts(resource, amount, capacity.length),
    unservedCost,
  };
}

function meanAmounts(resource: readonly number[], amount: readonly number[], resources: number): Float64Array {
  const sum = new Float64Array(resources);
  const count = new Float64Array(resources);
  for (const [u, value] of amount.entries()) {
    if (value === 0) continue;
    sum[resource[u]!]! += value;
    count[resource[u]!]! += 1;
  }
  return sum.map((value, r) => (count[r] === 0 ? 1 : value / count[r]!));
}

function requireNumber(value: number, what: string, least: number): void {
  if (Number.isFinite(value) && value >= least) return;
  throw new AssignmentError(`${what} is ${value}: give a finite number${least === 0 ? ' of at least 0' : ''}`);
}
