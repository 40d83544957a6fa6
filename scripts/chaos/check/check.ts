import type { Runtime } from '@detent/adapters';
import type { Action, SegmentChanged } from '@detent/schemas';
import { canonicalJson } from '../../../services/cli/report/digest.ts';
import { compare, type Difference, type Named, sequenceFaults } from './compare.ts';
import { type Contents, readContents } from './contents.ts';
import { undisturbedRun } from './reference.ts';
import { workingCopyFaults } from './working-copy.ts';

/** What the checker found. All is well when every number but `events`, `expected`, `letters` and `actions` is 0. */
export interface Findings {
  ok: boolean;
  /** Source records in the log, repeats of the producer included. */
  events: number;
  /** Changes expected. */
  expected: number;
  /** Of changes, observations, memberships, dead letters and actions together. */
  missing: number;
  doubled: number;
  differing: number;
  sequenceFaults: number;
  redisFaults: number;
  letters: number;
  actions: number;
  /** Where the model allows it (not `exact`): changes that came otherwise than in the undisturbed run, without any fault. */
  otherwise?: number;
  examples: string[];
}

/** How to compare; default: exactly, and everything. */
export interface CheckOptions {
  /**
   * False where the model makes changes depend on what came when: changes and actions must then be unique and in
   * sequence, and only observations and dead letters the same.
   */
  exact: boolean;
  /** The run refused records for a schema that the registry has by now: the undisturbed run gets them not at all. */
  omitUnknownSchemas: boolean;
}

/** Compares what the run left in its topics and in Redis with an undisturbed run over the same source records. */
export async function check(
  runtime: Runtime,
  services: readonly string[],
  { exact = true, omitUnknownSchemas = false }: Partial<CheckOptions> = {},
): Promise<Findings> {
  const seen = await readContents(runtime, runtime.log);
  const omit = new Set(omitUnknownSchemas ? seen.letters.filter(isOfUnknownSchema).map(([at]) => at) : []);
  const reference = await undisturbedRun(runtime, services, omit);
  try {
    const expected = await readContents(runtime, reference.log);
    // Where nothing was, or what was omitted, lies something that is refused: only so do the others keep their offsets.
    expected.letters = expected.letters.filter(([at]) => !reference.filled.has(at));
    seen.letters = seen.letters.filter(([at]) => !omit.has(at));
    const differences = differencesOf(expected, seen, exact);
    const sequences = sequenceFaults(seen.changes);
    const redis = await workingCopyFaults(runtime, services);
    const sum = (of: 'missing' | 'doubled' | 'differing') => differences.reduce((total, each) => total + each[of], 0);
    const findings = {
      events: seen.sourceRecords,
      expected: expected.changes.length,
      missing: sum('missing'),
      doubled: sum('doubled'),
      differing: sum('differing'),
      sequenceFaults: sequences.length,
      redisFaults: redis.faults.length,
      letters: expected.letters.length,
      actions: expected.actions.length,
      examples: [
        ...differences.flatMap(({ examples }) => examples),
        ...sequences.slice(0, 3).map((fault) => `sequence of ${fault}`),
        ...redis.faults.slice(0, 3).map((fault) => `Redis: ${fault}`),
      ],
    };
    const { missing, doubled, differing, expected: changes } = findings;
    const faults = missing + doubled + differing + sequences.length + redis.faults.length;
    // A run in which nothing happened proves nothing.
    const ok = faults === 0 && changes > 0 && redis.states > 0;
    return { ok, ...findings, ...(!exact && { otherwise: otherwise(expected, seen) }) };
  } finally {
    reference.end();
  }
}

function differencesOf(expected: Contents, seen: Contents, exact: boolean): Difference[] {
  const steady = placedOnce(expected.changes);
  const wanted = exact ? expected : { ...seen, observations: expected.observations, letters: expected.letters };
  return [
    compare('change', [...new Map(wanted.changes.map(changeOf))], seen.changes.map(changeOf)),
    compare('observation', wanted.observations, seen.observations),
    compare('membership', wanted.memberships, seen.memberships),
    compare('dead letter', wanted.letters, seen.letters),
    compare('action id', uniqueIds(seen.actions), seen.actions.map(idOf)),
    compare('last queue of', lastQueues(wanted.actions, steady), lastQueues(seen.actions, steady)),
  ];
}

const isOfUnknownSchema = ([, content]: Named) => content.includes('"code":"UNKNOWN_SCHEMA"');

/** Changes of where, not of when: what the undisturbed run has and this one has not, and the other way round. */
function otherwise(expected: Contents, seen: Contents): number {
  const places = ({ changes }: Contents): Named[] =>
    changes.map(({ changeId, from, to }) => [`${changeId} ${from ?? ''} ${to ?? ''}`, '']);
  const { missing, doubled } = compare('', places(expected), places(seen));
  return missing + doubled;
}

function changeOf({ detectedAt: _, ...lasting }: SegmentChanged): Named {
  return [lasting.changeId, canonicalJson(lasting)];
}

const idOf = ({ actionId }: Action): Named => [actionId, ''];
const uniqueIds = (actions: readonly Action[]): Named[] => [...new Map(actions.map(idOf))];

/** Entities of which nothing changed after their first placement. */
function placedOnce(changes: Contents['changes']): ReadonlySet<string> {
  const times = new Map<string, number>();
  for (const { entityId } of changes) times.set(entityId, (times.get(entityId) ?? 0) + 1);
  return new Set([...times].filter(([, count]) => count === 1).map(([entityId]) => entityId));
}

/**
 * Where picking put each order in the end; of one that moved on, only that it has a queue: once queued, an order is set
 * back only after a while, so where it stands depends on whether picking heard of it or of its segments first.
 */
function lastQueues(actions: readonly Action[], steady: ReadonlySet<string>): Named[] {
  const last = new Map<string, { n: number; queue: string }>();
  for (const { type, target, actionId, details } of actions) {
    if (type !== 'enqueue') continue;
    const n = Number(actionId.slice(actionId.lastIndexOf(':') + 1));
    if (n > (last.get(target.entityId)?.n ?? 0)) last.set(target.entityId, { n, queue: String(details['queue']) });
  }
  return [...last].map(([order, { queue }]) => [order, steady.has(order) ? queue : '']);
}
