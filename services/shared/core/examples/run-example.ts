import type { SegmentChange } from '../changes/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { EntityRef } from '../engine/types.ts';
import { formatDuration } from '../model/duration.ts';
import { matchPlaybooks } from '../playbooks/match.ts';
import { commandText, sameCommand } from '../playbooks/vocabulary.ts';
import { Rehearsal } from '../rehearsal/rehearsal.ts';
import type {
  Example,
  ExampleFailure,
  ExampleResult,
  Expectation,
  ExpectedChange,
  GivenObservation,
  GivenPin,
} from './types.ts';

const NONE = 'none';

/** Runs one example under a model that it was read against. Pure. */
export function runExample(engine: Engine, example: Example): ExampleResult {
  const changes: SegmentChange[] = [];
  const failures: ExampleFailure[] = [];
  play(
    engine,
    example,
    example.until,
    (change) => changes.push(change),
    (line, message) => failures.push({ line, message, diff: [] }),
  );
  const story = new Story(engine, example, changes);
  for (const expectation of example.expected) failures.push(...story.check(expectation));
  return { name: example.name, line: example.line, failures, changes: changes.length };
}

/** Takes what is given up to an instant through the model. */
function play(
  engine: Engine,
  { given }: Example,
  until: number,
  changed: (change: SegmentChange) => void,
  failed: (line: number, message: string) => void,
): Rehearsal {
  const outcomes = new Map<number, { result: string; problem: string }>();
  const rehearsal = new Rehearsal(engine, {
    changed,
    refused: ({ source }, result, problem) =>
      void (result !== 'unused' && outcomes.set(source.offset, { result, problem })),
  });
  const taken = given.filter((each) => givenAt(each) <= until);
  for (const each of taken) {
    if ('observation' in each) rehearsal.observe(each.observation);
    else {
      const problem = rehearsal.pin(each.pin);
      if (problem !== undefined) failed(each.line, `the pin of ${nameOf(each.pin)} was refused: ${problem}`);
    }
  }
  rehearsal.advance(until);
  rehearsal.finish();
  for (const each of taken) {
    if (!('observation' in each)) continue;
    const { observation, refused, line } = each;
    const outcome = outcomes.get(observation.source.offset);
    if (outcome?.result === refused) continue;
    const what = `the observation of ${observation.entityType} ${observation.entityId}`;
    const why = outcome?.problem ? ` (${outcome.problem})` : '';
    failed(
      line,
      outcome === undefined
        ? `${what} was folded, expected ${refused}`
        : `${what} was refused: ${outcome.result}${why}`,
    );
  }
  return rehearsal;
}

/** When it happens, epoch ms. */
export function givenAt(given: GivenObservation | GivenPin): number {
  return 'observation' in given ? given.observation.observedAt : given.pin.occurredAt;
}

/** What came of an example, to hold expectations against. */
class Story {
  readonly #engine: Engine;
  readonly #example: Example;
  readonly #changes: readonly SegmentChange[];

  constructor(engine: Engine, example: Example, changes: readonly SegmentChange[]) {
    this.#engine = engine;
    this.#example = example;
    this.#changes = changes;
  }

  check(expectation: Expectation): ExampleFailure[] {
    switch (expectation.kind) {
      case 'stands':
        return this.#checkStands(expectation);
      case 'changes':
        return this.#checkChanges(expectation);
      case 'unchanged':
        return this.#checkUnchanged(expectation);
    }
  }

  #checkStands(expected: Extract<Expectation, { kind: 'stands' }>): ExampleFailure[] {
    const { entity, at, line, playbook, do: commands } = expected;
    const where = `${nameOf(entity)} at ${this.#say(at)}`;
    const stands = this.#positions(entity, at);
    const failures: ExampleFailure[] = [];
    for (const [dimension, segment] of expected.in) {
      const actual = stands.get(dimension) ?? null;
      if (actual === segment) continue;
      const message = `${where}: ${dimension} is ${actual ?? NONE}, expected ${segment ?? NONE}`;
      failures.push({ line, message, diff: this.#reasons(entity, dimension, segment, at) });
    }
    if (playbook === undefined && commands.size === 0) return failures;
    const memberships = Object.fromEntries([...stands].map(([name, of]) => [`${entity.entityType}.${name}`, of]));
    const found = matchPlaybooks(this.#engine.model, memberships);
    const strongest = found.playbooks[0]?.name ?? NONE;
    if (playbook !== undefined && playbook !== strongest)
      failures.push({ line, message: `${where}: the playbook is ${strongest}, expected ${playbook}`, diff: [] });
    for (const [name, value] of commands) {
      const actual = found.do[name];
      if (sameCommand(actual, value)) continue;
      failures.push({
        line,
        message: `${where}: ${name} is ${commandText(actual)}, expected ${commandText(value)}`,
        diff: [],
      });
    }
    return failures;
  }

  #checkChanges({ entity, changes: expected, line }: Extract<Expectation, { kind: 'changes' }>): ExampleFailure[] {
    const dimensions = new Set(expected.map(({ dimension }) => dimension));
    const actual = this.#of(entity).filter(({ dimension }) => dimensions.size === 0 || dimensions.has(dimension));
    const pairs = align(expected, actual);
    if (pairs.every(([wanted, found]) => wanted !== undefined && found !== undefined)) return [];
    const diff = pairs.map(([wanted, found]) =>
      found === undefined
        ? `- ${this.#sayExpected(wanted!)}`
        : `${wanted === undefined ? '+' : ' '} ${this.#sayChange(found)}`,
    );
    return [{ line, message: `${nameOf(entity)} changed otherwise (- expected, + happened)`, diff }];
  }

  #checkUnchanged({
    entity,
    dimensions,
    from,
    to,
    line,
  }: Extract<Expectation, { kind: 'unchanged' }>): ExampleFailure[] {
    const moved = this.#of(entity).filter(
      ({ dimension, occurredAt }) => dimensions.includes(dimension) && occurredAt > from && occurredAt <= to,
    );
    if (moved.length === 0) return [];
    const message = `${nameOf(entity)} changed between ${this.#say(from)} and ${this.#say(to)}`;
    return [{ line, message, diff: moved.map((change) => `+ ${this.#sayChange(change)}`) }];
  }

  #of({ entityType, entityId }: EntityRef): SegmentChange[] {
    return this.#changes.filter((change) => change.entityType === entityType && change.entityId === entityId);
  }

  #positions(entity: EntityRef, at: number): Map<string, string> {
    const stands = new Map<string, string>();
    for (const { dimension, to, occurredAt } of this.#of(entity)) {
      if (occurredAt > at) continue;
      if (to === null) stands.delete(dimension);
      else stands.set(dimension, to);
    }
    return stands;
  }

  /** Why it stands where it does, and what the expected segment lacks: the same is played again up to the instant. */
  #reasons(entity: EntityRef, dimension: string, segment: string | null, at: number): string[] {
    const rehearsal = play(
      this.#engine,
      this.#example,
      at,
      () => {},
      () => {},
    );
    const state = rehearsal.state(entity);
    if (state === undefined) return ['nothing was observed of it'];
    const [explained] = this.#engine.explain(state, at, { dimension }).dimensions;
    if (explained === undefined) return [];
    const { undecided, why, segments } = explained;
    if (undecided) return [`it is undecided: ${undecided.missing.join(', ')} missing`];
    const failsFirst = segments.find((each) => each.segment === segment)?.failsFirst;
    return [`why: ${why}`, ...(failsFirst ? [`${segment} lacks: ${failsFirst.text}`] : [])];
  }

  #say(at: number): string {
    const after = at - this.#example.start;
    return after >= 0 && after < 366 * 86_400_000 ? `+${formatDuration(after)}` : new Date(at).toISOString();
  }

  #sayChange({ dimension, from, to, occurredAt, because }: SegmentChange): string {
    return `${this.#say(occurredAt)} ${dimension}: ${from ?? NONE} → ${to ?? NONE} (${because.text})`;
  }

  #sayExpected({ dimension, from, to, at, because }: ExpectedChange): string {
    const when = at === undefined ? '' : `${this.#say(at)} `;
    const what = `${when}${dimension}: ${from === undefined ? '' : `${from ?? NONE} → `}${to ?? NONE}`;
    return because === undefined ? what : `${what} (… ${because} …)`;
  }
}

/** Pairs in order, as many as fit: the longest common run of both. */
function align(
  expected: readonly ExpectedChange[],
  actual: readonly SegmentChange[],
): [ExpectedChange | undefined, SegmentChange | undefined][] {
  const best: number[][] = Array.from({ length: expected.length + 1 }, () =>
    new Array<number>(actual.length + 1).fill(0),
  );
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = actual.length - 1; j >= 0; j--)
      best[i]![j] = fits(expected[i]!, actual[j]!)
        ? best[i + 1]![j + 1]! + 1
        : Math.max(best[i + 1]![j]!, best[i]![j + 1]!);
  }
  const pairs: [ExpectedChange | undefined, SegmentChange | undefined][] = [];
  let [i, j] = [0, 0];
  while (i < expected.length || j < actual.length) {
    const [wanted, found] = [expected[i], actual[j]];
    if (wanted && found && fits(wanted, found)) {
      pairs.push([wanted, found]);
      i += 1;
      j += 1;
    } else if (wanted && (found === undefined || best[i + 1]![j]! >= best[i]![j + 1]!)) {
      pairs.push([wanted, undefined]);
      i += 1;
    } else {
      pairs.push([undefined, found]);
      j += 1;
    }
  }
  return pairs;
}

function fits(wanted: ExpectedChange, found: SegmentChange): boolean {
  const { dimension, from, to, at, because, origin } = wanted;
  return (
    dimension === found.dimension &&
    to === found.to &&
    (from === undefined || from === found.from) &&
    (at === undefined || at === found.occurredAt) &&
    (origin === undefined || origin === found.origin) &&
    (because === undefined || found.because.text.includes(because))
  );
}

function nameOf({ entityType, entityId }: EntityRef): string {
  return `${entityType} ${entityId}`;
}
