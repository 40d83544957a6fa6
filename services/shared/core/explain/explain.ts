import { valueAt } from '../changes/wording.ts';
import { writeExpression } from '../conditions/write.ts';
import type { CompiledAttribute } from '../engine/attribute-table.ts';
import { Effects } from '../engine/effects.ts';
import { CLOCK_AT, DUE_AT, ENDED_AT, type EntityState, FIRST_AT, NEWEST_AT } from '../engine/state.ts';
import type { TypeEngine } from '../engine/type-engine.ts';
import { formatDuration } from '../model/duration.ts';
import type { Fold } from '../model/types.ts';
import type { Scene } from './clauses.ts';
import { type Ageing, explainDimension } from './dimension.ts';
import type { ExplainedAttribute, ExplainedDimension, Explanation } from './types.ts';

/** How often a copy is looked at while it ages, and how far ahead: a value that bends in time is looked at every minute. */
const MOST_LOOKS = 3000;
const HORIZON_MS = 400 * 86_400_000;

/** What to explain; everything where nothing is named. */
export interface ExplainOptions {
  readonly dimension?: string | undefined;
}

/**
 * Says where an entity stands at `now` (epoch ms), why, and what would move it. Changes nothing: it works on a copy.
 * `now` earlier than the entity's newest evaluation counts as that. Throws `DETENT_EXPLAIN_DIMENSION` for a dimension
 * that the type does not have.
 */
export function explainEntity(
  engine: TypeEngine,
  modelVersion: string,
  state: EntityState,
  now: number,
  { dimension }: ExplainOptions = {},
): Explanation {
  const { plan } = engine;
  const wanted = plan.dimensions.filter(({ name }) => dimension === undefined || name === dimension);
  if (dimension !== undefined && wanted.length === 0) throw unknownDimension(state.entityType, dimension, plan);
  const copy = () => engine.codec.decode(state.entityType, state.entityId, engine.codec.encode(state));
  const clock = state.nums[CLOCK_AT]!;
  const at = now >= clock || Number.isNaN(clock) ? now : clock;
  const scene: Scene = { plan, state: copy(), now: at };
  const { nums, epoch } = scene.state;
  const known = (at: number) => (Number.isNaN(at) ? null : at);
  const endedAt = known(nums[ENDED_AT]!);
  const life = epoch === '' ? 'referenced' : endedAt === null ? 'alive' : 'ended';
  const ageing = life === 'alive' ? ageingOf(engine, copy(), at) : new Map();
  const used = new Set(wanted.flatMap(({ sources }) => [...sources]));
  return {
    entityType: state.entityType,
    entityId: state.entityId,
    modelVersion,
    epoch: epoch === '' ? null : epoch,
    asOf: at,
    life,
    firstObservedAt: known(nums[FIRST_AT]!),
    lastObservedAt: known(nums[NEWEST_AT]!),
    endedAt,
    attributes: [...plan.attributes.values()]
      .filter(({ model }) => dimension === undefined || used.has(model.name))
      .map((attribute) => explainAttribute(scene, attribute)),
    dimensions: life === 'alive' ? wanted.map((each) => explainDimension(scene, each, ageing)) : [],
  };
}

function explainAttribute(scene: Scene, { model, value, seenAt }: CompiledAttribute): ExplainedAttribute {
  const { plan, state, now } = scene;
  const at = seenAt?.(state) ?? NaN;
  return {
    name: model.name,
    value: valueAt(value, state, now),
    signal: model.signal,
    observedAt: Number.isNaN(at) ? null : at,
    ageMs: Number.isNaN(at) ? null : Math.max(0, now - at),
    from: sayFold(model.fold),
    usedBy: plan.dimensions.filter(({ sources }) => sources.has(model.name)).map(({ name }) => name),
  };
}

function sayFold(fold: Fold): string {
  const over = (windowMs: number) => (windowMs === Infinity ? '' : ` over ${formatDuration(windowMs)}`);
  switch (fold.kind) {
    case 'derive':
      return writeExpression(fold.expression.ast);
    case 'from':
      return `${fold.relation}.${fold.attribute}`;
    case 'gain':
      return `${fold.relation}.${fold.attribute}, gained while linked`;
    case 'over': {
      const of = fold.value === undefined ? '' : ` of ${writeExpression(fold.value.ast)}`;
      return `${fold.aggregate}${of} over ${fold.relation}`;
    }
    case 'ratio':
      return `${fold.hits} / ${fold.trials}${over(fold.windowMs)}`;
    case 'population':
      return `${fold.statistic} of ${fold.attribute} over the population`;
    case 'exposure':
      return `hours lost by ${fold.input} against ${fold.referenceC} °C, q10 ${fold.q10}`;
    case 'ewma':
      return `ewma of ${fold.input}, half-life ${formatDuration(fold.halfLifeMs)}`;
    default:
      return `${fold.kind} ${fold.input}${'windowMs' in fold ? over(fold.windowMs) : ''}`;
  }
}

/** Lets a copy age with nothing observed, and notes the first thing that time alone does to each dimension. */
function ageingOf(engine: TypeEngine, copy: EntityState, now: number): Ageing {
  const first = new Map<string, NonNullable<ExplainedDimension['byTime']>>();
  const effects = new Effects();
  for (let looks = 0; looks < MOST_LOOKS && first.size < engine.plan.dimensions.length; looks++) {
    const due = copy.nums[DUE_AT]!;
    if (!(due <= now + HORIZON_MS) || !Number.isNaN(copy.nums[ENDED_AT]!)) break;
    effects.clear();
    engine.advance(copy, due, effects);
    for (const { dimension, occurredAt, to, because } of effects.changes)
      if (!first.has(dimension)) first.set(dimension, { at: occurredAt, to, because: because.text });
  }
  return first;
}

function unknownDimension(type: string, dimension: string, { dimensions }: TypeEngine['plan']): Error {
  const has = dimensions.map(({ name }) => name).join(', ') || 'none';
  const error = new Error(`${type} has no dimension ${dimension}; it has ${has}`);
  return Object.assign(error, { code: 'DETENT_EXPLAIN_DIMENSION', retriable: false });
}
