import type { SegmentChange } from '../changes/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { EntityRef } from '../engine/types.ts';
import type { Rehearsal } from '../rehearsal/index.ts';

/** Segments of an entity by `type.dimension`. */
export type Segments = Readonly<Record<string, string>>;

/** Where entities stood, by `type:id`: each constellation of segments once, by its own text. */
export type Stands = ReadonlyMap<string, EntityRef & { readonly stands: ReadonlyMap<string, Segments> }>;

/** Segments of each entity at the end of a rehearsal. */
export function standsAtEnd(engine: Engine, rehearsal: Rehearsal): Stands {
  const found = new Map<string, EntityRef & { stands: ReadonlyMap<string, Segments> }>();
  for (const state of rehearsal.states()) {
    const { entityType, entityId } = state;
    const segments: Record<string, string> = {};
    const dimensions = engine.membership(state, rehearsal.streamTime)?.dimensions ?? {};
    for (const [dimension, { segment }] of Object.entries(dimensions)) segments[`${entityType}.${dimension}`] = segment;
    if (Object.keys(segments).length > 0)
      found.set(`${entityType}:${entityId}`, { entityType, entityId, stands: new Map([[textOf(segments), segments]]) });
  }
  return found;
}

interface Course extends EntityRef {
  readonly stands: Map<string, Segments>;
  /** Where it stands since `at`, while more may change at that very instant. */
  now: Segments;
  at: number;
}

/** Collects all constellations in which entities stood, from their changes. What lasts no instant is none. */
export class StandsOverTime {
  readonly #courses = new Map<string, Course>();

  changed({ entityType, entityId, dimension, to, occurredAt }: SegmentChange): void {
    const key = `${entityType}:${entityId}`;
    const course = this.#courses.get(key) ?? { entityType, entityId, stands: new Map(), now: {}, at: occurredAt };
    if (occurredAt > course.at) keep(course);
    const rest = Object.entries(course.now).filter(([name]) => name !== `${entityType}.${dimension}`);
    course.now = Object.fromEntries(to === null ? rest : [...rest, [`${entityType}.${dimension}`, to]]);
    course.at = occurredAt;
    this.#courses.set(key, course);
  }

  result(): Stands {
    for (const course of this.#courses.values()) keep(course);
    return this.#courses;
  }
}

function keep({ stands, now }: Course): void {
  if (Object.keys(now).length > 0) stands.set(textOf(now), now);
}

function textOf(segments: Segments): string {
  return Object.entries(segments)
    .map(([dimension, segment]) => `${dimension}=${segment}`)
    .sort()
    .join('|');
}
