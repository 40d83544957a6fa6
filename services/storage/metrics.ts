import type { Effects as EffectsOf } from '@detent/pipeline';

/** What became of inputs, as storage counts it in `detent_decisions_total` (label `outcome`). */
type StorageOutcome =
  | 'move-commanded'
  | 'room-made'
  | 'move-done'
  | 'move-expired'
  | 'move-failed'
  | 'move-withdrawn'
  | 'night-planned'
  | 'night-nothing-pays'
  | 'night-cleared'
  | 'night-consolidated'
  | 'not-worth-it'
  | 'waits-for-room'
  | 'waits-for-facts'
  | 'sku-not-measured'
  | 'change-seen-before'
  | 'putaway-commanded'
  | 'putaway-done'
  | 'putaway-expired'
  | 'putaway-failed'
  | 'putaway-given-up'
  | 'putaway-withdrawn'
  | 'putaway-waits-for-facts'
  | 'putaway-waits-for-room'
  | 'putaway-without-facts'
  | 'putaway-without-room'
  | 'putaway-not-done'
  | 'zone-closed'
  | 'zone-reopened'
  | 'sell-first-commanded'
  | 'sell-first-done'
  | 'sell-first-withdrawn'
  | 'sell-first-given-up';

/** What a decision of storage leaves behind. */
export type Effects = EffectsOf<StorageOutcome>;
