import type { DimensionModel, HysteresisSettings, Model, SegmentModel } from '@detent/core';

const HOUR_MS = 3_600_000;
/** As the experiment's `band+dwell` waits: a fifth of what a move costs. */
const DWELL = 0.2;
const NOTHING: HysteresisSettings = { evidence: false };

/** Every change of the plain conditions is a move: no band, no evidence, no knob. */
export function naive(model: Model): Model {
  return changed(model, ({ stay: _, ...segment }) => ({ ...segment, stay: undefined, hysteresis: pricedAs(segment) }));
}

/** The model's own bands (`stay`), and a wait of a fifth of what a move costs, in and out. */
export function bandAndDwell(model: Model): Model {
  return changed(model, (segment) => {
    const { enter, leave } = segment.hysteresis.switchCost ?? { enter: { ms: HOUR_MS }, leave: { ms: HOUR_MS } };
    const waits = { enterAfterMs: Math.round(DWELL * enter.ms), leaveAfterMs: Math.round(DWELL * leave.ms) };
    return { ...segment, hysteresis: { ...pricedAs(segment), ...waits } };
  });
}

/** Without knobs, but at the same price of a move, for that is what all are judged by. */
function pricedAs({ hysteresis: { switchCost } }: Pick<SegmentModel, 'hysteresis'>): HysteresisSettings {
  return switchCost === undefined ? NOTHING : { ...NOTHING, switchCost };
}

function changed(model: Model, change: (segment: SegmentModel) => SegmentModel): Model {
  const dimension = (each: DimensionModel): DimensionModel => ({
    ...each,
    segments: each.segments.map(change),
    flapBudget: undefined,
  });
  const entities = [...model.entities].map(
    ([type, entity]) => [type, { ...entity, dimensions: entity.dimensions.map(dimension) }] as const,
  );
  return { ...model, entities: new Map(entities) };
}
