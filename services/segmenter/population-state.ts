import { type Counted, Distribution } from '@detent/core';

/** A distribution by attribute. */
export type Distributions = Map<string, Distribution>;

/** The count that a task is at: of its own entities, round by round. */
export interface PopulationCount {
  /** Number of the visit that is next. */
  next: number;
  /** Length of the rounds by which it is numbered, ms. */
  refreshMs: number;
  /** Of the round that is not closed yet. */
  readonly open: Distributions;
}

type Rows = [attribute: string, counted: Counted][];

export function encodeCount({ next, refreshMs, open }: PopulationCount): Buffer {
  return Buffer.from(JSON.stringify({ next, refreshMs, open: toRows(open) }));
}

export function decodeCount(bytes: Buffer): PopulationCount {
  const { next, refreshMs, open } = JSON.parse(bytes.toString()) as { next: number; refreshMs: number; open: Rows };
  return { next, refreshMs, open: fromRows(open) };
}

/** What all partitions have counted last, and what that comes to. */
export class PopulationStatistics {
  readonly #parts: Map<number, { countedAt: number; distributions: Distributions }>;
  readonly #merged = new Map<string, Distribution>();

  private constructor(parts: Map<number, { countedAt: number; distributions: Distributions }>) {
    this.#parts = parts;
  }

  static empty(): PopulationStatistics {
    return new PopulationStatistics(new Map());
  }

  static decode(bytes: Buffer): PopulationStatistics {
    const rows = JSON.parse(bytes.toString()) as [partition: number, countedAt: number, rows: Rows][];
    return new PopulationStatistics(
      new Map(rows.map(([partition, countedAt, each]) => [partition, { countedAt, distributions: fromRows(each) }])),
    );
  }

  encode(): Buffer {
    const parts = [...this.#parts].sort(([a], [b]) => a - b);
    return Buffer.from(
      JSON.stringify(parts.map(([partition, part]) => [partition, part.countedAt, toRows(part.distributions)])),
    );
  }

  /** Takes a partition's count; false when a newer one is known. */
  take(partition: number, countedAt: number, distributions: Distributions): boolean {
    const known = this.#parts.get(partition);
    if (known !== undefined && known.countedAt >= countedAt) return false;
    this.#parts.set(partition, { countedAt, distributions });
    this.#merged.clear();
    return true;
  }

  /** Of the whole population; undefined when nobody has been counted by the attribute yet. */
  of(attribute: string): Distribution | undefined {
    let merged = this.#merged.get(attribute);
    if (merged === undefined) {
      merged = new Distribution();
      for (const { distributions } of this.#parts.values()) {
        const part = distributions.get(attribute);
        if (part !== undefined) merged.addAll(part);
      }
      this.#merged.set(attribute, merged);
    }
    return merged.isEmpty ? undefined : merged;
  }
}

function toRows(distributions: Distributions): Rows {
  return [...distributions].map(([attribute, distribution]) => [attribute, distribution.toCounted()]);
}

function fromRows(rows: Rows): Distributions {
  return new Map(rows.map(([attribute, counted]) => [attribute, Distribution.from(counted)]));
}
