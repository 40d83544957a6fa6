import type { Membership, Pin } from '../changes/types.ts';
import { readPosition } from '../hysteresis/index.ts';
import type { DimensionPlan } from './dimension-plan.ts';
import { CLOCK_AT, type EntityState } from './state.ts';
import type { TypePlan } from './type-plan.ts';

/** Where an entity stands on a dimension. Segments by name, null while undecided. */
export interface Position {
  readonly dimension: string;
  readonly segment: string | null;
  /** Where the plain conditions pointed when last looked at, without any hysteresis. */
  readonly raw: string | null;
  /** When anything was last evaluated, epoch ms. */
  readonly at: number;
}

const position = { segment: -1, since: 0, heldFlips: 0, pending: -1, raw: -1, pinned: -1, pinnedUntil: 0 };

/** The segment that an entity is in on a dimension, −1 while undecided, and since when. The object is reused. */
export function positionOf(plan: DimensionPlan, state: EntityState): Readonly<typeof position> {
  return positionIn(state.nums, plan.base);
}

/** The same, for a dimension whose state begins at `base`. */
export function positionIn(nums: Float64Array, base: number): Readonly<typeof position> {
  readPosition(nums, base, position);
  return position;
}

/** Who has pinned the entity on a dimension, until when and why; null when nobody has. */
export function pinOf(plan: DimensionPlan, state: EntityState): Pin | null {
  const text = state.texts[plan.pinText];
  if (text === undefined) return null;
  const [by, reason] = JSON.parse(text) as [string, string];
  return { until: positionIn(state.nums, plan.base).pinnedUntil, by, reason };
}

/** Where the entity stands on every dimension, decided or not. */
export function positionsOf(plan: TypePlan, state: EntityState): Position[] {
  return plan.dimensions.map((dimension) => {
    const { segment, raw } = positionOf(dimension, state);
    const { segments } = dimension.model;
    return {
      dimension: dimension.name,
      segment: segments[segment]?.name ?? null,
      raw: segments[raw]?.name ?? null,
      at: state.nums[CLOCK_AT]!,
    };
  });
}

/** Positions on all decided dimensions at `occurredAt` (epoch ms); undefined when there are none. */
export function membershipOf(
  plan: TypePlan,
  state: EntityState,
  modelVersion: string,
  occurredAt: number,
): Membership | undefined {
  const dimensions: Record<string, Membership['dimensions'][string]> = {};
  let any = false;
  for (const dimension of plan.dimensions) {
    const { segment, since } = positionOf(dimension, state);
    if (segment < 0) continue;
    any = true;
    const name = dimension.model.segments[segment]!.name;
    const sequence = state.nums[dimension.sequenceAt]!;
    const { epoch } = state;
    dimensions[dimension.name] = { segment: name, since, sequence, epoch, pin: pinOf(dimension, state) };
  }
  if (!any) return undefined;
  const { entityType, entityId } = state;
  return { entityType, entityId, modelVersion, dimensions, occurredAt };
}
