import { createHash } from 'node:crypto';
import { compileModel, type Engine, loadModel, type Model, type Retired } from '@detent/core';

/** A model text that is not what its hash says. */
export class ModelHashError extends Error {
  readonly code = 'DETENT_SEGMENTER_MODEL_HASH';
  readonly retriable = false;
}

/** Hash by which model texts are told apart, hexadecimal. */
export function sha256Of(yaml: string): string {
  return createHash('sha256').update(yaml).digest('hex');
}

/** The models that the tasks of a process work with, each compiled once. */
export class ModelLibrary {
  /** The model of the file that the service was started with, and the hash of its text. */
  readonly seed: Model;
  readonly seedSha256: string;
  readonly #adjust: (model: Model) => Model;
  readonly #models = new Map<string, Model>();
  readonly #engines = new Map<string, Engine>();

  /** `adjust` is applied to every model: for runs that need a setting whatever the model says. */
  constructor(seed: Model, sha256: string, adjust: (model: Model) => Model = (model) => model) {
    this.#adjust = adjust;
    this.seed = adjust(seed);
    this.seedSha256 = sha256;
    this.#models.set(sha256, this.seed);
  }

  /** A library of one model, for runs that never see another text. */
  static of({ model, modelVersion }: Engine): ModelLibrary {
    return new ModelLibrary(model, modelVersion);
  }

  /** Reads a model text. Throws `ModelError` with every problem of it, or `ModelHashError`. */
  read(yaml: string, sha256: string): Model {
    const known = this.#models.get(sha256);
    if (known !== undefined) return known;
    if (sha256Of(yaml) !== sha256) throw new ModelHashError(`the text is not the one with the hash ${sha256}`);
    const model = this.#adjust(loadModel(yaml, `model ${sha256.slice(0, 12)}`));
    this.#models.set(sha256, model);
    return model;
  }

  /** The engine of a model of this library, by the hash of its text. */
  engine(sha256: string, retired: Retired): Engine {
    const key = `${sha256} ${JSON.stringify(retired)}`;
    let engine = this.#engines.get(key);
    if (engine === undefined) {
      engine = compileModel(this.#models.get(sha256)!, retired);
      this.#engines.set(key, engine);
    }
    return engine;
  }
}
