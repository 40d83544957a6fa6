import {
  type ExplainedAttribute,
  type ExplainedDimension,
  type ExplainedSegment,
  type Explanation,
  formatDuration,
  type MissingEvidence,
  type Need,
  type Value,
  type Way,
} from '@detent/core';
import type { SegmentChanged } from '@detent/schemas';

/** What `detent explain` prints. */
export interface ExplainResult extends Explanation {
  changes: readonly SegmentChanged[];
  changesSearched: number;
  partial: boolean;
}

const MOST_WAYS = 3;

/** An explanation for people; of one segment alone where `segment` names it. */
export function renderExplanation(result: ExplainResult, segment?: string): string {
  const { entityType, entityId, modelVersion, asOf, life, dimensions, attributes, changes } = result;
  const lines = [`${entityType} ${entityId}, as of ${instant(asOf)} (${modelVersion})`];
  if (life === 'referenced') lines.push('  others refer to it, but nothing was observed of it');
  if (life === 'ended') lines.push(`  it ended ${instant(result.endedAt!)}`);
  for (const dimension of dimensions) {
    lines.push('', ...renderDimension(dimension, asOf));
    const one = dimension.segments.find((each) => each.segment === segment);
    if (one !== undefined) lines.push(...renderSegment(one, dimension));
  }
  if (attributes.length > 0) lines.push('', 'values', ...attributes.map((each) => renderAttribute(each)));
  lines.push('', changes.length > 0 ? 'last changes' : noChanges(result));
  for (const { occurredAt, dimension, from, to, origin, because } of changes)
    lines.push(
      `  ${instant(occurredAt)}  ${dimension}: ${from ?? 'nowhere'} → ${to ?? 'nowhere'} (${origin}) ${because.text}`,
    );
  return lines.join('\n');
}

function noChanges({ partial, changesSearched }: ExplainResult): string {
  return partial ? `no change in the last ${changesSearched} of its partition` : 'no changes yet';
}

function renderDimension(of: ExplainedDimension, now: number): string[] {
  const { dimension, segment, since, why, heldFlips, undecided, pending, byTime, next } = of;
  if (undecided !== null) {
    const missing = undecided.missing.length > 0 ? `waits for ${undecided.missing.join(', ')}` : 'not placed yet';
    const until = undecided.until === null ? '' : `, at most until ${instant(undecided.until)}`;
    return [`${dimension}: undecided; ${missing}${until}`];
  }
  const held = heldFlips > 0 ? `; ${heldFlips} ${heldFlips === 1 ? 'flip' : 'flips'} held since` : '';
  const lines = [`${dimension}: ${segment} since ${instant(since!)} (${span(now - since!)})${held}`, `  why: ${why}`];
  if (of.pin !== null && of.pin.to !== segment)
    lines.push(`  pinned to ${of.pin.to} by ${of.pin.by} until ${instant(of.pin.until)}; a bypass goes before it`);
  if (pending !== null)
    lines.push(
      `  on its way to ${pending.to}${pending.until === null ? ', to be confirmed' : `, at ${instant(pending.until)}`}`,
    );
  for (const way of next.slice(0, MOST_WAYS)) lines.push(`  ${renderWay(way)}`);
  if (byTime !== null)
    lines.push(
      `  by time alone: to ${byTime.to ?? 'its end'} at ${instant(byTime.at)} (${byTime.at > now ? `in ${span(byTime.at - now)}` : 'due'}): ${byTime.because}`,
    );
  return lines;
}

function renderWay({ to, kind, needs, evidence, waits, cost }: Way): string {
  const what = needs.length === 0 ? 'the values are there' : needs.map(renderNeed).join(' and ');
  const more = [
    ...(evidence ? [renderEvidence(evidence)] : []),
    ...waits.map(({ text }) => text),
    // One that cannot be earned is among the waits.
    ...(cost?.earned ? [cost.text] : []),
  ];
  return `to ${to}${kind === 'bypass' ? ', at once' : ''}: ${what}${more.length > 0 ? `; then ${more.join(', ')}` : ''}`;
}

function renderNeed({ side, clause, relation, moveAt, value, distance }: Need): string {
  if (moveAt === null || (distance === null && value === null && relation === 'other than'))
    return `${clause} must come out otherwise (now ${say(value)})`;
  const bound = typeof moveAt === 'number' ? say(moveAt) : `"${moveAt}"`;
  const far = distance === null ? '' : `, ${say(distance)} away`;
  const known = value === null ? 'missing' : say(value);
  return `${side} ${relation} ${bound} (now ${known}${far})`;
}

function renderEvidence({ votes, price, since, fewestObservations }: MissingEvidence): string {
  const from = since === null ? '' : ` since ${instant(since)}`;
  return `evidence: ${votes.toFixed(1)} of ${price.toFixed(1)} votes${from}, ${fewestObservations} or more observations to go`;
}

function renderSegment(segment: ExplainedSegment, { segment: current }: ExplainedDimension): string[] {
  const { segment: name, standing, condition, text, failsFirst, clauses, evidence } = segment;
  if (condition === null)
    return [
      `  ${name} is the default: it is taken when no other holds${name === current ? '' : `; now ${current} does`}`,
    ];
  const lines = [`  ${name} (${standing}), ${condition}: ${text}`];
  if (failsFirst !== null) {
    const far = failsFirst.distance === null ? '' : `, by ${say(failsFirst.distance)}`;
    lines.push(`    fails first: ${failsFirst.text}${far}`);
  } else lines.push(`    holds${standing === 'masked' ? `, but ${current} comes first` : ''}`);
  for (const clause of clauses)
    lines.push(`    ${clause.holds === null ? '?' : clause.holds ? '+' : '-'} ${clause.text}`);
  if (evidence !== null) lines.push(`    ${renderEvidence(evidence)}, to come ${evidence.towards}`);
  return lines;
}

function renderAttribute({ name, value, ageMs, from, signal }: ExplainedAttribute): string {
  const age = ageMs === null ? '' : `${span(ageMs)} old`;
  return `  ${name.padEnd(18)} ${(value === null ? 'missing' : say(value)).padEnd(14)} ${age.padEnd(12)} ${from} (${signal})`;
}

function say(value: Value | null): string {
  if (typeof value !== 'number') return String(value);
  // The first number below 0 is -5e-324: nothing that anybody would read.
  if (Number.isInteger(value) || Math.abs(value) < 1e-9) return String(Math.round(value) + 0);
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

function instant(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function span(ms: number): string {
  return formatDuration(Math.max(0, Math.round(ms / 1000)) * 1000);
}
