import type { EntityRef, Observation, SegmentPin } from '../engine/types.ts';
import type { Command } from '../playbooks/vocabulary.ts';

/** What an example expects of an observation: that it is folded, or why it is not. */
export type Refusal = 'late' | 'ended' | 'mismatched';

export interface GivenObservation {
  readonly observation: Observation;
  readonly refused: Refusal | undefined;
  /** Line in the file. */
  readonly line: number;
}

/** A person's override among what is given. */
export interface GivenPin {
  readonly pin: SegmentPin;
  /** Line in the file. */
  readonly line: number;
}

/** A change that must happen. What is undefined may be anything. */
export interface ExpectedChange {
  readonly dimension: string;
  /** Null: no segment. */
  readonly from: string | null | undefined;
  readonly to: string | null;
  /** Epoch ms. */
  readonly at: number | undefined;
  /** Part of its reason, in words. */
  readonly because: string | undefined;
  readonly origin: string | undefined;
}

/** What must be so. Instants are epoch ms. */
export type Expectation = { readonly entity: EntityRef; readonly line: number } & (
  | {
      readonly kind: 'stands';
      readonly at: number;
      /** Dimension → segment; null: none. */
      readonly in: ReadonlyMap<string, string | null>;
      /** The strongest playbook, where one is named. */
      readonly playbook: string | undefined;
      readonly do: ReadonlyMap<string, Command>;
    }
  /** Exactly these, in order, on the dimensions that they name. */
  | { readonly kind: 'changes'; readonly changes: readonly ExpectedChange[] }
  /** No change on these dimensions after `from` and up to `to`. */
  | { readonly kind: 'unchanged'; readonly dimensions: readonly string[]; readonly from: number; readonly to: number }
);

/** One example of what a model does. */
export interface Example {
  readonly name: string;
  readonly line: number;
  /** What relative instants are counted from, epoch ms. */
  readonly start: number;
  /** In order of event time. */
  readonly given: readonly (GivenObservation | GivenPin)[];
  readonly expected: readonly Expectation[];
  /** Time passes up to here: the latest instant that is named. */
  readonly until: number;
}

/** An expectation that was not met. */
export interface ExampleFailure {
  readonly line: number;
  readonly message: string;
  /** Where lists are compared: `- ` expected and missing, `+ ` there and not expected, `  ` both. */
  readonly diff: readonly string[];
}

export interface ExampleResult {
  readonly name: string;
  readonly line: number;
  readonly failures: readonly ExampleFailure[];
  /** Changes that happened, for who writes an example. */
  readonly changes: number;
}
