import { Effects, type Engine, fingerprintIn, type Layout, type Observation, type SegmentChange } from '@detent/core';
import { mulberry32 } from '@detent/core/experiment';
import type { ModelSwitched } from '@detent/schemas';
import { describe, expect, it } from '@jest/globals';
import { entityOf, kindOf, layoutKey, MODEL_KEY, SWEEP_KEY } from './keys.ts';
import { editOf, engineOf, type ModelInForce } from './model-in-force.ts';
import { observed, type Run, type RunOptions, run } from './testing/driver.ts';
import { randomLog } from './testing/random-log.ts';
import { edited, libraryOf, shipped, switchTo } from './testing/switches.ts';

type Entry = Omit<Observation, 'source'> | ModelSwitched;

const base = shipped.slice(0, shipped.indexOf('\nplaybooks:'));
const withoutLots = base.slice(0, base.indexOf('\n  lot:\n')) + base.slice(base.indexOf('\n  carrier:\n'));
/** Each of them changes something else. */
const versions: readonly string[] = [
  base,
  edited(
    base,
    2,
    ['fragileUnits >= 2 && lineCount >= 2', 'fragileUnits >= 3'],
    ['returnRatio >= 0.12', 'returnRatio >= 0.05'],
  ),
  edited(withoutLots, 3, ['      care:\n', '      tending:\n']),
  edited(base, 4, ['halfLife: 40m', 'halfLife: 30m'], ['lifetimeValue >= 2500', 'lifetimeValue >= 5000']),
  edited(
    base,
    5,
    ['      weightKg:', '      heaviestG: { over: lines, max: sku.weightG }\n      weightKg:'],
    ['longestMm > 1200,', 'longestMm > 1200 || heaviestG > 2500,'],
  ),
  edited(base, 6, ['retention: 30d', 'retention: 5d'], ['          premium: {', '          best: {']),
];
/** Every attribute of an order that reads its lines, and what asks for them. */
const readsOfLines: readonly (readonly [string, string])[] = [
  ['{ over: lines, sum: line.quantity, where: sku.fragility >= 0.6 }', '{ latest: lineCount }'],
  ['{ over: lines, min: sku.maxTempC }', '{ latest: lineCount }'],
  ['{ over: lines, sum: line.quantity * sku.weightG / 1000 }', '{ latest: lineCount }'],
  ['{ over: lines, sum: line.quantity * sku.volumeL }', '{ latest: lineCount }'],
  ['{ over: lines, max: sku.longestMm }', '{ latest: lineCount }'],
];
const library = libraryOf(base);

/** Whatever it is, it moves the time of every task: no model knows its type. */
const later = (observedAt: number) =>
  Array.from({ length: 9 }, (_, i) => observed({ entityType: 'nothing', entityId: `n${i}`, observedAt }));

/** A log with switches at random places; the last of them is the last entry. */
function history(seed: number, length: number): { log: Entry[]; last: string; at: number } {
  const random = mulberry32(seed + 1000);
  const log: Entry[] = randomLog(seed, length);
  let last = '';
  for (let n = 0; n < 4; n++) {
    const place = n === 3 ? log.length : Math.floor(random() * log.length);
    const before = log[Math.max(0, place - 1)]!;
    const at = 'yaml' in before ? before.effectiveAt : before.observedAt;
    last = versions[Math.floor(random() * versions.length)]!;
    log.splice(place, 0, switchTo(last, at));
  }
  return { log, last, at: (log.at(-1) as ModelSwitched).effectiveAt };
}

/** In pieces, each begun with nothing but what is stored, as after a crash. */
function runInPieces(log: readonly Entry[], cuts: readonly number[], options: RunOptions): Run {
  let whole: Run | undefined;
  let offset = 0;
  for (const cut of [...cuts, log.length]) {
    const piece = run(library, log.slice(offset, cut), {
      ...options,
      offset,
      ...(whole && { stored: whole.stored, due: whole.due }),
    });
    piece.memberships = folded(whole?.memberships ?? new Map(), piece);
    piece.changes.unshift(...(whole?.changes ?? []));
    whole = piece;
    offset = cut;
  }
  return whole!;
}

function folded(before: Run['memberships'], { memberships, changes }: Run): Run['memberships'] {
  const touched = new Set(changes.map(({ entityType, entityId }) => `memberships.${entityType}.v1/${entityId}`));
  return new Map([...[...before].filter(([key]) => !touched.has(key)), ...memberships]);
}

const states = ({ stored }: Pick<Run, 'stored'>) =>
  [...stored].map(([place, bytes]) => ({ task: place[0]!, key: place.slice(2), bytes }));
const inForce = ({ stored }: Pick<Run, 'stored'>, task: string): ModelInForce =>
  JSON.parse(String(stored.get(`${task}/${MODEL_KEY}`)));
const engineFor = (of: Pick<Run, 'stored'>, task: string): Engine => engineOf(library, inForce(of, task));

/** Sequences without gaps, no id twice, and each change begins where the one before it ended. */
function expectOrderly(changes: readonly SegmentChange[]): void {
  const last = new Map<string, SegmentChange>();
  for (const change of changes) {
    const place = `${change.entityType}:${change.entityId}:${change.dimension}:${change.epoch}`;
    const before = last.get(place);
    expect([place, change.sequence, change.from]).toEqual([place, (before?.sequence ?? 0) + 1, before?.to ?? null]);
    expect(change.from).not.toBe(change.to);
    last.set(place, change);
  }
  expect(new Set(changes.map(({ changeId }) => changeId)).size).toBe(changes.length);
}

/** Where everybody stands, by the changes and by the memberships. */
function stand(of: Run): string[] {
  const lines = new Map<string, string | null>();
  for (const { entityType, entityId, dimension, to } of of.changes)
    lines.set(`${entityType}/${entityId}/${dimension}`, to);
  const fromChanges = [...lines].filter(([, to]) => to !== null).map(([place, to]) => `${place}=${to}`);
  const fromMemberships = [...of.memberships].flatMap(([key, value]) => {
    const { dimensions } = value as { dimensions: Record<string, { segment: string }> };
    const entity = key.slice('memberships.'.length).replace('.v1/', '/');
    return Object.entries(dimensions).map(([name, { segment }]) => `${entity}/${name}=${segment}`);
  });
  expect(fromMemberships.sort()).toEqual(fromChanges.sort());
  return fromMemberships;
}

/** Nothing is kept under a layout of an earlier model, and nobody stands on a dimension that the model has not. */
function expectNothingLeftBehind(of: Run): void {
  for (const { task, key, bytes } of states(of)) {
    expect(key).not.toContain(SWEEP_KEY);
    if (kindOf(key) !== 'entity') continue;
    const { entityType } = entityOf(key);
    expect([key, fingerprintIn(bytes)]).toEqual([key, engineFor(of, task).layoutOf(entityType).fingerprint]);
  }
  for (const [key, value] of of.memberships) {
    const type = key.split('.')[1]!;
    const names =
      engineFor(of, '0')
        .model.entities.get(type)
        ?.dimensions.map(({ name }) => name) ?? [];
    for (const name of Object.keys((value as { dimensions: object }).dimensions))
      expect([key, names]).toEqual([key, expect.arrayContaining([name])]);
  }
}

describe('a log with switches of the model in it', () => {
  it.each([1, 2, 3, 4])(
    'is orderly and leaves nobody behind, in batches of any size, after crashes, on several tasks (seed %d)',
    (seed) => {
      const { log, at } = history(seed, 350);
      const random = mulberry32(seed);
      const cuts = [random(), random()].map((part) => Math.floor(part * log.length)).sort((a, b) => a - b);
      const ended = [...log, ...later(at), ...later(at)];
      for (const options of [{ batch: 1 }, { batch: 40 }, { batch: 1, partitions: 3 }]) {
        const result = runInPieces(ended, cuts, options);
        expectOrderly(result.changes);
        expectNothingLeftBehind(result);
        stand(result);
        for (const { left } of result.progress.values()) expect(left).toBe(0);
        expect(result.refused).toEqual([]);
      }
    },
  );

  it.each([11, 12, 13, 14])(
    'puts everybody where the plain conditions of the new model do on the same states (seed %d)',
    (seed) => {
      const { log, last, at } = history(seed, 500);
      const before = run(library, log.slice(0, -1), { batch: 40 });
      const after = run(library, [log.at(-1)!, ...later(at)], { ...before, offset: log.length });
      const engine = engineFor(after, '0');
      const edit = editOf(inForce(after, '0'));
      let decided = 0;
      for (const { key, bytes } of states(before)) {
        if (kindOf(key) !== 'entity') continue;
        const entity = entityOf(key);
        const layout = JSON.parse(String(before.stored.get(`0/${layoutKey(fingerprintIn(bytes))}`))) as Layout;
        if (layout.fingerprint === engine.layoutOf(entity.entityType).fingerprint) continue;
        // As if it had never stood anywhere on what was changed: it is placed by the conditions alone.
        const same = new Set(engine.layoutOf(entity.entityType).groups.map(({ name, identity }) => name + identity));
        const known = new Set(layout.groups.map(({ name, identity }) => name + identity));
        const redefined = engine
          .layoutOf(entity.entityType)
          .groups.some(({ name, identity }) => name.startsWith('attribute') && !known.has(name + identity));
        const groups = layout.groups.filter(
          ({ name, identity }) => !name.startsWith('dimension') || same.has(name + identity),
        );
        const fresh = engine.adopt(entity, bytes, { ...layout, groups }, at, edit, new Effects());
        const stands = after.stored.get(`0/${key}`);
        if (stands === undefined) continue;
        const now = engine.decode(entity.entityType, entity.entityId, stands)!;
        const expected = engine.membership(fresh, at)?.dimensions ?? {};
        const found = engine.membership(now, at)?.dimensions ?? {};
        for (const [name, { segment }] of Object.entries(expected)) {
          const plan = engine.model.entities.get(entity.entityType)!.dimensions.find((each) => each.name === name)!;
          // A band holds who is in it, and so does what the change itself has made missing.
          if (plan.segments.some(({ stay }) => stay !== undefined) || (redefined && missing(engine, fresh, at)))
            continue;
          expect([key, name, found[name]?.segment]).toEqual([key, name, segment]);
          decided += 1;
        }
      }
      expect(decided > 0 || last === base).toBe(true);
    },
  );
});

const missing = (engine: Engine, state: Parameters<Engine['membership']>[0], at: number) =>
  [...engine.model.entities.get(state.entityType)!.attributes.keys()].some(
    (name) => engine.attributeValue(state, name, at) === null,
  );

describe('going back', () => {
  it('leads to where everybody stood, where only conditions changed', () => {
    const log = randomLog(21, 600);
    const { observedAt: at } = log.at(-1)!;
    const stayed = run(library, [...log, ...later(at)], { batch: 40 });
    const there = [...log, switchTo(versions[1]!, at), ...later(at)];
    const back = run(library, [...there, switchTo(base, at, { rollbackOf: '2' }), ...later(at)], { batch: 40 });
    const moved = back.changes.filter(({ origin }) => origin === 'edit');
    expect(moved.length).toBeGreaterThan(3);
    expect(moved[0]!.because.text).toMatch(/^model fulfilment@1 → fulfilment@2: /);
    expectOrderly(back.changes);
    // Evidence that had not come together yet is gone: who was held elsewhere than the conditions point is there now.
    const held = new Set(moved.map(({ entityType, entityId, dimension }) => `${entityType}/${entityId}/${dimension}`));
    const others = (lines: string[]) =>
      lines.filter((line) => ![...held].some((place) => line.startsWith(`${place}=`)));
    expect(others(stand(back))).toEqual(others(stand(stayed)));
  });
});

describe('links whose reads change', () => {
  it('are told anew to what they lead to, and are no longer told of when nothing is read', () => {
    const t = Date.UTC(2026, 0, 5, 6);
    const line = { entityType: 'sku', entityId: 'anvil', values: { quantity: 1 } };
    const log: Entry[] = [
      observed({
        entityType: 'sku',
        entityId: 'anvil',
        observedAt: t,
        values: { weightG: 3000, volumeL: 1, lengthMm: 100, widthMm: 100, heightMm: 100 },
      }),
      observed({
        entityType: 'order',
        entityId: 'o1',
        observedAt: t + 1000,
        values: { status: 'placed', lineCount: 1 },
        links: [{ relation: 'lines', targets: [line] }],
      }),
    ];
    const at = t + 60_000;
    for (const partitions of [1, 3]) {
      const result = run(
        library,
        [...log, ...later(t + 2000), switchTo(versions[4]!, at), ...later(at), ...later(at + 1000)],
        {
          batch: 5,
          partitions,
        },
      );
      const transport = result.changes.filter(({ dimension }) => dimension === 'transport');
      expect(transport.map(({ from, to }) => [from, to])).toEqual([
        [null, 'parcel'],
        ['parcel', 'bulky'],
      ]);
    }
    const blind = edited(base, 9, ...readsOfLines);
    const result = run(library, [...log, switchTo(blind, at), ...later(at)], { batch: 5 });
    expect([...run(library, log, {}).stored.keys()].filter((key) => key.includes('~ref:sku'))).toHaveLength(1);
    expect([...result.stored.keys()].filter((key) => key.includes('~ref:sku'))).toEqual([]);
  });
});

describe('a switch that cannot be used', () => {
  it('goes to the dead letters, and the model in force stays', () => {
    const log = randomLog(22, 200);
    const { observedAt: at } = log.at(-1)!;
    const broken = switchTo(edited(base, 7, ['returnRatio >= 0.12', 'returnRate >= 0.12']), at);
    const lying = { ...switchTo(versions[1]!, at), sha256: '0'.repeat(64) };
    const result = run(library, [...log, broken, lying, ...later(at)], { batch: 10 });
    expect(result.refused.map(({ refusal }) => refusal.code)).toEqual(['MODEL_INVALID', 'MODEL_INVALID']);
    expect(result.refused[0]!.refusal.message).toContain('returnRate');
    expect(inForce(result, '0')).toMatchObject({ version: '1', yaml: null });
  });
});

describe('the pace of a sweep', () => {
  const skus = Array.from({ length: 700 }, (_, i) =>
    observed({
      entityType: 'sku',
      entityId: `s${i}`,
      observedAt: Date.UTC(2026, 0, 5, 6) + i,
      values: { fragility: i % 2 === 0 ? 0.5 : 0.2 },
    }),
  );
  const text = edited(base, 2, ['fragility >= 0.6 ||', 'fragility >= 0.4 ||']);

  it('keeps to the entries a minute, over all tasks, and goes on until all are looked at', () => {
    // By then they stand somewhere.
    const at = skus.at(-1)!.observedAt + 2 * 3_600_000;
    const log: Entry[] = [...skus, ...later(at), switchTo(text, at, { entriesPerMinute: 120 })];
    let result = run(library, log, { batch: 50, partitions: 2 });
    const perMinute: number[] = [];
    let left: number | undefined;
    for (let minute = 0; minute < 5; minute++) {
      const ticks = Array.from({ length: 6 }, (_, i) => later(at + minute * 60_000 + i * 10_000)).flat();
      const next = run(library, ticks, { ...result, batch: 3, partitions: 2 });
      perMinute.push(next.changes.filter(({ origin }) => origin === 'edit').length);
      left = next.progress.get(0)?.left ?? left;
      result = { ...next, changes: [...result.changes, ...next.changes] };
    }
    expect(perMinute).toEqual([120, 120, 110, 0, 0]);
    expect(left).toBe(0);
    expectNothingLeftBehind(result);
    expectOrderly(result.changes);
  });
});
