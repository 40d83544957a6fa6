import type { Action, ActionCarton } from '@detent/schemas';
import type { Cause } from './changes.ts';
import type { StatusNews } from './ledger/entry.ts';

/** Whether actions are written, and as what. `dry-run` and `live` stand in the action's `details.mode`. */
export type ActionsMode = 'off' | 'dry-run' | 'live';

/** What a playbook tells a decision service to do. */
export interface PlaybookChoice {
  name: string;
  /** Page of the procedure that people follow. */
  sop: string;
  do: Readonly<Record<string, unknown>>;
}

/** The playbook for an entity's segments by `entityType.dimension`; undefined when none matches. */
export type PlaybookFor = (memberships: Readonly<Record<string, string>>) => PlaybookChoice | undefined;

/** A possibility that was not chosen. `value` and `unit` put a number to the reason. */
export interface Alternative {
  what: string;
  rejectedBecause: string;
  value?: number;
  unit?: string;
}

/** One step of work for people or machines in the warehouse. */
export interface ActionTask {
  orderId?: string;
  lineId?: string;
  skuId?: string;
  lotId?: string;
  /** Units of measure of the order line, or base units. */
  quantity: number;
  fromLocationId?: string;
  toLocationId?: string;
  /** Lane of packing that it is for, and the zone that packs it. */
  lane?: string;
  zoneId?: string;
  /** Why this lot, for people. */
  because?: string;
}

/** Named facts of an action. */
export type Details = Readonly<Record<string, number | string | boolean>>;

/** A command as a decision service states it; the rest of the record follows from it. */
export interface ActionDraft {
  type: string;
  target: { entityType: string; entityId: string };
  cause: Cause;
  /** Tells this action from others of the same service, target and cause. */
  n: number | string;
  /** Why, for people; one or two sentences. */
  because: string;
  siteId: string | null;
  details: Details;
  tasks?: readonly ActionTask[];
  /** What goes where, for the packer. */
  cartons?: readonly ActionCarton[];
  alternatives: readonly Alternative[];
  playbook: PlaybookChoice | undefined;
  /** After this instant (epoch ms) the command must not be carried out any more. */
  validUntil: number;
  /** Action that this one replaces. */
  supersedes?: string;
  /** How to take it back; absent when it cannot be. */
  undo?: { type: string; details: Details };
}

/** What a decision leaves behind. `Outcome`: what a service counts of its inputs, by the names of its own catalogue. */
export interface Effects<Outcome extends string = string> {
  /** Writes a state; `dueAt` (epoch ms) asks for `due` at that instant. Replaces what the key had before. */
  save(key: string, value: object, dueAt?: number | null): void;
  drop(key: string): void;
  /** Commands, and returns the action's id, which is the same in every mode. */
  act(draft: ActionDraft): string;
  /**
   * Takes back an action that has not ended, because it is moot: a `withdraw` that names it and how to undo it. Nothing
   * where it has ended. Who replaces an action names it in `supersedes` instead.
   */
  withdraw(actionId: string, because: string): void;
  /** Facts show that an action is done, whether or not somebody says so. Nothing where it has ended. */
  done(actionId: string): void;
  /** Counts what became of an input. */
  note(outcome: Outcome): void;
}

/** A decoded record as decisions see it. */
export interface Fact {
  /** Avro full name. */
  name: string;
  value: unknown;
  /** Key of the record. */
  key: string;
  /** Epoch ms. */
  at: number;
}

/**
 * A decision service's own knowledge and its rules. It holds the very objects that it saves, so a change in place must
 * be followed by `save`. Nothing but facts, instants and its own states decides: no clock, no randomness.
 */
export interface Decider {
  /** Takes a state back into memory; once per state, before anything else, in any order. */
  restore(key: string, value: object): void;
  /** Called after the last `restore`: the place to build what needs several states. */
  restored?(): void;
  decide(fact: Fact, effects: Effects): void;
  /** The instant `at` of a saved state has come. The state's timer is off until it is saved anew. */
  due(key: string, at: number, effects: Effects): void;
  /**
   * One of its actions was moved on: by whoever carries it out, or because nobody finished it in time (`expired`). Each
   * step is told once, and none after its end. `action` is as it was published, without its alternatives.
   */
  status?(news: StatusNews, action: Action, effects: Effects): void;
}
