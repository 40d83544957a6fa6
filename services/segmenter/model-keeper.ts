import type { Edit, Engine } from '@detent/core';
import type { InputRecord, ProcessContext, Refusal, States, Step, Wanted } from '@detent/pipeline';
import type { ModelProgress, ModelSwitched } from '@detent/schemas';
import type { Caused, EntityStep } from './entity-step.ts';
import { MODEL_KEY } from './keys.ts';
import { editOf, engineOf, type ModelInForce, seedInForce, switchedTo, typesToSweep } from './model-in-force.ts';
import type { ModelLibrary } from './model-library.ts';
import { Sweep, type SweepCursor } from './sweep.ts';
import { modelProgressTopic } from './topology.ts';

/** Knows the model that a task works with, takes the next one, and sees to it that no entity is left behind. */
export class ModelKeeper {
  /** The engine of the model in force. */
  engine: Engine;
  /** What states kept under an earlier model have to know. */
  edit: Edit;
  /** Taken by the switch at hand, and in force after it. */
  next: Engine | undefined;
  readonly #library: ModelLibrary;
  #sweep = new Sweep(0);
  #current: ModelInForce | undefined;
  /** What is in force without being kept as a state yet: the seed, where it is the first or has changed. */
  #unsettled = true;

  constructor(library: ModelLibrary) {
    this.#library = library;
    const first = seedInForce(library, undefined, 0);
    this.engine = engineOf(library, first);
    this.edit = editOf(first);
  }

  /** True while the model in force came by the log. */
  get isPromoted(): boolean {
    return this.#current !== undefined && this.#current.yaml !== null;
  }

  /** Reads the model in force. Throws `ModelError` where this build cannot read what another one promoted. */
  *restore(states: States): Step {
    yield [MODEL_KEY];
    this.#current = states.get(MODEL_KEY) as ModelInForce | undefined;
    const { seedSha256 } = this.#library;
    this.#unsettled = !this.isPromoted && this.#current?.sha256 !== seedSha256;
    const model = this.#unsettled ? seedInForce(this.#library, this.#current, 0) : this.#current!;
    this.engine = engineOf(this.#library, model);
    this.edit = editOf(model);
    this.next = undefined;
  }

  /** Before the first batch after `restore`, at event time `at`: a seed that is new is kept, and works like a switch. */
  *settle(at: number, lagMs: number, context: ProcessContext): Step {
    this.#sweep = new Sweep(lagMs);
    if (this.#unsettled) {
      const before = this.#current;
      this.#current = seedInForce(this.#library, before, at);
      this.#unsettled = false;
      this.edit = editOf(this.#current);
      yield* this.#begin(before, this.#current, at, context);
    }
    const task = String(context.task);
    const { model, version, sha256 } = this.#current!;
    context.gauge('detent_model_version', Number(version), { task, model });
    const differs = this.isPromoted && sha256 !== this.#library.seedSha256;
    context.gauge('detent_model_seed_differs', Number(differs), { task });
  }

  /** Takes a switch, or says why not: the model in force then stays. */
  *take(record: InputRecord, context: ProcessContext): Generator<Wanted, Refusal | undefined> {
    const switched = record.value as ModelSwitched;
    try {
      this.#library.read(switched.yaml, switched.sha256);
    } catch (error) {
      const message = `${switched.model}@${switched.version} cannot be read: ${(error as Error).message}`;
      return { code: 'MODEL_INVALID', message, step: 'switch' };
    }
    const before = this.#current;
    const next = switchedTo(this.#library, switched, before!);
    this.next = engineOf(this.#library, next);
    yield* this.#begin(before, next, switched.effectiveAt, context);
    return undefined;
  }

  /** What edits have caused, whatever touched the entities. */
  count(caused: Caused, context: ProcessContext): void {
    this.#sweep.count(caused, context);
  }

  /** A pass of the sweep that is due. */
  *sweep(dueAt: number, lagMs: number, step: EntityStep, context: ProcessContext): Step {
    this.count(step.takeCaused(), context);
    const { entriesPerMinute } = this.#current!;
    const { cursor, worthTelling } = yield* this.#sweep.pass(dueAt, entriesPerMinute, step, context);
    if (worthTelling) this.#tell(this.#current!, cursor, dueAt - lagMs, context);
    context.gauge('detent_model_sweep_entities', cursor.left, { task: String(context.task) });
  }

  *#begin(before: ModelInForce | undefined, after: ModelInForce, at: number, context: ProcessContext): Step {
    context.states.put(MODEL_KEY, after, null);
    const cursor = yield* this.#sweep.begin(typesToSweep(before, after), at, context);
    this.#tell(after, cursor, at, context);
    context.gauge('detent_model_sweep_entities', cursor.left, { task: String(context.task) });
  }

  #tell(of: ModelInForce, cursor: SweepCursor, at: number, context: ProcessContext): void {
    const { model, version, sha256, yaml } = of;
    const { entities, left, changes, entries } = cursor;
    const { task } = context;
    const told = { task, model, version, sha256, promoted: yaml !== null, effectiveAt: of.at };
    const value: ModelProgress = { ...told, entities, left, changes, entries, occurredAt: at };
    const name = 'detent.models.ModelProgress';
    context.emit({ topic: modelProgressTopic, name, key: String(task), value, eventTime: at, partition: 'own' });
  }
}
