import type { Effects as EffectsOf } from '@detent/pipeline';

/** What became of inputs, as picking counts it in `detent_decisions_total` (label `outcome`). */
type PickingOutcome =
  | 'queued'
  | 'reordered'
  | 'batch-released'
  | 'batch-changed'
  | 'batch-withdrawn'
  | 'batch-done'
  | 'batch-not-picked'
  | 'dropped-from-batch'
  | 'joined-batch'
  | 'bumped-others'
  | 'pick-short'
  | 'check-failed'
  | 'location-empty'
  | 'waits-for-stock'
  | 'waits-for-capacity'
  | 'zone-held'
  | 'zone-no-longer-held'
  | 'lot-held'
  | 'lot-no-longer-held'
  | 'packed'
  | 'packed-controlled'
  | 'unpackable'
  | 'packed-by-hand'
  | 'packed-anew'
  | 'people-called'
  | 'waits-for-facts'
  | 'looks-again-in-parts'
  | 'order-ended'
  | 'order-started-elsewhere'
  | 'order-forgotten'
  | 'change-seen-before'
  | 'order-version-seen-before';

/** What a decision of picking leaves behind. */
export type Effects = EffectsOf<PickingOutcome>;
