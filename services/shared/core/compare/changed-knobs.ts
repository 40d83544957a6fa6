import type { AttributeModel, DimensionModel, EntityModel, Model, SegmentModel } from '../model/types.ts';

/** One thing in which two models differ, and a way to change it alone. */
export interface ChangedKnob {
  /** `sku.packaging.cushioned.when`. */
  readonly name: string;
  /** As written; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  /** The earlier model with this changed and nothing else. */
  alone(): Model;
}

/**
 * Everything that decides where an entity stands and in which the models differ: attributes, conditions, hysteresis,
 * segments, dimensions, entity types. What only says what is done (playbooks, procedures) is not among them.
 */
export function changedKnobs(before: Model, after: Model): ChangedKnob[] {
  const knobs: ChangedKnob[] = [];
  const add = (name: string, was: string | null, is: string | null, alone: () => Model) => {
    if (was !== is) knobs.push({ name, before: was, after: is, alone });
  };
  const times = (model: Model) => JSON.stringify([model.graceMs, model.reorderMs ?? null]);
  add('grace', times(before), times(after), () => ({ ...before, graceMs: after.graceMs, reorderMs: after.reorderMs }));
  for (const type of union(before.entities, after.entities)) {
    const was = before.entities.get(type);
    const is = after.entities.get(type);
    if (was === undefined || is === undefined) {
      add(type, was ? 'entity type' : null, is ? 'entity type' : null, () => withType(before, type, is));
      continue;
    }
    const alone = (entity: EntityModel) => withType(before, type, entity);
    add(`${type} (times)`, timesOf(was), timesOf(is), () => alone({ ...was, ...pickTimes(is) }));
    for (const name of union(was.attributes, is.attributes)) {
      const old = was.attributes.get(name);
      const attribute = is.attributes.get(name);
      add(`${type}.${name}`, textOf(old), textOf(attribute), () =>
        alone({ ...supplied(was, is), attributes: replaced(supplied(was, is).attributes, name, attribute) }),
      );
    }
    const dimensions = (entity: EntityModel) => new Map(entity.dimensions.map((each) => [each.name, each]));
    for (const name of union(dimensions(was), dimensions(is))) {
      const old = dimensions(was).get(name);
      const dimension = dimensions(is).get(name);
      const withDimension = (next: DimensionModel | undefined) =>
        alone({ ...supplied(was, is), dimensions: [...replaced(dimensions(was), name, next).values()] });
      if (old === undefined || dimension === undefined)
        add(`${type}.${name}`, old ? namesOf(old) : null, dimension ? namesOf(dimension) : null, () =>
          withDimension(dimension),
        );
      else knobs.push(...segmentKnobs(`${type}.${name}`, old, dimension, withDimension));
    }
  }
  return knobs;

  function namesOf({ segments }: DimensionModel): string {
    return segments.map(({ name }) => name).join(' > ');
  }

  function segmentKnobs(
    place: string,
    was: DimensionModel,
    is: DimensionModel,
    alone: (dimension: DimensionModel) => Model,
  ): ChangedKnob[] {
    // Where the segments themselves differ, what stands in them cannot be told apart.
    if (namesOf(was) !== namesOf(is))
      return [{ name: place, before: namesOf(was), after: namesOf(is), alone: () => alone(is) }];
    return was.segments.flatMap((segment, i) =>
      parts.flatMap(({ part, text, take }) => {
        const next = is.segments[i]!;
        const [old, now] = [text(segment), text(next)];
        if (old === now) return [];
        const segments = was.segments.map((each, j) => (j === i ? { ...each, ...take(next) } : each));
        const name = `${place}.${segment.name}.${part}`;
        return [{ name, before: old, after: now, alone: () => alone({ ...was, segments }) }];
      }),
    );
  }
}

/** What a segment is made of. */
const parts: readonly {
  part: string;
  text(segment: SegmentModel): string | null;
  take(segment: SegmentModel): Partial<SegmentModel>;
}[] = [
  { part: 'when', text: ({ when }) => when?.text ?? null, take: ({ when }) => ({ when }) },
  { part: 'stay', text: ({ stay }) => stay?.text ?? null, take: ({ stay }) => ({ stay }) },
  { part: 'bypass', text: ({ bypass }) => bypass?.text ?? null, take: ({ bypass }) => ({ bypass }) },
  {
    part: 'hysteresis',
    text: ({ hysteresis }) => {
      const said = Object.entries(hysteresis).filter(([, value]) => value !== undefined);
      return said.length === 0
        ? null
        : said
            .map(([name, value]) => `${name} ${JSON.stringify(value, textsOnly)}`)
            .sort()
            .join(', ');
    },
    take: ({ hysteresis }) => ({ hysteresis }),
  },
];

/** Of an expression its text alone. */
function textsOnly(key: string, value: unknown): unknown {
  return key === 'ast' ? undefined : value;
}

function union(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}

function replaced<V>(map: ReadonlyMap<string, V>, name: string, value: V | undefined): Map<string, V> {
  const result = new Map(map);
  if (value === undefined) result.delete(name);
  else result.set(name, value);
  return result;
}

function withType(model: Model, type: string, entity: EntityModel | undefined): Model {
  return { ...model, entities: replaced(model.entities, type, entity) };
}

/** With what only the later one has to read from, so that a part of it can be looked at alone. */
function supplied(was: EntityModel, is: EntityModel): EntityModel {
  return {
    ...was,
    inputs: new Map([...is.inputs, ...was.inputs]),
    attributes: new Map([...is.attributes, ...was.attributes]),
    links: new Map([...was.links, ...is.links]),
  };
}

function textOf(attribute: AttributeModel | undefined): string | null {
  return attribute === undefined ? null : attribute.identity;
}

function pickTimes({ transient, undecidedAfterMs, expireAfterMs, retentionMs }: EntityModel) {
  return { transient, undecidedAfterMs, expireAfterMs, retentionMs };
}

function timesOf(entity: EntityModel): string {
  return JSON.stringify(Object.values(pickTimes(entity)).map(String));
}
