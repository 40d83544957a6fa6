import type { InputType } from '../model/types.ts';
import type { InputPlan, TypePlan } from './type-plan.ts';
import type { Observation, Value } from './types.ts';

/** Finds in observations what the model reads of them. Reused: it holds what the last call to `read` found. */
export class ObservationReader {
  /** Inputs of the model that the observation has, and their values beside them. */
  readonly inputs: InputPlan[] = [];
  readonly values: Value[] = [];
  readonly #plan: TypePlan;

  constructor(plan: TypePlan) {
    this.#plan = plan;
  }

  /** False when the model reads nothing of it, undefined when a value is not of the type that it is read as. */
  read({ values, links }: Observation): boolean | undefined {
    this.inputs.length = 0;
    this.values.length = 0;
    for (const name in values) {
      const plan = this.#plan.inputs.get(name);
      if (plan === undefined) continue;
      if (!fits(values[name]!, plan.type)) return undefined;
      this.inputs.push(plan);
      this.values.push(values[name]!);
    }
    return (
      this.inputs.length > 0 ||
      links.some(({ relation }) => this.#plan.links.some(({ model }) => model.relation === relation))
    );
  }

  /** Why an observation could not be folded: a value is not of the type that the model reads it as. */
  problemOf({ values }: Observation): string | undefined {
    for (const name in values) {
      const plan = this.#plan.inputs.get(name);
      if (plan !== undefined && !fits(values[name]!, plan.type))
        return `${name} is ${JSON.stringify(values[name])}, but the model reads it as a ${plan.type}`;
    }
    return undefined;
  }
}

function fits(value: Value, type: InputType): boolean {
  const kind = typeof value;
  if (type === 'number' || type === 'time') return kind === 'number' && Number.isFinite(value);
  return kind === type;
}
