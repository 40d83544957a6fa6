import { readFileSync } from 'node:fs';
import {
  compileModel,
  type Explanation,
  loadModel,
  type Observation,
  Rehearsal,
  type SegmentChange,
} from '@detent/core';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Environment } from '@marcbachmann/cel-js';
import { parse } from 'yaml';
import { randomLog } from './testing/random-log.ts';

/*
 * What is explained of ten entities in a replayed feed, against a second evaluation: the model's text as YAML and CEL give
 * it, by the interpreter of the library, with the values that the explanation itself names.
 */
const text = readFileSync(new URL('../../models/fulfilment.yaml', import.meta.url), 'utf8');
type Written = {
  entities: Record<
    string,
    { dimensions?: Record<string, { segments: Record<string, { when?: string; stay?: string }> }> }
  >;
};
const written = parse(text) as Written;
const engine = compileModel(loadModel(text, 'fulfilment.yaml'));
const log = randomLog(11, 2500).map(
  (each, offset): Observation => ({
    ...each,
    source: { topic: 'test.v1', partition: 0, offset },
  }),
);
const end = log.at(-1)!.observedAt;
const TEN = ['order', 'order', 'order', 'stock', 'stock', 'lot', 'carrier', 'lane', 'zone', 'sku'];

type Values = Record<string, number | string | boolean | undefined>;
const valuesOf = ({ attributes }: Explanation): Values =>
  Object.fromEntries(attributes.map(({ name, value }) => [name, value ?? undefined]));

const EXTREMES = { number: [-1e12, 1e12], string: ['\u0000', '\uffff'], boolean: [false, true] } as const;
const environments = new Map<string, Environment>();

/** True, false, or undefined where it depends on what is missing: what is gets tried at both ends. */
function holds(entityType: string, condition: string, values: Values): boolean | undefined {
  const strict = condition.replaceAll(/(?<![\w.'])(\d+)(?![\d.\w'])/g, '$1.0');
  const missing = Object.keys(values).find(
    (name) => values[name] === undefined && new RegExp(`\\b${name}\\b`).test(strict),
  );
  if (missing !== undefined) {
    const { type } = engine.model.entities.get(entityType)!.attributes.get(missing)!;
    const [low, high] = EXTREMES[type].map((value) => holds(entityType, condition, { ...values, [missing]: value }));
    return low === high ? low : undefined;
  }
  let environment = environments.get(entityType);
  if (environment === undefined) {
    environment = new Environment();
    for (const [name, { type }] of engine.model.entities.get(entityType)!.attributes)
      environment.registerVariable(name, { number: 'double', string: 'string', boolean: 'bool' }[type]);
    environments.set(entityType, environment);
  }
  return environment.parse(strict)(values) as boolean;
}

function target(entityType: string, dimension: string, values: Values): string {
  const segments = Object.entries(written.entities[entityType]!.dimensions![dimension]!.segments);
  return segments.find(([, { when }]) => when === undefined || holds(entityType, when, values) === true)![0];
}

function play(until = Infinity): { rehearsal: Rehearsal; changes: SegmentChange[] } {
  const changes: SegmentChange[] = [];
  const rehearsal = new Rehearsal(engine, { changed: (change) => changes.push(change) });
  for (const observation of log) if (observation.observedAt <= until) rehearsal.observe(observation);
  return { rehearsal, changes };
}

describe('ten entities of a feed, explained', () => {
  const explained: Explanation[] = [];

  beforeAll(() => {
    const { rehearsal } = play();
    const states = [...rehearsal.states()].filter(
      (state) => !Number.isNaN(state.nums[0]!) && Number.isNaN(state.nums[3]!),
    );
    const ids = new Set<string>();
    for (const type of TEN) {
      const state = states.find(({ entityType, entityId }) => entityType === type && !ids.has(type + entityId))!;
      ids.add(type + state.entityId);
      const before = engine.encode(state);
      explained.push(engine.explain(state, end));
      expect(engine.encode(state)).toEqual(before);
    }
  });

  it('stand where their memberships say, since when', () => {
    const { rehearsal } = play();
    for (const { entityType, entityId, dimensions } of explained) {
      const { dimensions: known = {} } = rehearsal.membership({ entityType, entityId }) ?? {};
      const said = dimensions
        .filter(({ segment }) => segment !== null)
        .map(({ dimension, segment, since }) => [dimension, segment, since]);
      expect(said).toEqual(Object.entries(known).map(([name, { segment, since }]) => [name, segment, since]));
    }
  });

  it('have clauses that the second evaluation finds true and false alike, and point where it points', () => {
    let clauses = 0;
    for (const each of explained) {
      const values = valuesOf(each);
      for (const { dimension, plain, segments } of each.dimensions) {
        expect([each.entityId, dimension, plain]).toEqual([
          each.entityId,
          dimension,
          target(each.entityType, dimension, values),
        ]);
        for (const segment of segments) {
          for (const { clause, holds: said } of segment.clauses) {
            clauses += 1;
            expect([clause, said ?? undefined]).toEqual([clause, holds(each.entityType, clause, values)]);
          }
          if (segment.text !== null && segment.holds !== null)
            expect(segment.holds).toBe(holds(each.entityType, segment.text, values));
          // The clause that fails first does fail; where nothing fails first, the condition holds.
          if (segment.condition === null) continue;
          expect(segment.failsFirst === null).toBe(segment.holds === true);
          if (segment.failsFirst) expect(holds(each.entityType, segment.failsFirst.clause, values)).not.toBe(true);
        }
      }
    }
    expect(clauses).toBeGreaterThan(50);
  });

  it('move where a way leads once its values are fed to the second evaluation, and not before', () => {
    let ways = 0;
    let single = 0;
    for (const each of explained) {
      const values = valuesOf(each);
      for (const { dimension, next, segments, segment } of each.dimensions) {
        for (const { to, kind, needs, checked } of next) {
          if (!checked || needs.length === 0) continue;
          ways += 1;
          const fed = { ...values, ...Object.fromEntries(needs.map(({ attribute, moveAt }) => [attribute, moveAt!])) };
          expect([each.entityId, dimension, to]).toEqual([
            each.entityId,
            dimension,
            target(each.entityType, dimension, fed),
          ]);
          const { condition, text: inForce } = segments.find((of) => of.segment === segment)!;
          if (kind === 'leave' && condition !== null) expect(holds(each.entityType, inForce!, fed)).toBe(false);
          const [need] = needs;
          if (needs.length > 1 || need?.distance == null) continue;
          single += 1;
          const short = { ...values, [need.attribute!]: ((need.value as number) + (need.moveAt as number)) / 2 };
          expect([need.clause, holds(each.entityType, need.clause, short)]).toEqual([
            need.clause,
            holds(each.entityType, need.clause, values),
          ]);
          expect(Math.abs((need.moveAt as number) - (need.value as number))).toBe(need.distance);
        }
      }
    }
    expect(ways).toBeGreaterThan(15);
    expect(single).toBeGreaterThan(10);
  });

  it('are moved by time when the explanation says so, and not before', () => {
    const times = explained.flatMap(({ entityType, entityId, dimensions }) =>
      dimensions.flatMap(({ dimension, byTime }) => (byTime ? [{ entityType, entityId, dimension, ...byTime }] : [])),
    );
    expect(times.length).toBeGreaterThan(3);
    const { rehearsal, changes } = play();
    changes.length = 0;
    rehearsal.advance(Math.max(...times.map(({ at }) => at)));
    for (const { entityType, entityId, dimension, at, to } of times) {
      const first = changes.find(
        (change) => change.entityType === entityType && change.entityId === entityId && change.dimension === dimension,
      );
      expect([entityId, dimension, first?.occurredAt, first?.to]).toEqual([entityId, dimension, at, to]);
    }
    // And of what is said to stay, nothing moves until then.
    const still = explained.flatMap(({ entityType, entityId, dimensions }) =>
      dimensions
        .filter(({ byTime }) => byTime === null)
        .map(({ dimension }) => [entityType, entityId, dimension].join()),
    );
    const moved = changes.map(({ entityType, entityId, dimension }) => [entityType, entityId, dimension].join());
    expect(still.filter((each) => moved.includes(each))).toEqual([]);
  });

  it('flip in the engine itself where the value is observed as such', () => {
    let fed = 0;
    for (const each of explained) {
      for (const { dimension, next } of each.dimensions) {
        for (const { to, needs, evidence, waits } of next) {
          const folds = needs.map(
            ({ attribute }) => each.attributes.find(({ name }) => name === attribute)?.from ?? '',
          );
          if (
            needs.length === 0 ||
            evidence !== null ||
            waits.length > 0 ||
            !folds.every((from) => /^(latest|until) /.test(from))
          )
            continue;
          const { rehearsal, changes } = play();
          changes.length = 0;
          const values = Object.fromEntries(
            needs.map(({ moveAt }, i) => {
              const [kind, input] = folds[i]!.split(' ') as [string, string];
              const value = kind === 'until' ? Math.floor(end + (moveAt as number) * 3_600_000) : moveAt!;
              return [input, value];
            }),
          );
          rehearsal.observe({
            ...log.at(-1)!,
            entityType: each.entityType,
            entityId: each.entityId,
            values,
            links: [],
            ended: false,
            observedAt: end,
          });
          const moves = changes.filter((change) => change.entityId === each.entityId && change.dimension === dimension);
          expect([each.entityId, dimension, moves.at(-1)?.to]).toEqual([each.entityId, dimension, to]);
          fed += 1;
        }
      }
    }
    expect(fed).toBeGreaterThan(3);
  });

  it('name ages, and what is missing', () => {
    const order = explained[0]!;
    const lineCount = order.attributes.find(({ name }) => name === 'lineCount')!;
    const placed = log.findLast((o) => o.entityId === order.entityId && 'lineCount' in o.values)!;
    expect([lineCount.value, lineCount.observedAt, lineCount.ageMs]).toEqual([
      placed.values['lineCount'],
      placed.observedAt,
      end - placed.observedAt,
    ]);
    expect(explained.flatMap(({ attributes }) => attributes).some(({ value }) => value === null)).toBe(true);
  });
});
