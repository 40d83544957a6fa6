import {
  type ActionStatus,
  actionDomains,
  type RecordName,
  type StockChanged,
  schemas,
  topicEntry,
  topicsOfKind,
} from '@detent/schemas';
import type { InputRecord, Refusal } from '../processor.ts';
import { refuse } from './reasons.ts';
import { type Check, compileCheck } from './validate.ts';

/** What one record type on one topic must fulfil. */
interface Expectation {
  check: Check;
  keyFields: readonly string[];
  shortName: string;
}

const STEP = 'accept';
const expectations = new Map<string, ReadonlyMap<string, Expectation>>(
  topicsOfKind('source').map((topic) => [
    topic,
    new Map(topicEntry(topic).records.map(({ name, key }) => [name, expectation(name, key)])),
  ]),
);

function expectation(name: RecordName, keyFields: readonly string[]): Expectation {
  return { check: compileCheck(schemas[name]), keyFields, shortName: schemas[name].name };
}

/** True for topics whose records come from producers outside. `topic` is without prefix. */
export function isSourceTopic(topic: string): boolean {
  return expectations.has(topic);
}

/**
 * The event time of a source record (epoch ms), or why it is refused: on the wrong topic, impossible, without an id or
 * under another key. The same for every service that reads source topics, so that none acts on what another has sent to
 * the dead letters. Looks at nothing but the record, so a redrive judges it alike.
 */
export function acceptFact({ raw, topic, name, value }: Omit<InputRecord, 'eventTime'>): number | Refusal {
  const expected = expectations.get(topic)?.get(name);
  if (expected === undefined) {
    const found = name === '' ? 'a record without value' : name;
    return refuse('UNEXPECTED_RECORD', STEP, `${topic} holds ${found}`);
  }
  const fault = expected.check(value);
  if (fault !== undefined) {
    const found = typeof fault.value === 'string' ? `"${fault.value}"` : String(fault.value);
    return refuse(fault.code, STEP, `${expected.shortName}.${fault.field} is ${found}: it must be ${fault.rule}`);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  return (
    checkKey(expected, fields, raw.key) ?? checkStock(name, value) ?? checkStatus(name, value) ?? eventTimeOf(fields)
  );
}

function checkKey(
  { keyFields, shortName }: Expectation,
  fields: Readonly<Record<string, unknown>>,
  key: Buffer | null,
): Refusal | undefined {
  for (const field of keyFields) {
    const id = at(fields, field);
    if (typeof id !== 'string') continue;
    if (id === '') return refuse('EMPTY_ID', STEP, `${shortName}.${field} is empty`);
    if (key !== null && key.toString() === id) return undefined;
    const found = key === null ? 'absent' : `"${key.toString()}"`;
    return refuse('KEY_MISMATCH', STEP, `the key is ${found}, but ${shortName}.${field} is "${id}"`);
  }
  return refuse('EMPTY_ID', STEP, `${shortName} has none of ${keyFields.join(', ')}`);
}

/** What lies at a path such as `target.entityId`. */
function at(fields: Readonly<Record<string, unknown>>, path: string): unknown {
  if (!path.includes('.')) return fields[path];
  let value: unknown = fields;
  for (const name of path.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return value;
}

function checkStatus(name: string, value: unknown): Refusal | undefined {
  if (name !== 'detent.actions.ActionStatus') return undefined;
  const { actionId, status, quantityDone } = value as ActionStatus;
  if (!actionDomains.some((domain) => actionId.startsWith(`${domain}:`))) {
    const what = `ActionStatus.actionId is "${actionId.slice(0, 40)}", which no service gives: it must begin with ${actionDomains.join(':, ')}:`;
    return refuse('IMPOSSIBLE_VALUE', STEP, what);
  }
  const isSilent = status === 'partial' && (quantityDone ?? null) === null;
  return isSilent ? refuse('MISSING_VALUE', STEP, 'ActionStatus is partial, but has no quantityDone') : undefined;
}

function checkStock(name: string, value: unknown): Refusal | undefined {
  if (name !== 'detent.inventory.StockChanged') return undefined;
  const { delta, onHand } = value as StockChanged;
  const isSilent = (delta ?? null) === null && (onHand ?? null) === null;
  return isSilent ? refuse('MISSING_VALUE', STEP, 'StockChanged has neither delta nor onHand') : undefined;
}

/** A sensor says when it measured; what it says of the sending is of no interest. */
function eventTimeOf(fields: Readonly<Record<string, unknown>>): number {
  return (fields['observedAt'] ?? fields['occurredAt']) as number;
}
