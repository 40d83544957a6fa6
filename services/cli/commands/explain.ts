import { ModelLibrary } from '@detent/segmenter';
import { loadModelByName } from '../composition.ts';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { UsageError } from '../errors.ts';
import { asOf } from '../explain/as-of.ts';
import { findEntity } from '../explain/find-entity.ts';
import { lastChanges } from '../explain/last-changes.ts';
import { renderExplanation } from '../explain/render.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

export interface ExplainCommandOptions extends CommonOptions {
  dimension?: string;
  segment?: string;
  /** The instant to speak of: ISO 8601 or `now`. */
  at?: string;
  /** How many of its last changes to show. */
  changes: number;
  replay?: boolean;
}

/** `detent explain <entityType> <entityId>`: where it stands, since when, why, and what would move it next. */
export async function explain(entityType: string, entityId: string, options: ExplainCommandOptions): Promise<void> {
  const base = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const config = options.replay ? { ...base, topicPrefix: replayPrefix(base) } : base;
  const { model, sha256 } = loadModelByName(config.model);
  await withRuntime(config, 'beside', async (runtime) => {
    const entity = { entityType, entityId };
    const { state, engine, task, from } = await findEntity(runtime, new ModelLibrary(model, sha256), entity);
    const dimension = options.dimension ?? dimensionWith(engine.model.entities.get(entityType)!, options.segment);
    const explanation = engine.explain(state, await asOf(runtime, task, options.at), { dimension });
    const { changes, searched, partial } = await lastChanges(runtime, entity, options.changes);
    const { segment } = options;
    const result = { ...explanation, task, stateFrom: from, changes, changesSearched: searched, partial };
    if (segment !== undefined) {
      const names = result.dimensions.flatMap(({ segments }) => segments.map((each) => each.segment));
      if (explanation.life === 'alive' && !names.includes(segment))
        throw new UsageError(`${dimension} has no segment ${segment}; it has ${names.join(', ')}`);
    }
    print(options, result, () => renderExplanation(result, segment));
  });
}

/** The one dimension that has the segment; undefined where none is asked for. Throws `UsageError` where there is none, or two. */
function dimensionWith(
  {
    type,
    dimensions,
  }: { type: string; dimensions: readonly { name: string; segments: readonly { name: string }[] }[] },
  segment: string | undefined,
): string | undefined {
  if (segment === undefined) return undefined;
  const having = dimensions.filter(({ segments }) => segments.some(({ name }) => name === segment));
  if (having.length === 1) return having[0]!.name;
  const names = (having.length > 0 ? having : dimensions).map(({ name }) => name).join(', ');
  throw new UsageError(
    having.length > 0
      ? `${type} has a segment ${segment} on ${names}: add --dimension`
      : `${type} has no segment ${segment}; it has the dimensions ${names}`,
  );
}
