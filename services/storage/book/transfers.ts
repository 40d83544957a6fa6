import type { Effects } from '../metrics.ts';
import type { TransferState } from './states.ts';

/** What is under way between places, with its indexes. */
export class Transfers {
  readonly #byId = new Map<string, TransferState>();
  readonly #at = new Map<string, Set<string>>();
  readonly #ofAction = new Map<string, Set<string>>();
  readonly #ofArrival = new Map<string, Set<string>>();

  get(id: string): TransferState | undefined {
    return this.#byId.get(id);
  }

  /** Those that begin or end at a location, oldest ids first. */
  at(locationId: string): TransferState[] {
    return this.#all(this.#at.get(locationId));
  }

  /** Those of an action. */
  of(actionId: string): TransferState[] {
    return this.#all(this.#ofAction.get(actionId));
  }

  /** Those that put an arrival away. */
  ofArrival(arrivalId: string): TransferState[] {
    return this.#all(this.#ofArrival.get(arrivalId));
  }

  /** Those that must not begin before an action is done. */
  waitingFor(actionId: string): TransferState[] {
    return this.#all(new Set(this.#byId.keys())).filter(({ after }) => after?.includes(actionId));
  }

  restore(transfer: TransferState): void {
    const { id, actionId, from, to, arrivalId } = transfer;
    this.#byId.set(id, transfer);
    if (from !== null) addTo(this.#at, from, id);
    addTo(this.#at, to, id);
    addTo(this.#ofAction, actionId, id);
    if (arrivalId !== undefined) addTo(this.#ofArrival, arrivalId, id);
  }

  put(transfer: TransferState, effects: Effects): void {
    this.restore(transfer);
    effects.save(`move:${transfer.id}`, transfer, transfer.validUntil);
  }

  drop({ id, actionId, from, to, arrivalId }: TransferState, effects: Effects): void {
    this.#byId.delete(id);
    if (from !== null) removeFrom(this.#at, from, id);
    removeFrom(this.#at, to, id);
    removeFrom(this.#ofAction, actionId, id);
    if (arrivalId !== undefined) removeFrom(this.#ofArrival, arrivalId, id);
    effects.drop(`move:${id}`);
  }

  #all(ids: ReadonlySet<string> | undefined): TransferState[] {
    return [...(ids ?? [])].sort().map((id) => this.#byId.get(id)!);
  }
}

/** Adds an id to the set of a key. */
export function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

/** Takes an id out of the set of a key, and forgets an empty set. */
export function removeFrom(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
