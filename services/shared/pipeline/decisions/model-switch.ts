import type { ModelSwitched } from '@detent/schemas';
import type { PlaybookFor } from './decider.ts';

/** What decisions take from a model. */
export interface DecisionModel {
  playbookFor: PlaybookFor;
  /** Names of the dimensions of an entity type. */
  dimensionsOf(entityType: string): readonly string[];
}

/** Where models are told, one to each partition; without prefix. */
export const modelSwitchesTopic = 'model-switches.v1';
export const MODEL_SWITCHED = 'detent.models.ModelSwitched';
/** Key of the state that keeps the newest switch. */
export const MODEL_STATE = '~model';

/**
 * The model in force for one decision service: the one that it was started with until another is promoted. Which it is
 * follows from records and states alone.
 */
export class ModelInForce implements DecisionModel {
  readonly #read: (yaml: string) => DecisionModel;
  #model: DecisionModel;
  #at = Number.NEGATIVE_INFINITY;

  /** `read` throws where a text cannot be used. */
  constructor(seed: DecisionModel, read: (yaml: string) => DecisionModel) {
    this.#model = seed;
    this.#read = read;
  }

  readonly playbookFor: PlaybookFor = (memberships) => this.#model.playbookFor(memberships);

  dimensionsOf(entityType: string): readonly string[] {
    return this.#model.dimensionsOf(entityType);
  }

  /** True once a model that came by the log is in force. */
  get isPromoted(): boolean {
    return this.#at > Number.NEGATIVE_INFINITY;
  }

  /** Takes a switch. False where it is an older one, or the same from another partition. Throws where `read` does. */
  take({ yaml, effectiveAt }: Pick<ModelSwitched, 'yaml' | 'effectiveAt'>): boolean {
    if (effectiveAt <= this.#at) return false;
    this.#model = this.#read(yaml);
    this.#at = effectiveAt;
    return true;
  }
}
