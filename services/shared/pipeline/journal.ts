import type { ContextEnv } from './batch-context.ts';
import { ChangelogCorruptError } from './changelog.ts';
import type { Refused } from './input-cursor.ts';

/** Header of the changelog record that a batch begins with. */
export const JOURNAL_HEADER = 'detent.batch';

/** Next offsets by topic (without prefix): `[partition, next]`. */
export type JournalPositions = Readonly<Record<string, readonly (readonly [partition: number, next: number])[]>>;

/** Records refused for what is in no record: the clock, or what the registry held at the moment. `count` follow on each other. */
export type RefusedRun = readonly [code: string, topic: string, partition: number, first: number, count: number];

/**
 * What a batch consisted of, so that its call into the processor can be repeated from the inputs alone: the records of
 * each input up to `to`, in order of event time, then the first `due.count` states due at `due.until`.
 */
export interface JournalEntry {
  /** Wall clock of the batch, epoch ms. */
  readonly now: number;
  /** States written, in this changelog record and those that follow. */
  readonly states: number;
  /** Only on a session's first batch: where its inputs stood, and what else decides. A fresh processor began here. */
  readonly begin?: {
    readonly at: JournalPositions;
    readonly basis: string;
    readonly replay: boolean;
    /** The clock moved time: then `now` decides. */
    readonly wall?: true;
  };
  /** Inputs that moved. */
  readonly to: JournalPositions;
  readonly due?: { readonly until: number; readonly count: number };
  /** The processor was told that a replay had ended. */
  readonly final?: true;
  readonly refused?: readonly RefusedRun[];
}

export function encodeJournal(entry: JournalEntry): Buffer {
  return Buffer.from(JSON.stringify(entry));
}

/** Throws `ChangelogCorruptError`. */
export function decodeJournal(bytes: Buffer): JournalEntry {
  try {
    return JSON.parse(bytes.toString()) as JournalEntry;
  } catch (error) {
    throw new ChangelogCorruptError(`the header ${JOURNAL_HEADER} is not JSON`, { cause: error });
  }
}

/** An input as far as its position matters. */
interface Positioned {
  readonly topic: string;
  readonly input: { readonly partition: number; readonly position: number };
}

/** Codes of refusals that the record alone does not explain. */
const CIRCUMSTANTIAL: ReadonlySet<string> = new Set(['FUTURE_TIME', 'UNKNOWN_SCHEMA']);

/** Writes the journal of one session: knows which inputs have moved since the last entry. */
export class Journal {
  readonly #inputs: readonly Positioned[];
  readonly #at: number[];
  readonly #begun: Omit<NonNullable<JournalEntry['begin']>, 'basis'>;
  #begin: JournalEntry['begin'] | undefined;

  /** Made before anything arrives: from then on an input may pass over what nobody reads (markers, aborted records). */
  constructor(inputs: readonly Positioned[], { replay, time }: Pick<ContextEnv, 'replay' | 'time'>) {
    this.#inputs = inputs;
    this.#at = inputs.map(({ input }) => input.position);
    this.#begun = { at: positionsOf(inputs, () => true), replay, ...(time === 'wall' && { wall: true }) };
  }

  /** `basis`: what decides beside records and states (model, mode). Before the first entry. */
  begin(basis: string): void {
    this.#begin = { ...this.#begun, basis };
  }

  /** The entry of a batch that is about to be committed. */
  entry(
    batch: Pick<JournalEntry, 'now' | 'states' | 'due'> & { final: boolean; refused: readonly RefusedRun[] },
  ): JournalEntry {
    const { now, states, due, final, refused } = batch;
    const begin = this.#begin;
    const to = positionsOf(this.#inputs, (input, i) => input.position !== this.#at[i]);
    this.#inputs.forEach(({ input }, i) => {
      this.#at[i] = input.position;
    });
    this.#begin = undefined;
    return {
      now,
      states,
      ...(begin && { begin }),
      to,
      ...(due && { due }),
      ...(final && { final }),
      ...(refused.length > 0 && { refused }),
    };
  }
}

function positionsOf(
  inputs: readonly Positioned[],
  wanted: (input: Positioned['input'], i: number) => boolean,
): JournalPositions {
  const positions: Record<string, [number, number][]> = {};
  inputs.forEach(({ topic, input }, i) => {
    if (!wanted(input, i)) return;
    const of = positions[topic];
    if (of === undefined) positions[topic] = [[input.partition, input.position]];
    else of.push([input.partition, input.position]);
  });
  return positions;
}

/** The refusals that have to be journalled. */
export function circumstantial(refused: readonly Refused[]): RefusedRun[] {
  const runs: [string, string, number, number, number][] = [];
  const open = new Map<string, [string, string, number, number, number]>();
  for (const { topic, raw, refusal } of refused) {
    if (!CIRCUMSTANTIAL.has(refusal.code)) continue;
    const id = `${refusal.code}|${topic}|${raw.partition}`;
    const run = open.get(id);
    if (run !== undefined && run[3] + run[4] === raw.offset) run[4] += 1;
    else {
      const next: [string, string, number, number, number] = [refusal.code, topic, raw.partition, raw.offset, 1];
      open.set(id, next);
      runs.push(next);
    }
  }
  return runs;
}
