import type { Runtime } from '@detent/adapters';
import type { Action, ActionStatus, Membership, SegmentChanged } from '@detent/schemas';
import { topicsOfKind } from '@detent/schemas';
import { readTopics } from './digest.ts';

const EXAMPLES = 3;

/** What a run came to, counted from the log itself. */
export interface Summary {
  events: Record<string, number>;
  deadLetters: Record<string, number>;
  /** Entity type → dimension → segment → members. */
  segments: Record<string, Record<string, Record<string, number>>>;
  entities: Record<string, number>;
  /** Moves from one segment to another, by dimension; first placements and ends are counted apart. */
  transitions: Record<string, number>;
  firstPlacements: number;
  ends: number;
  /** Flips kept back before the changes that were published. */
  heldFlips: Record<string, number>;
  /** Service → action type → count. */
  actions: Record<string, Record<string, number>>;
  /** What executors said of actions, by status. */
  statuses: Record<string, number>;
  examples: string[];
  /** An action of each service, in a line with its reason. */
  actionExamples: string[];
}

/** Reads the topics of the runtime's prefix and counts. `held`: flips held back so far, by dimension, where known from metrics. */
export async function summarize(runtime: Runtime, held: Record<string, number>): Promise<Summary> {
  const summary: Summary = {
    events: {},
    deadLetters: {},
    segments: {},
    entities: {},
    transitions: {},
    firstPlacements: 0,
    ends: 0,
    heldFlips: held,
    actions: {},
    statuses: {},
    examples: [],
    actionExamples: [],
  };
  for (const topic of topicsOfKind('source')) summary.events[topic] = await countRecords(runtime, topic);
  summary.deadLetters = await countDeadLetters(runtime);
  await countMembers(runtime, summary);
  await countChanges(runtime, summary);
  await countActions(runtime, summary);
  return summary;
}

async function countRecords(runtime: Runtime, topic: string): Promise<number> {
  const name = runtime.config.topicPrefix + topic;
  if (!(await runtime.log.topics()).has(name)) return 0;
  let sum = 0;
  for (const { start, end } of (await runtime.log.offsets(name)).values()) sum += end - start;
  return sum;
}

/** Dead letters under the runtime's prefix, by reason. */
export async function countDeadLetters(runtime: Runtime): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const name = `${runtime.config.topicPrefix}dlq.v1`;
  if (!(await runtime.log.topics()).has(name)) return counts;
  for await (const page of runtime.log.read(name)) {
    for (const { headers } of page) add(counts, headers['detent.error.code']?.toString() ?? 'unknown');
  }
  return counts;
}

async function countMembers(runtime: Runtime, summary: Summary): Promise<void> {
  const latest = new Map<string, Membership | undefined>();
  for await (const { topic, key, value } of readTopics(runtime, (name) => name.startsWith('memberships.'))) {
    latest.set(`${topic}/${key}`, value as Membership | undefined);
  }
  for (const membership of latest.values()) {
    if (membership === undefined) continue;
    add(summary.entities, membership.entityType);
    summary.segments[membership.entityType] ??= {};
    const dimensions = summary.segments[membership.entityType]!;
    for (const [dimension, { segment }] of Object.entries(membership.dimensions)) {
      dimensions[dimension] ??= {};
      add(dimensions[dimension]!, segment);
    }
  }
}

async function countChanges(runtime: Runtime, summary: Summary): Promise<void> {
  const examples = new Map<string, string>();
  for await (const { value } of readTopics(runtime, (name) => name.startsWith('segments.'))) {
    const change = value as SegmentChanged;
    if (change.from === null || change.from === undefined) summary.firstPlacements += 1;
    else if (change.to === null || change.to === undefined) summary.ends += 1;
    else {
      const dimension = `${change.entityType}.${change.dimension}`;
      add(summary.transitions, dimension);
      // The last move of a dimension is shown, most-held first: that is where hysteresis had something to say.
      if (!examples.has(dimension) || change.hysteresis.heldFlips > 0) examples.set(dimension, describeChange(change));
    }
  }
  summary.examples = [...examples.values()].slice(0, EXAMPLES);
}

/** A change in one line for people. */
export function describeChange(change: SegmentChanged): string {
  const held = change.hysteresis.heldFlips > 0 ? ` (${change.hysteresis.heldFlips} flips held before)` : '';
  return `${change.entityType} ${change.entityId}: ${change.dimension} ${change.from ?? '∅'} → ${change.to ?? '∅'}: ${change.because.text}${held}`;
}

async function countActions(runtime: Runtime, summary: Summary): Promise<void> {
  const last = new Map<string, Action>();
  for await (const { value } of readTopics(runtime, (name) => name.startsWith('actions.'))) {
    const action = value as Action;
    summary.actions[action.service] ??= {};
    add(summary.actions[action.service]!, action.type);
    last.set(`${action.service}/${action.type}`, action);
  }
  summary.actionExamples = Object.entries(summary.actions).flatMap(([service, types]) => {
    const type = exampleType(types);
    return type === undefined ? [] : [describeAction(last.get(`${service}/${type}`)!)];
  });
  for await (const { value } of readTopics(runtime, (name) => name === 'action-status.v1'))
    add(summary.statuses, (value as ActionStatus).status);
}

/** Types that say something of the service itself, the rarest of those that came up more than now and then. */
function exampleType(types: Readonly<Record<string, number>>): string | undefined {
  const told = Object.entries(types).filter(([type]) => type !== 'withdraw' && type !== 'escalate');
  const often = told.filter(([, count]) => count > 2);
  return (often.length > 0 ? often : told).sort(([, a], [, b]) => a - b)[0]?.[0];
}

function describeAction({ service, type, target, because }: Action): string {
  return `${service}: ${type} for ${target.entityType} ${target.entityId}: ${because}`;
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
