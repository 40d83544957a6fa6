import { HEAD_DEFAULTS } from './state.ts';

/** A run of words and texts that belong to one attribute or dimension. */
export interface LayoutGroup {
  /** `attribute:damageRate`, `dimension:handling`. */
  readonly name: string;
  /** Equal in two layouts when, and only when, the words mean the same. */
  readonly identity: string;
  readonly at: number;
  readonly size: number;
  readonly textAt: number;
  readonly texts: number;
  /** Of a dimension: its segments, in order. */
  readonly segments?: readonly string[];
}

export interface LayoutLink {
  readonly relation: string;
  readonly identity: string;
  readonly values: number;
  readonly refs: number;
  /** Numbers kept for what is gained through it; absent where nothing is. */
  readonly gains?: number;
}

/** Where everything lies in the states of one entity type. Plain data: it is kept beside the states it describes. */
export interface Layout {
  readonly fingerprint: string;
  readonly size: number;
  readonly texts: number;
  /** By word; what equals it is not stored. `null` stands for NaN and 'Infinity' for itself, as JSON has neither. */
  readonly defaults: readonly (number | null | 'Infinity')[];
  readonly groups: readonly LayoutGroup[];
  readonly links: readonly LayoutLink[];
}

/** Hands out words and texts, group by group. */
export class LayoutBuilder {
  readonly #defaults: number[] = [...HEAD_DEFAULTS];
  readonly #groups: LayoutGroup[] = [];
  readonly #links: LayoutLink[] = [];
  #texts = 0;

  /** Reserves words with these defaults; returns the first. */
  words(defaults: readonly number[]): number {
    this.#defaults.push(...defaults);
    return this.#defaults.length - defaults.length;
  }

  /** Reserves a text; returns its index. */
  text(): number {
    return this.#texts++;
  }

  /** What `allocate` reserves becomes one group. */
  group<T>(name: string, identity: string, allocate: () => T, segments?: readonly string[]): T {
    const at = this.#defaults.length;
    const textAt = this.#texts;
    const result = allocate();
    const size = this.#defaults.length - at;
    const texts = this.#texts - textAt;
    this.#groups.push({ name, identity, at, size, textAt, texts, ...(segments && { segments }) });
    return result;
  }

  /** Adds a relation; returns its index. */
  link(link: LayoutLink): number {
    this.#links.push(link);
    return this.#links.length - 1;
  }

  build(): Layout {
    const defaults = this.#defaults.map((word) => (Number.isNaN(word) ? null : word === Infinity ? 'Infinity' : word));
    const body = { size: defaults.length, texts: this.#texts, defaults, groups: this.#groups, links: this.#links };
    return { fingerprint: fingerprintOf(JSON.stringify(body)), ...body };
  }
}

/** Words of an entity of which nothing is known. */
export function defaultsOf(layout: Layout): Float64Array {
  return Float64Array.from(layout.defaults, (word) => (word === null ? NaN : word === 'Infinity' ? Infinity : word));
}

/** 16 hex digits; two FNV-1a hashes with different seeds. */
export function fingerprintOf(text: string): string {
  const hash = (seed: number) => {
    let h = seed;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return (h >>> 0).toString(16).padStart(8, '0');
  };
  return hash(0x811c9dc5) + hash(0x9747b28c);
}
