import { EntityState } from './state.ts';

/** Words of many states lie in one array buffer of about this size: one for each state is dear to make and to collect. */
const SLAB_BYTES = 65_536;
const WORD_BYTES = 8;
/** States kept for those to come; what is given back beyond it is left to the collector. */
const MOST_SPARE = 20_000;

/**
 * Makes states of one layout, of those given back where there are any. A cache that takes one state in for each that it
 * lets go makes no garbage then, which costs more than reading a state's bytes. A slab is freed with its last state.
 */
export class StatePool {
  readonly #defaults: Float64Array;
  readonly #texts: number;
  readonly #links: number;
  readonly #most: number;
  readonly #spare: EntityState[] = [];
  #slab = new Float64Array(0);
  #at = 0;
  /** States in the next slab: few at first, for some pools make one state only. */
  #next = 1;

  constructor(defaults: Float64Array, texts: number, links: number) {
    this.#defaults = defaults;
    this.#texts = texts;
    this.#links = links;
    this.#most = Math.max(1, Math.floor(SLAB_BYTES / (WORD_BYTES * defaults.length)));
  }

  /** A state with every word at its default and nothing else. */
  take(entityType: string, entityId: string): EntityState {
    const spare = this.#spare.pop();
    if (spare === undefined || spare.entityType !== entityType)
      return new EntityState(entityType, entityId, this.#words(), this.#texts, this.#links);
    spare.entityId = entityId;
    spare.nums.set(this.#defaults);
    return spare;
  }

  give(state: EntityState): void {
    if (this.#spare.length >= MOST_SPARE) return;
    state.entityId = '';
    state.epoch = '';
    for (let i = 0; i < state.texts.length; i++) state.texts[i] = undefined;
    for (let i = 0; i < state.links.length; i++) state.links[i] = undefined;
    this.#spare.push(state);
  }

  #words(): Float64Array {
    const { length } = this.#defaults;
    if (this.#at + length > this.#slab.length) {
      this.#slab = new Float64Array(this.#next * length);
      this.#at = 0;
      this.#next = Math.min(2 * this.#next, this.#most);
    }
    const words = this.#slab.subarray(this.#at, this.#at + length);
    this.#at += length;
    words.set(this.#defaults);
    return words;
  }
}
