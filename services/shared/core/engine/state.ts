import type { Value } from './types.ts';

/** Words that every entity's state begins with. Instants are epoch ms; NaN: never. */
export const FIRST_AT = 0;
/** The newest observation folded: what is older does not vote. */
export const NEWEST_AT = 1;
/** The newest instant at which anything was evaluated: time never runs back for hysteresis. */
export const CLOCK_AT = 2;
export const ENDED_AT = 3;
/** When time alone may next change something; Infinity: never. */
export const DUE_AT = 4;
/** Evaluations that changed something, to name them. */
export const EVALUATIONS = 5;
/** Last `refVersion` given out. Outlives the entity's end, so that none is given out twice. */
export const REF_COUNTER = 6;
/** Changes told to referrers. Outlives the entity's end. */
export const TARGET_SEQUENCE = 7;
/** Bits of the buckets that hold referrers. Outlives the entity's end. */
export const REFERRERS = 8;
export const HEAD_DEFAULTS: readonly number[] = [NaN, NaN, NaN, NaN, Infinity, 0, 0, 0, 0];

/** One target of a relation, with what the link carries and what the target has answered. */
export interface LinkTarget {
  readonly entityId: string;
  refVersion: number;
  /** Of the newest answer taken; 0: none yet. */
  targetSequence: number;
  /** By position in the link's `values`; NaN: not given. */
  readonly values: number[];
  /** By position in the link's `reads`; undefined: not answered yet, null: missing. */
  readonly refs: (Value | null | undefined)[];
  /** See `takeGain`; empty where nothing is gained through the link. */
  readonly gains: number[];
}

/** All that is known of one entity. Changed in place. */
export class EntityState {
  readonly entityType: string;
  /** Becomes another's only when the state is recycled (`StateCodec.recycle`). */
  entityId: string;
  /** `topic-partition-offset` of the first observation of this life; empty before it. */
  epoch = '';
  readonly nums: Float64Array;
  readonly texts: (string | undefined)[];
  /** By position of the relation in the layout; undefined: never observed. */
  readonly links: (LinkTarget[] | undefined)[];

  /** `nums` becomes the state's own. */
  constructor(entityType: string, entityId: string, nums: Float64Array, texts: number, links: number) {
    this.entityType = entityType;
    this.entityId = entityId;
    this.nums = nums;
    this.texts = [];
    for (let i = 0; i < texts; i++) this.texts.push(undefined);
    this.links = [];
    for (let i = 0; i < links; i++) this.links.push(undefined);
  }

  /** True from the first observation of a life until the retention after its end is over. */
  get isBorn(): boolean {
    return this.epoch !== '';
  }
}
