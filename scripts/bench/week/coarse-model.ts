import { parse, stringify } from 'yaml';

/** How finely entities are told apart in a run of the week. */
export type Grain = 'none' | 'coarse' | 'detent';

interface ModelText {
  name: string;
  entities: Record<
    string,
    { dimensions?: Record<string, { hysteresis?: unknown; segments: Record<string, unknown> }> }
  >;
  playbooks?: { match: Record<string, string> }[];
}

/** What a warehouse tells apart without a system like this: cold or not, ordered as same-day or not, once and for all. */
const COARSE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'order.climate': {},
  'order.urgency': { 'same-day': { when: "serviceLevel == 'same-day'", sop: 'docs/sops/same-day-order.md' } },
};

/**
 * The model with fewer segments. `none`: every dimension keeps its default alone. `coarse`: but for those of `COARSE`, where
 * an empty entry keeps what the model has. Playbooks that name a segment which is gone go with it.
 */
export function coarsen(text: string, grain: Grain): string {
  if (grain === 'detent') return text;
  const model = parse(text) as ModelText;
  const left = new Set<string>();
  for (const [type, entity] of Object.entries(model.entities)) {
    for (const [name, dimension] of Object.entries(entity.dimensions ?? {})) {
      const path = `${type}.${name}`;
      const kept = grain === 'coarse' ? COARSE[path] : undefined;
      const fallback = Object.entries(dimension.segments).at(-1)!;
      if (kept === undefined || Object.keys(kept).length > 0) {
        dimension.segments = { ...kept, [fallback[0]]: fallback[1] };
        delete dimension.hysteresis;
      }
      for (const segment of Object.keys(dimension.segments)) left.add(`${path}=${segment}`);
    }
  }
  model.playbooks = model.playbooks?.filter(({ match }) =>
    Object.entries(match).every(([path, segment]) => left.has(`${path}=${segment}`)),
  );
  return stringify(model);
}
