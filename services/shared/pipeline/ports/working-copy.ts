/** A fingerprint of a state's bytes, and when time alone may change it. */
export interface CopiedState {
  hash: string;
  dueAt: number | null;
}

/**
 * What a store of states holds of one task, beside the changelog that it follows. While it was read the store may have
 * moved from changelog offset `from` to `until`: states written between may be of either side.
 */
export interface CopiedStates {
  from: number;
  until: number;
  states: ReadonlyMap<string, CopiedState>;
  /** Keys that are due without being there. */
  strayDue: readonly string[];
}

/** Reads what a profile keeps beside the changelog. */
export interface WorkingCopy {
  /** A text where nothing can be compared: the store itself says that it is not up to date. Not a fault. */
  read(service: string, task: number): Promise<CopiedStates | string>;
  /** Some states by key, in the order asked; null where there is none. A text as above. */
  load(service: string, task: number, keys: readonly string[]): Promise<(Buffer | null)[] | string>;
  /** A few keys that begin with `prefix`, to offer to who asked for one that is not there: cheap, not all, in no order. */
  sample(service: string, task: number, prefix: string, limit: number): Promise<string[]>;
  close(): Promise<void>;
}
